"""Page links of a list."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator

from jobsearch.web.presenters.pagination import build_page_links


@pytest.mark.parametrize(
    ("number", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 0, 9]),
        (3, 9, [1, 2, 3, 4, 0, 9]),
        (4, 9, [1, 2, 3, 4, 5, 0, 9]),  # dots replace two pages at least
        (5, 9, [1, 0, 4, 5, 6, 0, 9]),
        (9, 9, [1, 0, 8, 9]),
    ],
)
def test_first_last_and_neighbouring_pages_are_linked(number, last, shown):
    pages = build_page_links(Paginator(range(last), 1).page(number), "?page={}".format)
    assert [linked for linked, _address in pages.links] == shown
    assert [address for linked, address in pages.links if linked] == [f"?page={linked}" for linked in shown if linked]
    assert (pages.number, pages.last) == (number, last)


def test_first_page_has_no_previous_and_last_no_next():
    first, last = (build_page_links(Paginator(range(3), 1).page(number), str) for number in (1, 3))
    assert (first.previous, first.next, last.previous, last.next) == ("", "2", "2", "")
