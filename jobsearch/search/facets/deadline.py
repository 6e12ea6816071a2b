"""Deadline: open by default; as soon as possible, within some days from today, passed, or all."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.search.conditions import Node, Range, RangesCount
from jobsearch.search.timestamps import day_number, get_today
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies import deadlines

from .base import Ad, Choice, Selection, SingleFacet, quote

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

DUE_UNKNOWN, DUE_SOON, DUE_IN_WORDS = 2**24, 2**24 + 1, 2**24 + 2
"""Values of the field `due` that are no day numbers: no deadline is stated; "as soon as possible" or "continuously"; other
words ("by agreement"), which lie within no number of days and yet are not "not stated".

Above every day number, so that the deadlines that have not passed are one range: two ranges take tantivy five times as long."""

_FIRST_DAY = 0
PASSED, ALL_DEADLINES = "passed", "all"
"""Values that find ads whose deadline has passed: only those, or those too. No other value finds them, nor does a search
without a value."""


class DeadlineFacet(SingleFacet):
    """Days from today in Oslo, today included: within 3 days is today, tomorrow or the day after.

    A deadline that has passed lies within no number of days. Without a chosen value, ads whose deadline has passed are left
    out; an ad without a date ("as soon as possible", other words, nothing stated) is never left out for its deadline.
    """

    name = "deadline"
    label = gettext_lazy("Frist")
    unknown = gettext_lazy("Vi kjenner ikke fristen «%s».")
    field = "due"
    listed = ("asap", "3", "7", "14", "30", NOT_STATED, PASSED, ALL_DEADLINES)
    any_label = gettext_lazy("Fristen er ikke ute")

    def label_value(self, value: str) -> str:
        if value == "asap":
            return _("Snarest")
        if value in (PASSED, ALL_DEADLINES):
            return self.label_chip(value)
        if value not in self.listed:
            return quote(value)
        return _("Ikke oppgitt") if value == NOT_STATED else _("Innen %(n)s dager") % {"n": value}

    def label_chip(self, value: str) -> str:
        if value == "asap":
            return _("Frist snarest")
        if value == PASSED:
            return _("Fristen er ute")
        if value == ALL_DEADLINES:
            return _("Også der fristen er ute")
        if value not in self.listed:
            return f"{self.label} {quote(value)}"
        return _("Frist ikke oppgitt") if value == NOT_STATED else _("Frist innen %(n)s dager") % {"n": value}

    def label_removal(self, value: str) -> str:
        return quote(self.label_chip(value)) if value in (PASSED, ALL_DEADLINES) else self.label_chip(value)

    def list_choices(self, counts: Mapping[str, int], query: Selection, *, folded: bool = False) -> list[Choice]:
        """Without the choices of passed deadlines where no ad has one: they would find nothing, or what is found anyway."""
        choices = super().list_choices(counts, query, folded=folded)
        needless = set() if counts.get(PASSED) else {PASSED, ALL_DEADLINES}
        return [choice for choice in choices if choice.chosen or choice.value not in needless]

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        value = query[self.name]
        if not value:
            return build_open_filter(now)
        if value == ALL_DEADLINES:
            return None
        if value == NOT_STATED:
            return Range(self.field, DUE_UNKNOWN, DUE_UNKNOWN + 1)
        if value == "asap":
            return Range(self.field, DUE_SOON, DUE_SOON + 1)
        today = get_today(now)
        if value == PASSED:
            return Range(self.field, _FIRST_DAY, today)
        return Range(self.field, today, today + int(value))

    def build_full_count(self, query: Selection, now: dt.datetime) -> RangesCount:
        today = get_today(now)
        days = (today + int(value) for value in self.listed if value.isdigit())
        return RangesCount(self.field, (_FIRST_DAY, today, *days, DUE_UNKNOWN, DUE_SOON, DUE_IN_WORDS))

    def read_counts(self, raw: Mapping[str, int]) -> dict[str, int]:
        if not raw:
            return {}
        passed, *by_days, unknown, soon, _words = (raw[edge] for edge in sorted(raw, key=int))
        found = {NOT_STATED: unknown, "asap": soon, PASSED: passed, ALL_DEADLINES: sum(raw.values())}
        for value, number in zip(filter(str.isdigit, self.listed), itertools.accumulate(by_days), strict=False):
            found[value] = number
        return found

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {self.field: _get_due(ad.vacancy)}


def build_open_filter(now: dt.datetime) -> Node:
    """Ads whose deadline has not passed, and those without a date."""
    return Range(DeadlineFacet.field, least=get_today(now))


def _get_due(vacancy: Vacancy) -> int:
    """Day number of the deadline, or one of the DUE constants."""
    if vacancy.application_due:
        return max(day_number(vacancy.application_due), _FIRST_DAY)
    words = vacancy.application_due_text
    if deadlines.is_soon(words) or deadlines.is_continuous(words):
        return DUE_SOON
    return DUE_IN_WORDS if words else DUE_UNKNOWN
