"""Descriptions of a search as text: for page titles, the list of saved searches and the proposed name of a new one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jobsearch.search import api as search
from jobsearch.search.facets import get_filter

from .models import StoredSearch


def list_criteria(query: search.SearchQuery) -> list[tuple[str, list[str]]]:
    """The search text, then each facet's label with the labels of its chosen values."""
    criteria = [(_("Søkeord"), [query.q])] if query.q else []
    by_facet: dict[str, list[str]] = {}
    for facet, value in query.chosen:
        by_facet.setdefault(facet, []).append(get_filter(facet).label_value(value))
    return criteria + [(str(get_filter(facet).label), labels) for facet, labels in by_facet.items()]


def summarise_query(query: search.SearchQuery, max_values: int = 3) -> str:
    """One-line summary: "sykepleier · Bergen". Beyond `max_values` filter values, only how many more there are."""
    labels = [get_filter(facet).label_chip(value) for facet, value in query.chosen]
    parts = [query.q] if query.q else []
    parts += labels[:max_values]
    if len(labels) > max_values:
        parts.append(_("%(n)s valg til") % {"n": len(labels) - max_values})
    return " · ".join(parts)


def describe_problems(saved: StoredSearch) -> list[str]:
    """What of a stored search cannot be used any more, as sentences."""
    if saved.unreadable:
        return [_("Dette søket kan ikke leses lenger: «%(text)s».") % {"text": saved.unreadable}]
    return [problem.message for problem in saved.parsed[1]]
