"""Presenters: build the values that templates show."""
