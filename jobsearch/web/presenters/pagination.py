"""Page links of a list (the first and last page, the current one and its neighbours), and a page's title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jobsearch.web.fragments import render_fragment

from .dates import format_number


@dataclass(frozen=True, slots=True)
class Pages:
    """Pagination of a list: current and last page, and the addresses of other pages ("" where there is none)."""

    number: int
    last: int
    previous: str
    next: str
    links: Sequence[tuple[int, str]]
    """Number and address of a page; (0, "") for an ellipsis."""


def build_page_links(page: Page[Any], build_url: Callable[[int], str]) -> Pages:
    """The links of a page of Django's paginator. `build_url` returns the address of a page by its number."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Pages(
        number=page.number,
        last=page.paginator.num_pages,
        previous=build_url(page.number - 1) if page.has_previous() else "",
        next=build_url(page.number + 1) if page.has_next() else "",
        links=[(number, build_url(number)) if isinstance(number, int) else (0, "") for number in elided],
    )


def build_page_url(here: str, number: int) -> str:
    """The address of a page of the list at `here`."""
    return f"{here}?page={number}" if number > 1 else here


def render_pages(pages: Pages) -> SafeString:
    """The links as HTML, "" for a single page."""
    if pages.last <= 1:
        return SafeString("")
    links = [
        {
            "number": format_number(number) if number else "",
            "url": url,
            "current": "1" if number == pages.number else "",
        }
        for number, url in pages.links
    ]
    values = {
        "number": format_number(pages.number),
        "last": format_number(pages.last),
        "previous": pages.previous,
        "next": pages.next,
        "links": links,
    }
    return render_fragment("web/_pages.html", values)


def build_page_title(heading: str, number: int) -> str:
    """Text of <title>: the heading and, from the second page on, the page's number."""
    return f"{heading} ({_('side %(n)s') % {'n': number}})" if number > 1 else heading
