"""Saved searches of users: the list with its counts, one search, its feed, and sharing."""
