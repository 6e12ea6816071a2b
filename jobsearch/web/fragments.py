"""Fragment cache: a small template is rendered once per shape, split at its values, and filled with other values afterwards.

A results page repeats a few small templates a hundred times: a row per ad, an option per value of a facet. Their markup differs
only in the values and in which values there are. The template stays the only source of the markup: it is rendered with a
placeholder for each value, and split at the placeholders. Only markup and interface texts are cached: no text of an ad is kept
after the request. Measured: half the time of rendering a results page (docs/decisions/0036-speed-of-pages.md).
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

Values = Mapping[str, Any]
"""Texts by name, lists of texts, and lists of such mappings. SafeString is HTML; any other text is escaped."""

MAX_FRAGMENTS = 5000
"""Some hundred are in use: the shapes of a row and of an option in three languages."""

_CUT = "\0"  # occurs in no template

_fragments: dict[tuple[object, ...], list[str]] = {}


def render_fragment(template_name: str, values: Values, **fixed: object) -> SafeString:
    """The template with these values, equal to rendering it with them, at a fraction of the time.

    A template may test whether a value is empty, loop over a list and put a value anywhere; it may not change a value (`|lower`)
    or compare it. What it compares is passed as `fixed`, of which few combinations should exist.
    """
    return render_fragments(template_name, [(values, fixed)])


def render_fragments(template_name: str, all_values: Iterable[tuple[Values, Mapping[str, object]]]) -> SafeString:
    """`render_fragment` for each of many (values, fixed), one after another."""
    language = get_language()
    parts: list[str] = []
    for values, fixed in all_values:
        filled: dict[str, str] = {}
        _flatten(values, filled)
        shape = tuple([name for name, value in filled.items() if value])
        key = (template_name, language, shape, *fixed.items())
        pieces = _fragments.get(key) or _cut_template(template_name, values, fixed, key)
        for index, piece in enumerate(pieces):
            if index % 2:
                value = filled[piece]
                # As `conditional_escape`, which costs five times as much: it has to test whether the text is lazy.
                parts.append(value if isinstance(value, SafeString) else html.escape(value))
            else:
                parts.append(piece)
    return SafeString("".join(parts))  # the template's own HTML, and values that are escaped above


def _cut_template(template_name: str, values: Values, fixed: Mapping[str, object], key: tuple[object, ...]) -> list[str]:
    """The markup between the values, and for each value its name: markup, "title", markup, "tags.0", markup."""
    pieces = get_template(template_name).render({**_make_placeholders(values), **fixed}).split(_CUT)
    if len(_fragments) >= MAX_FRAGMENTS:
        _fragments.clear()
    if not settings.DEBUG:  # there, templates change while the process runs
        _fragments[key] = pieces
    return pieces


def _flatten(values: Values, found: dict[str, str], prefix: str = "") -> None:
    """Adds each text with its name to `found`: "title", "tags.0", "bars.3.label"."""
    for name, value in values.items():
        if isinstance(value, str):
            found[prefix + name] = value
            continue
        for index, item in enumerate(value):
            if isinstance(item, str):
                found[f"{prefix}{name}.{index}"] = item
            else:
                _flatten(item, found, f"{prefix}{name}.{index}.")


def _make_placeholders(values: Values, prefix: str = "") -> dict[str, Any]:
    """The same structure, with the name of each text between two cuts in place of the text; empty texts stay empty."""
    return {name: _make_placeholder(value, prefix + name) for name, value in values.items()}


def _make_placeholder(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return SafeString(f"{_CUT}{name}{_CUT}") if value else ""
    if isinstance(value, Mapping):
        return _make_placeholders(value, f"{name}.")
    return [_make_placeholder(item, f"{name}.{index}") for index, item in enumerate(value)]
