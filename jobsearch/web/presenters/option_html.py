"""HTML of a facet's values in the filter panel: the values of `templates/web/_option.html`."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString

from jobsearch.search.api import Choice
from jobsearch.web.fragments import render_fragment

from .dates import format_number
from .results import FacetView


def render_options(facet: FacetView, options: Iterable[Choice], *, counted: bool) -> SafeString:
    """The values as check boxes, or radio buttons where one excludes the others, each with the parts to show below it.

    `counted`: False where no numbers are known.
    """
    return SafeString("".join(_render_option(facet, option, counted) for option in options))  # each is rendered by a template


def _render_option(facet: FacetView, option: Choice, counted: bool) -> SafeString:
    values = {
        "facet": facet.name,
        "id": option.id,
        "value": option.value,
        "label": option.label,
        "count": str(option.count) if counted else "",
        "shown_count": format_number(option.count) if counted else "",
        "parts": render_options(facet, option.children, counted=counted),
        "widen": option.widen,
    }
    return render_fragment("web/_option.html", values, single=facet.single, chosen=option.chosen)
