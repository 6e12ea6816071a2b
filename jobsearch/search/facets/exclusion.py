"""Excluded values of a facet: the search without the ads that have one of them, as in "lærer ikke vikariat"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES
from jobsearch.search.conditions import EVERYTHING, All, Node, Phrase, Terms
from jobsearch.search.query import entities
from jobsearch.taxonomy.catalogue import NOT_STATED

from .base import Ad, Facet, Selection, quote

PREFIX = "not_"
"""The parameter of the excluded values of `place` is `not_place`."""


class ExcludedValues(Facet):
    """The excluded values of another facet, parsed, bounded and labelled as its chosen ones.

    A filter of its own, so that the facet's counts, which leave out its own filter, do not count excluded ads.
    """

    counted = False

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        self.__dict__ |= {"name": f"{PREFIX}{facet.name}", "label": facet.label, "unknown": facet.unknown}

    @property
    def positive(self) -> Facet:
        return self.facet

    def spell_values(self, values: Collection[str]) -> list[str]:
        return self.facet.spell_values(values)

    def order_values(self, values: Any) -> Any:
        """The canonical form: sorted, each once, no value beside its parent, which excludes it too."""
        chosen = set(values)
        return tuple(sorted(value for value in chosen if self.get_parent(value) not in chosen))

    def add_value(self, query: Selection, value: str) -> dict[str, Any]:
        return {self.name: (*query[self.name], value)}

    def get_parent(self, value: str) -> str:
        return self.facet.get_parent(value)

    def is_known(self, value: str) -> bool:
        return self.facet.is_known(value)

    def label_value(self, value: str) -> str:
        if value == NOT_STATED:
            return _("%(facet)s oppgitt") % {"facet": self.label}
        return _("Ikke %(value)s") % {"value": self.facet.label_in_sentence(value)}

    def label_chip(self, value: str) -> str:
        return self.label_value(value)

    def label_removal(self, value: str) -> str:
        return quote(self.label_value(value))

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        """Excludes the ads that have one of the values, and those whose title names it, as a minus sign does."""
        values = self.list_chosen(query)
        if not values:
            return None
        has_value = self.facet.build_filter({self.facet.name: values}, now)
        named = _build_name_conditions(self.facet.name, values)
        return All((EVERYTHING,), (has_value, *named) if has_value else named)

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {}


def _build_name_conditions(facet: str, values: Collection[str]) -> tuple[Node, ...]:
    """The title contains a name of the values. One condition for all names of one word: a search may exclude 50 places."""
    names = entities.list_names(facet, values)
    words = tuple(sorted(name[0] for name in names if len(name) == 1 and name[0] not in EVERYDAY_PLACES))
    of_words: list[Node] = [Terms("title", words)] if words else []
    return (*of_words, *(Phrase("title", name) for name in names if len(name) > 1))


def build_exclusions(facets: Mapping[str, Facet]) -> dict[str, Facet]:
    """Parameter -> the excluded values of each facet of which several values can be chosen."""
    excluded = (ExcludedValues(facet) for facet in facets.values() if not facet.single)
    return {one.name: one for one in excluded}
