"""Place: counties with their municipalities, and countries abroad."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy import labels, places
from jobsearch.taxonomy.catalogue import COUNTIES, NOT_STATED
from jobsearch.vacancies.prepared_ads import list_workplaces

from .base import Ad, TreeFacet


class PlaceFacet(TreeFacet):
    """Where the work is. Values are paths: `VESTLAND`, `VESTLAND/BERGEN`, `UTLAND/SVERIGE`."""

    name = "place"
    label = _("Sted")
    unknown = _("Vi har ingen annonser fra stedet «%s» nå.")
    field = "place"
    listed = (*COUNTIES, places.ABROAD)
    buckets = 1500
    searchable = True
    open_at_first = True

    def spell_values(self, values: Collection[str]) -> list[str]:
        return [value if value == NOT_STATED else value.upper() for value in values]

    def get_parent(self, value: str) -> str:
        return places.get_parent(value)

    def is_known(self, value: str) -> bool:
        return value == NOT_STATED or places.is_known(value)

    def label_value(self, value: str) -> str:
        return labels.translate_value(value if value == NOT_STATED else places.get_label(value))

    def label_in_sentence(self, value: str) -> str:
        return self.label_value(value)

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        paths = {location.path for location in list_workplaces(ad.vacancy) if location.path}
        return {self.field: sorted({above for path in paths for above in places.list_ancestors(path)}) or [NOT_STATED]}
