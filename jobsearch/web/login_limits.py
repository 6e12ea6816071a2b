"""Limits of failed logins: how many are allowed, and how long they are kept."""

from __future__ import annotations

import datetime as dt

WINDOW = dt.timedelta(minutes=15)
# Failures allowed within WINDOW. By name and address: typing errors of one user. By address: the users of an office behind
# one address, against one password tried on many names. By name: against one account attacked from many addresses; a browser
# that has logged in to the account before is exempt, so that an attacker cannot lock its owner out.
BY_NAME_AND_ADDRESS, BY_ADDRESS, BY_NAME = 5, 20, 50
KEPT_DAYS = 7
MAX_ROWS = 20_000  # a server checks far fewer passwords within WINDOW
