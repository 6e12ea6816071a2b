"""Pagination: parsing of a page number from a query string."""

from __future__ import annotations

_MAX_DIGITS = 9  # far above any page; int() of a longer text costs time, and raises ValueError above 4,300 digits


def parse_page_number(value: str) -> int | None:
    """The page number of a `?page=` parameter, counted from 1; None where the value is not a positive whole number.

    Not checked against the number of pages: Django's `Paginator.get_page` shows the last page under the address of any
    higher number, while the lists of this site redirect to the last page, so that each page has one address.
    """
    digits = value.lstrip("0")[:_MAX_DIGITS]
    return int(digits) if value.isascii() and value.isdigit() and digits else None
