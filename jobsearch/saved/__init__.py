"""Saved searches: a named search of a user, stored as its canonical parameters and run by the same code as the results page."""
