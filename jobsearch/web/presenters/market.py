"""Presenter of the market: the chart of weeks, its figures and addresses, and the panel on other pages.

Sizes are SVG units. The chart has no text of its own, which would be too small on a phone: captions and the table are HTML.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.statistics import dimensions, market

from . import dates

STEP, WIDTH, HEIGHT = 12, 8, 120  # width of a week with its gap, width of a bar, height of the highest bar
MARK = 3  # height of the mark of the year before


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of the chart. `before_top`: where the mark of the year before is; None where no ads are known."""

    label: str
    date: str
    new: int
    before: int
    closed: int
    left: int
    top: int
    height: int
    before_top: int | None
    partial: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of 52 weeks. `highest` is the number at the top of the chart."""

    bars: list[Bar]
    highest: int
    summary: str
    has_before: bool

    @property
    def width(self) -> int:
        return STEP * len(self.bars)


def build_chart(series: market.Series) -> Chart:
    """The chart of the weeks."""
    highest = max((max(week.new, week.before) for week in series.weeks), default=0)
    bars = []
    for position, week in enumerate(series.weeks):
        height, before = (-(-number * HEIGHT // highest) if highest else 0 for number in (week.new, week.before))
        bars.append(
            Bar(
                label=_("Uke %(number)s") % {"number": week.monday.isocalendar().week},
                date=dates.format_short_day(week.monday),
                new=week.new,
                before=week.before,
                closed=week.closed,
                left=position * STEP + (STEP - WIDTH) // 2,
                top=HEIGHT - height,
                height=height,
                before_top=min(HEIGHT - before, HEIGHT - MARK) if week.before else None,
                partial=series.complete_from is None or week.monday < series.complete_from,
            )
        )
    total = dates.format_number(series.new)
    summary = ngettext("%(n)s ny annonse på 52 uker", "%(n)s nye annonser på 52 uker", series.new) % {"n": total}
    return Chart(bars, highest, summary, any(bar.before for bar in bars))


def format_change(now: int, before: int) -> str:
    """A change in per cent: "+12 %"; "" where there was nothing before."""
    if not before:
        return ""
    change = round(100 * (now - before) / before)
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return _("%(sign)s%(number)s %%") % {"sign": sign, "number": dates.format_number(abs(change))}


def format_days(days: float | None) -> str:
    """A median of days: "21 dager"; "" for none."""
    if days is None:
        return ""
    number = number_format(days, 0 if days == int(days) else 1)
    return ngettext("%(n)s dag", "%(n)s dager", 1 if days == 1 else 2) % {"n": number}


def describe_partial(series: market.Series, today: dt.date) -> str:
    """The sentence about weeks of which ads are missing; "" where there are none."""
    if not series.is_partial:
        return ""
    if series.complete_from is None:  # during the first load
        return _("Annonsene er ikke talt ennå. Vi teller hvert kvarter, så tallene kommer snart.")
    if series.complete_from > today:
        return _(
            "Tallene er ufullstendige: vi begynte å telle denne uken. For ukene før (grå søyler) mangler noen annonser, og mange "
            "har verken yrke eller sektor."
        )
    return _(
        "Tallene er ufullstendige før %(day)s, da vi begynte å telle. For ukene før (grå søyler) mangler noen annonser, og mange "
        "har verken yrke eller sektor."
    ) % {"day": dates.format_day(series.complete_from)}


def build_url(selection: market.Selection, **changes: str) -> str:
    """The address of the market of a selection, with some values changed."""
    params = build_params(selection, **changes)
    return reverse("web:market") + (f"?{params}" if params else "")


def build_params(selection: market.Selection, **changes: str) -> str:
    """The parameters of a selection, in the order of a search's address."""
    chosen = {
        name: (changes[name],) if changes.get(name) else getattr(selection, name) for name in ("place", "occupation", "sector")
    }
    return urlencode([(name, value) for name, values in chosen.items() for value in values])


def read_selection(query: search.SearchQuery) -> market.Selection:
    """The part of the market that a search's filters describe; its words and other filters are left out."""
    return market.Selection(**{name: tuple(query[name]) for name in dimensions.DIMENSIONS})


def build_query(selection: market.Selection) -> search.SearchQuery:
    """The search with a selection's filters."""
    return search.SearchQuery().replace(occupation=selection.occupation, place=selection.place, sector=selection.sector)


def list_labels(selection: market.Selection) -> list[str]:
    """The labels of what is chosen."""
    return [FACETS[name].label_value(value) for name in ("occupation", "place", "sector") for value in getattr(selection, name)]


@dataclass(frozen=True, slots=True)
class Panel:
    """The market of a page's filters, in short."""

    chart: Chart
    url: str
    days_open: str
    note: str


def build_panel(query: search.SearchQuery) -> Panel | None:
    """The panel of a search's filters. None where it has none by which ads are counted, or where nothing is counted."""
    selection = read_selection(query)
    if selection.is_whole or selection.is_too_wide:
        return None
    today = dates.get_today()
    series = market.read_series(selection, today)
    if series.is_empty:
        return None
    days_open = format_days(series.median_days_open)
    return Panel(build_chart(series), build_url(selection), days_open, describe_partial(series, today))
