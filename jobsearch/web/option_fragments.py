"""Fragment cache of filter options: the HTML of a value in the filter panel, rendered once and reused with other numbers.

A page shows some hundred values, of which only the numbers differ between searches. The template `web/_option.html` stays the
only source of the markup: it is rendered with a number that stands for all, and cut where that number is. Measured: half the
time of rendering a results page (docs/decisions/0036-speed-of-pages.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.template import Template

from jobsearch.search.api import Choice
from jobsearch.web.presenters.dates import format_number, format_number_in

_STAND_IN = 987_654_321
_CUT = "\0"  # stands in no HTML
MAX_FRAGMENTS = 5000
"""The lists of places, occupations and other values in three languages are some 1,200."""

_fragments: dict[tuple[object, ...], list[str]] = {}


def render_option(template: Template, option: Choice, context: Any, shape: tuple[object, ...], language: str | None) -> str:
    """The HTML of a value without children in the active language.

    `context`: where the template finds its facet; `shape`: what else of it the template reads.
    """
    # A number of 0 or 1 may have other words or classes.
    key = (language, shape, option.value, option.label, option.id, option.chosen, min(option.count, 2))
    pieces = _fragments.get(key)
    if pieces is None:
        stand_in = _STAND_IN if option.count > 1 else option.count
        with context.push(option=replace(option, count=stand_in)):
            html = template.render(context)
        pieces = _cut_at_number(html) if stand_in == _STAND_IN else [html]
        if len(_fragments) >= MAX_FRAGMENTS:
            _fragments.clear()
        if not settings.DEBUG:  # there, templates change while the process runs
            _fragments[key] = pieces
    if len(pieces) == 1:
        return pieces[0]
    numbers = {"plain": str(option.count), "formatted": format_number_in(option.count, language)}
    return "".join(numbers[piece] if index % 2 else piece for index, piece in enumerate(pieces))


def _cut_at_number(html: str) -> list[str]:
    """The text between the numbers, and for each number how it is written: text, "plain", text, "formatted", text."""
    for number, name in ((str(_STAND_IN), "plain"), (format_number(_STAND_IN), "formatted")):
        html = html.replace(number, f"{_CUT}{name}{_CUT}")
    return html.split(_CUT)
