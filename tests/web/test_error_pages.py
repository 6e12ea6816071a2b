"""Error pages of rejected requests: the header has the search form, without a database query."""

from __future__ import annotations

import pytest

from jobsearch.web.views import errors
from tests.web.page import Page


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (lambda request: errors.bad_request(request, ValueError()), 400),
        (lambda request: errors.address_too_long(), 414),
        (errors.too_large, 413),
        (lambda request: errors.too_many_logins(request, 61), 429),
    ],
)
def test_header_has_the_search_form(rf, build, status):
    """Without the `db` fixture: a database query would fail."""
    response = build(rf.get("/"))
    page = Page(response)
    assert response.status_code == status
    assert page.one("//header//form[@id='sok']").get("action") == "/"
    assert page.one("//header//input[@name='q']").get("value") == "" and page.one("//header//select[@name='km']") is not None
