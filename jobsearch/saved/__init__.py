"""Saved searches: a person's own names for searches, each kept as its canonical parameters and run as the page runs it."""
