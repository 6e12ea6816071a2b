"""Rate limit of files of hits, by user and by sender: a file of 10,000 ads takes seconds of processor time.

Counted by allauth's limiter in the cache `limits`, which is a table of the database that all processes share.
"""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest

RATES = "20/10m/user,100/10m/ip"  # an office behind one address has several users


def count_export(request: HttpRequest) -> bool:
    """Counts a file; whether it is within the limit."""
    allowed = ratelimit.consume(request, app="jobsearch.web", action="export", config={"export": RATES}, limit_get=True)
    return allowed is not None
