"""Addresses of employer pages."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.urls import reverse

from jobsearch.search.facets import ALL_DEADLINES

ORGNR = re.compile(r"[0-9]{9}")


def build_url(orgnr: str) -> str:
    """The address of an employer page; "" for an invalid organisation number, which the feed can contain."""
    return reverse("web:employer", args=[orgnr]) if ORGNR.fullmatch(orgnr) else ""


def build_page_url(here: str, number: int, *, shown: bool) -> str:
    """Address of a page of an employer's list of ads. `shown`: with the ads whose deadline has passed."""
    params = ([("deadline", ALL_DEADLINES)] if shown else []) + ([("page", number)] if number > 1 else [])
    return f"{here}?{urlencode(params)}" if params else here
