"""Monitoring of the site: samples, incidents, alarms, and metrics for Prometheus."""
