"""URL parameters: reads the values of one name."""

from __future__ import annotations

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
