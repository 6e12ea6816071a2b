"""A search in words: for titles, the list of saved searches, and the first proposal of a name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jobsearch.search import api as search


def criteria(query: search.SearchQuery) -> list[tuple[str, list[str]]]:
    """Each facet's name with the chosen values' labels, the words searched for first."""
    found = [(_("Søkeord"), [query.q])] if query.q else []
    by_facet: dict[str, list[str]] = {}
    for facet, value in query.chosen:
        by_facet.setdefault(facet, []).append(search.get_filter(facet).label_value(value))
    return found + [(str(search.get_filter(facet).label), labels) for facet, labels in by_facet.items()]


def short(query: search.SearchQuery, most: int = 3) -> str:
    """ "sykepleier · Bergen", and how many choices more where there are many."""
    labels = [search.get_filter(facet).label_chip(value) for facet, value in query.chosen]
    parts = [query.q] if query.q else []
    parts += labels[:most]
    if len(labels) > most:
        parts.append(_("%(n)s valg til") % {"n": len(labels) - most})
    return " · ".join(parts)
