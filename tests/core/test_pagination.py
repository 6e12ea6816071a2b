"""Page numbers in query strings."""

from __future__ import annotations

import pytest

from jobsearch.core.pagination import parse_page_number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1", 1),
        ("12", 12),
        ("007", 7),
        ("9" * 9, 999_999_999),
        ("9" * 5_000, 999_999_999),  # int() would raise ValueError
        ("", None),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("x", None),
        ("\x00", None),
        ("²", None),  # str.isdigit() is true
        ("٣", None),  # an Arabic digit, which int() reads
    ],
)
def test_parse_page_number(value, number):
    assert parse_page_number(value) == number
