"""Occupation: NAV's classification in two levels."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy import labels, occupations
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.prepared_ads import list_occupation_paths

from .base import Ad, TreeFacet


class OccupationFacet(TreeFacet):
    """Kind of work. Values are paths: `Helse og sosial`, `Helse og sosial/Sykepleier`."""

    name = "occupation"
    label = _("Yrke")
    unknown = _("Vi har ingen annonser med yrket «%s» nå.")
    field = "occupation"
    listed = tuple(occupations.PATHS)
    last = frozenset({occupations.UNKNOWN})
    buckets = 1000
    searchable = True
    open_at_first = True
    unfolds = True

    def get_parent(self, value: str) -> str:
        return occupations.get_parent(value)

    def is_known(self, value: str) -> bool:
        return value == NOT_STATED or occupations.is_known(value)

    def label_value(self, value: str) -> str:
        return labels.translate_value(value if value == NOT_STATED else occupations.get_label(value))

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        jobs = list_occupation_paths(ad.vacancy)
        return {self.field: sorted({path for job in jobs for path in (job, occupations.get_parent(job)) if path}) or [NOT_STATED]}
