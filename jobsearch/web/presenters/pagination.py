"""Page links of a list (the first and last page, the current one and its neighbours), and a page's title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Pages:
    number: int
    last: int
    previous: str
    next: str
    links: Sequence[tuple[int, str]]
    """Number and address; a number of 0 stands for those left out."""


def page_links(page: Page[Any], address: Callable[[int], str]) -> Pages:
    """The links of a page of Django's paginator. `address`: the address of a page by its number."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Pages(
        number=page.number,
        last=page.paginator.num_pages,
        previous=address(page.number - 1) if page.has_previous() else "",
        next=address(page.number + 1) if page.has_next() else "",
        links=[(number, address(number)) if isinstance(number, int) else (0, "") for number in elided],
    )


def page_title(heading: str, number: int) -> str:
    """Text of <title>: the heading and, from the second page on, the page's number."""
    return f"{heading} ({_('side %(n)s') % {'n': number}})" if number > 1 else heading
