"""Finds what nobody should send a search engine: national identity numbers and e-mail addresses."""

from __future__ import annotations

import re

from jobsearch.search.analysis.folding import normalise

_EMAIL = re.compile(r"(?<![^\s@])[^\s@]++@[^\s@]+\.[^\s@]{2,}")
_ELEVEN = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def find_private(text: str) -> str | None:
    """Either "identity_number", "email", or None. Invisible characters and wide digits hide neither."""
    text = normalise(text)
    if any(is_identity_number(match.group(1) + match.group(2)) for match in _ELEVEN.finditer(text)):
        return "identity_number"
    return "email" if _EMAIL.search(text) else None


def is_identity_number(digits: str) -> bool:
    """Whether eleven digits carry the two check digits of a fødselsnummer or D-number."""
    if len(digits) != 11 or not (digits.isascii() and digits.isdigit()):
        return False
    numbers = [int(digit) for digit in digits]
    first = -sum(weight * number for weight, number in zip(_FIRST, numbers, strict=False)) % 11
    second = -sum(weight * number for weight, number in zip(_SECOND, numbers, strict=False)) % 11
    return numbers[9] == first and numbers[10] == second
