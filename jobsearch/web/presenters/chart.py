"""Bar chart of ads per day whose bars are links to the day. Sizes are SVG units, so that no bar needs an inline style."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from jobsearch.search import api as search
from jobsearch.search.facets import CHART_DAYS
from jobsearch.web.fragments import render_fragment

from . import dates

STEP, WIDTH, HEIGHT = 20, 16, 64  # width of a bar with its gap, width of a bar, height of the highest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One day. `value`: its value of the parameter `published`. The link of a chosen day removes it again."""

    value: str
    label: str
    count: int
    url: str
    chosen: bool
    left: int
    top: int
    height: int


def make_bars(query: search.SearchQuery, counts: Mapping[str, int], address: Callable[[search.SearchQuery], str]) -> list[Bar]:
    """The last days, the oldest first, each with its ads under all filters but the publishing time."""
    today = dates.get_today()
    days = [today - dt.timedelta(days=ago) for ago in range(CHART_DAYS - 1, -1, -1)]
    highest = max((counts.get(str(day), 0) for day in days), default=0)
    if not highest:
        return []
    found = []
    for position, day in enumerate(days):
        count = counts.get(str(day), 0)
        height = -(-count * HEIGHT // highest)  # rounded up, so that a single ad is visible
        chosen = query["published"] == day
        other = query.without("published") if chosen else query.with_value("published", str(day))
        label = dates.format_day(day, weekday=True)
        found.append(Bar(str(day), label, count, address(other), chosen, position * STEP, HEIGHT - height, height))
    return found


def render_chart(bars: Sequence[Bar]) -> SafeString:
    """The chart and its table as HTML."""
    values = [
        {
            "value": bar.value,
            "label": bar.label,
            "count": dates.format_number(bar.count),
            "url": bar.url,
            "chosen": "1" if bar.chosen else "",
            "left": str(bar.left),
            "inner_left": str(bar.left + (STEP - WIDTH) // 2),
            "top": str(bar.top),
            "height": str(bar.height),
        }
        for bar in bars
    ]
    return render_fragment("web/_chart.html", {"bars": values})
