"""Presenters: the values that a page's template shows."""
