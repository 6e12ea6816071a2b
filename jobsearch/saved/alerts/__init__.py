"""Alerts by mail: subscriptions, and the sending of new ads."""
