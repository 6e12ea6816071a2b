"""Detection of personal data in a query: national identity numbers and e-mail addresses are not searched for or stored."""

from __future__ import annotations

import re

from jobsearch.search.analysis.folding import normalise

_EMAIL = re.compile(r"(?<![^\s@])[^\s@]++@[^\s@]+\.[^\s@]{2,}")
_ELEVEN_DIGITS = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def find_personal_data(text: str) -> str | None:
    """Either "identity_number", "email" or None. Invisible characters are removed and full-width digits converted first."""
    text = normalise(text)
    if any(is_identity_number(match.group(1) + match.group(2)) for match in _ELEVEN_DIGITS.finditer(text)):
        return "identity_number"
    return "email" if _EMAIL.search(text) else None


def is_identity_number(digits: str) -> bool:
    """Whether eleven digits have the two check digits (modulo 11) of a fødselsnummer or D-number."""
    if len(digits) != 11 or not (digits.isascii() and digits.isdigit()):
        return False
    numbers = [int(digit) for digit in digits]
    first = -sum(weight * number for weight, number in zip(_FIRST_WEIGHTS, numbers, strict=False)) % 11
    second = -sum(weight * number for weight, number in zip(_SECOND_WEIGHTS, numbers, strict=False)) % 11
    return numbers[9] == first and numbers[10] == second
