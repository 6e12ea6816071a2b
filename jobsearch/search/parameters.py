"""Parameters of an address: reading and cleaning them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.http import QueryDict

Parameters = QueryDict | Mapping[str, str]


def read_all(params: Parameters, name: str) -> list[str]:
    """Every value of a parameter, in order."""
    values = params.getlist(name) if isinstance(params, QueryDict) else params.get(name, [])
    return [str(value) for value in ([values] if isinstance(values, str) else values)]


def read_last(params: Parameters, name: str) -> str:
    """The last value of a parameter, "" for none."""
    values = read_all(params, name)
    return values[-1] if values else ""


def clean_value(value: str, length: int) -> str:
    """One line of at most `length` characters: composed (NFC), without control characters, white space folded.

    Removes NUL and lone surrogates too, which PostgreSQL, JSON and tantivy each refuse in their own way.
    """
    value = unicodedata.normalize("NFC", value[: 4 * length])
    value = "".join(" " if unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} else mark for mark in value)
    return " ".join(value.split())[:length].strip()
