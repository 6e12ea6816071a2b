"""Deadline: as soon as possible, or within some days from today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.search.conditions import Node, Range, RangesCount
from jobsearch.search.timestamps import day_number
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies import deadlines
from jobsearch.vacancies.visibility import OSLO

from .base import Ad, Selection, SingleFacet, quote

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

DUE_UNKNOWN, DUE_SOON, DUE_IN_WORDS = 0, 1, 2
"""Values of the field `due` that are no day numbers: no deadline is stated; "as soon as possible" or "continuously"; other
words ("by agreement"), which lie within no number of days and yet are not "not stated"."""


class DeadlineFacet(SingleFacet):
    """Days from today in Oslo, today included: within 3 days is today, tomorrow or the day after.

    A deadline that has passed lies within no number of days.
    """

    name = "deadline"
    label = gettext_lazy("Frist")
    unknown = gettext_lazy("Vi kjenner ikke fristen «%s».")
    field = "due"
    listed = ("asap", "3", "7", "14", "30", NOT_STATED)
    any_label = gettext_lazy("Alle frister")

    def label_value(self, value: str) -> str:
        if value == "asap":
            return _("Snarest")
        if value not in self.listed:
            return quote(value)
        return _("Ikke oppgitt") if value == NOT_STATED else _("Innen %(n)s dager") % {"n": value}

    def label_chip(self, value: str) -> str:
        if value == "asap":
            return _("Frist snarest")
        if value not in self.listed:
            return f"{self.label} {quote(value)}"
        return _("Frist ikke oppgitt") if value == NOT_STATED else _("Frist innen %(n)s dager") % {"n": value}

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        value = query[self.name]
        if not value:
            return None
        if value == NOT_STATED:
            return Range(self.field, DUE_UNKNOWN, DUE_UNKNOWN + 1)
        if value == "asap":
            return Range(self.field, DUE_SOON, DUE_SOON + 1)
        today = day_number(now.astimezone(OSLO).date())
        return Range(self.field, today, today + int(value))

    def build_full_count(self, query: Selection, now: dt.datetime) -> RangesCount:
        today = day_number(now.astimezone(OSLO).date())
        edges = [today, *(today + int(value) for value in self.listed if value.isdigit())]
        return RangesCount(self.field, (DUE_UNKNOWN, DUE_SOON, DUE_SOON + 1, *edges))

    def read_counts(self, raw: Mapping[str, int]) -> dict[str, int]:
        if not raw:
            return {}
        numbers = [number for _, number in sorted(raw.items(), key=lambda pair: int(pair[0]))]
        found, total = {NOT_STATED: numbers[0], "asap": numbers[1]}, 0
        for value, number in zip((value for value in self.listed if value.isdigit()), numbers[3:], strict=False):
            total += number
            found[value] = total
        return found

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {self.field: _get_due(ad.vacancy)}


def _get_due(vacancy: Vacancy) -> int:
    """Day number of the deadline, or one of the DUE constants."""
    if vacancy.application_due:
        return max(day_number(vacancy.application_due), DUE_IN_WORDS)
    words = vacancy.application_due_text
    if deadlines.is_soon(words) or deadlines.is_continuous(words):
        return DUE_SOON
    return DUE_IN_WORDS if words else DUE_UNKNOWN
