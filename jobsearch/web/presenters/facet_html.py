"""HTML of a facet in the filter panel: the values of `_facet.html`, `_facet_list.html` and `_option.html`."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jobsearch.search.facets import Choice
from jobsearch.web.fragments import render_fragment, render_fragments

from .chart import render_chart
from .dates import format_number, format_number_in
from .results import FacetView


def render_facet(facet: FacetView, *, counted: bool) -> SafeString:
    """The facet with its heading, unfolded where a value is chosen. `counted`: False where no numbers are known."""
    values = {
        "name": facet.name,
        "label": str(facet.label),
        "lower_label": str(facet.label).lower(),
        "chosen": str(facet.chosen or ""),
        "find_url": reverse("web:facet", args=[facet.name]) if facet.searched else "",
        "list": render_facet_list(facet, counted=counted),
        "hint": str(facet.hint),
    }
    return render_fragment("web/_facet.html", values, open=facet.open, long=bool(facet.browse))


def render_facet_list(facet: FacetView, *, counted: bool) -> SafeString:
    """The values of a facet: check boxes, or radio buttons where one excludes the others."""
    values = {
        "name": facet.name,
        "lower_label": str(facet.label).lower(),
        "any_label": str(facet.any_label),
        "excluded_name": facet.excluded_name,
        "excluded": [{"id": one.id, "value": one.value, "label": one.label} for one in facet.excluded],
        "options": _render_options(facet, facet.options, counted),
        "rest": _render_options(facet, facet.rest, counted),
        "total": str(facet.total),
        "shown_total": format_number(facet.total),
        "browse": facet.browse,
        "chart": render_chart(facet.bars) if facet.bars else "",
        "reset": facet.reset,
    }
    return render_fragment("web/_facet_list.html", values, single=facet.single, cut=facet.cut, chosen=bool(facet.chosen))


def _render_options(facet: FacetView, options: Iterable[Choice], counted: bool) -> SafeString:
    """The values, each with the parts to show below it."""
    language = get_language()
    return render_fragments(
        "web/_option.html",
        [
            (
                {
                    "facet": facet.name,
                    "id": option.id,
                    "value": option.value,
                    "label": option.label,
                    "count": str(option.count) if counted else "",
                    "shown_count": format_number_in(option.count, language) if counted else "",
                    "parts": _render_options(facet, option.children, counted) if option.children else "",
                    "widen": option.widen,
                },
                {"single": facet.single, "chosen": option.chosen},
            )
            for option in options
        ],
    )
