"""Tables of what visitors search for: counts of filters, slow searches and words without hits, never single searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from jobsearch.admin_dashboard.report_texts import format_number
from jobsearch.search.facets import FACETS
from jobsearch.search.models import MissedWord, SearchUsage
from jobsearch.search.usage import MIN_DAYS, SLOW_SECONDS

from .charts import format_milliseconds

MAX_ROWS = 50


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page. `note` states what is counted."""

    key: str
    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def load_search_usage() -> list[Table]:
    """The three tables, in three queries."""
    return [_list_missed(), _list_filters(), _list_slow()]


def _list_missed() -> Table:
    words = MissedWord.objects.exclude(word="").order_by("-number", "word")[:MAX_ROWS]
    return Table(
        "missed",
        _("Søk uten treff"),
        _("Ord i søk som ikke ga treff, søkt etter på minst %(days)s ulike dager. Navn på kontaktpersoner vises ikke.")
        % {"days": MIN_DAYS},
        [_("Ord"), _("Dager"), _("Søk")],
        [(one.word, format_number(len(one.days)), format_number(one.number)) for one in words],
    )


def _list_filters() -> Table:
    usage = SearchUsage.objects.filter(kind=SearchUsage.Kind.FILTER)
    rows = usage.values_list("key").annotate(total=Sum("number")).order_by("-total", "key")[:MAX_ROWS]
    return Table(
        "filters",
        _("Mest brukte filtre"),
        _("Hvor mange søk som brukte filteret. Verdiene lagres ikke."),
        [_("Filter"), _("Søk")],
        [(_describe_filter(key), format_number(total)) for key, total in rows],
    )


def _list_slow() -> Table:
    usage = SearchUsage.objects.filter(kind=SearchUsage.Kind.SLOW)
    rows = usage.values_list("key").annotate(total=Sum("number"), slowest=Max("seconds")).order_by("-slowest", "key")[:MAX_ROWS]
    return Table(
        "slow",
        _("Langsomste søk"),
        _("Søk som tok over %(time)s, etter antall ord, filtre og sortering. Ordene lagres ikke.")
        % {"time": format_milliseconds(SLOW_SECONDS)},
        [_("Søk"), _("Ganger"), _("Lengst")],
        [(key, format_number(total), format_milliseconds(slowest)) for key, total, slowest in rows],
    )


def _describe_filter(key: str) -> str:
    facet = FACETS.get(key.removeprefix("not_"))
    label = str(facet.label) if facet else key
    return _("%(filter)s (unntatt)") % {"filter": label} if key.startswith("not_") else label
