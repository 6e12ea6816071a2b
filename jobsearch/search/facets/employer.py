"""Employer: one value for each organisation number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobsearch.search.conditions import Node, RangesCount, Terms, TermsCount
from jobsearch.taxonomy import labels
from jobsearch.taxonomy.catalogue import NOT_STATED

from .base import Ad, Facet, Selection, match_label
from .employer_names import (
    employer_key,
    find_canonical,
    find_keys,
    find_matching_keys,
    get_comparison_key_finder,
    merge_counts,
)

_MOST_COUNTED_ALONE = 1000  # employers; above that, tantivy counts all of them in less time


class EmployerFacet(Facet):
    """Values are names; the index holds organisation numbers, so that one employer is one value however it is spelled."""

    name = "employer"
    label = _("Arbeidsgiver")
    unknown = _("Vi har ingen annonser fra «%s» nå.")
    field = "employer_key"
    buckets = 60_000
    """OpenSearch refuses an answer of 65,536 buckets; a feed of ten thousand ads has some thousand employers."""

    long = True
    searchable = True

    def spell_values(self, values: Collection[str]) -> list[str]:
        """The values as ads have them: the name that most ads of the organisation number have. One query, none without values."""
        canonical = find_canonical(values)
        return [canonical[value] for value in values]

    def label_value(self, value: str) -> str:
        # An employer may be called Restaurant: a name, which is not translated as the occupation is.
        return labels.translate_value(value) if value == NOT_STATED else value

    def label_in_sentence(self, value: str) -> str:
        return self.label_value(value)

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        names = self.list_chosen(query)
        return Terms(self.field, find_keys(names)) if names else None

    def build_count(self, query: Selection, now: dt.datetime) -> TermsCount | RangesCount | None:
        keys = find_keys(self.list_chosen(query))
        return TermsCount(self.field, len(keys), keys) if keys else None

    def build_typed_count(self, query: Selection, now: dt.datetime, typed: str) -> TermsCount | RangesCount | None:
        keys = find_matching_keys(typed)
        if keys is None or len(keys) > _MOST_COUNTED_ALONE:
            return self.build_full_count(query, now)
        keys.update(find_keys(self.list_chosen(query)))
        if match_label(typed)(self.label_value(NOT_STATED)):
            keys.add(NOT_STATED)
        return TermsCount(self.field, len(keys), tuple(sorted(keys))) if keys else None

    def read_counts(self, raw: Mapping[str, int]) -> dict[str, int]:
        return merge_counts(raw)

    def select_counts(self, counts: Mapping[str, int], typed: str) -> Mapping[str, int]:
        matches = match_label(typed, get_comparison_key_finder())
        return {name: ads for name, ads in counts.items() if matches(self.label_value(name) if name == NOT_STATED else name)}

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {self.field: [employer_key(ad.vacancy.employer_orgnr, ad.employer_name)]}
