"""Requests that are made before a page is asked for."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from jobsearch.core.prefetch import is_prefetch


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "Prefetch"},
        {"x-purpose": "preview"},
        {"x-moz": "prefetch"},
        {"hx-preloaded": "true"},
    ],
)
def test_prefetches_of_browsers_and_htmx_are_recognised(headers):
    assert is_prefetch(RequestFactory().get("/", headers=headers))


@pytest.mark.parametrize("headers", [{}, {"sec-purpose": ""}, {"hx-request": "true"}, {"sec-fetch-dest": "document"}])
def test_other_requests_are_none(headers):
    assert not is_prefetch(RequestFactory().get("/", headers=headers))
