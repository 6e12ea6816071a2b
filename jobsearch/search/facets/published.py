"""Publishing day: since some days ago, or one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jobsearch.search.conditions import Node, Range, RangesCount
from jobsearch.search.timestamps import epoch
from jobsearch.vacancies.visibility import OSLO

from .base import Ad, Selection, SingleFacet, quote

CHART_DAYS = 14
PUBLISHED = (1, 3, 7)
PUBLISHED_DAYS = 180  # how long ago a single day may be: ads are not advertised for longer
_DAY = dt.timedelta(days=1)


class PublishedFacet(SingleFacet):
    """Days back from today in Oslo (1: since midnight; 3: today and the two days before), or one day in Oslo.

    The last `CHART_DAYS` days are counted one by one, and the chosen day.
    """

    name = "published"
    label = gettext_lazy("Publisert")
    unknown = gettext_lazy("Vi kan ikke vise annonser fra «%s».")
    field = "published"
    listed = tuple(map(str, PUBLISHED))
    any_label = gettext_lazy("Når som helst")

    def parse_value(self, value: str) -> int | dt.date | None:
        """A number of days, or one of the last `PUBLISHED_DAYS` days in Oslo."""
        if value in self.listed:
            return int(value)
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            return None
        ago = (timezone.now().astimezone(OSLO).date() - day).days
        return day if str(day) == value and 0 <= ago < PUBLISHED_DAYS else None

    def label_value(self, value: str) -> str:
        day = self.parse_value(value)
        if isinstance(day, dt.date):
            return date_format(day, pgettext("datoformat", "l j. F"))
        return {"1": _("I dag"), "3": _("Siste 3 dager"), "7": _("Siste 7 dager")}.get(value) or quote(value)

    def label_chip(self, value: str) -> str:
        label = self.label_value(value)
        return label if value in self.listed else _("Publisert %(day)s") % {"day": label}

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        value: int | dt.date | None = query[self.name]
        if not value:
            return None
        if isinstance(value, dt.date):
            return Range(self.field, _midnight(value), _midnight(value + _DAY))
        return Range(self.field, least=_midnight(now.astimezone(OSLO).date() - (value - 1) * _DAY))

    def build_full_count(self, query: Selection, now: dt.datetime) -> RangesCount:
        today = now.astimezone(OSLO).date()
        days = {today - ago * _DAY for ago in range(-1, CHART_DAYS)}
        if isinstance(chosen := query[self.name], dt.date):
            days |= {chosen, chosen + _DAY}
        return RangesCount(self.field, tuple(map(_midnight, sorted(days))))

    def read_counts(self, raw: Mapping[str, int]) -> dict[str, int]:
        """Counts by number of days, and also by day, as "2026-11-23"."""
        by_day = {dt.datetime.fromtimestamp(int(edge), OSLO).date(): number for edge, number in raw.items()}
        if not by_day:
            return {}
        today = max(by_day) - _DAY
        found = {str(days): sum(by_day.get(today - ago * _DAY, 0) for ago in range(-1, days)) for days in PUBLISHED}
        # A chosen day before the chart is the first edge. The edge after it only ends that day: its own range is not counted,
        # whether it is one day long (the chosen day lies just before the chart) or many.
        one_day = {min(by_day), *(today - ago * _DAY for ago in range(CHART_DAYS))}
        return found | {str(day): by_day[day] for day in sorted(one_day)}

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {self.field: epoch(ad.vacancy.published)}


def _midnight(day: dt.date) -> int:
    """When the day begins in Oslo, in epoch seconds."""
    return epoch(dt.datetime.combine(day, dt.time(), tzinfo=OSLO))
