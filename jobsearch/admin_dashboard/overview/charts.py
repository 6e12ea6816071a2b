"""Lines of the overview: 24 hours and 30 days of a number, as SVG with the last value as text, and as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.admin_dashboard.monitoring import samples
from jobsearch.admin_dashboard.monitoring.samples import Values
from jobsearch.admin_dashboard.report_texts import format_duration, format_number
from jobsearch.admin_dashboard.time_formats import UNKNOWN
from jobsearch.core import counters

WIDTH, HEIGHT, EDGE = 240, 48, 3  # SVG units; the edge keeps the line's stroke inside
DAY, MONTH = dt.timedelta(hours=24), dt.timedelta(days=30)
_DAY_STEP, _MONTH_STEP = dt.timedelta(minutes=30), dt.timedelta(hours=12)
_ROW_STEP = 2  # points of the line for each row of its table

Moments = Sequence[tuple[dt.datetime, float | None]]


def format_milliseconds(seconds: float) -> str:
    """A duration of a request: "38 ms", "1,2 s"."""
    return f"{format_number(round(seconds, 1))} s" if seconds >= 1 else f"{round(seconds * 1000)} ms"


def format_share(share: float) -> str:
    """A share in per cent: "0,3 %"."""
    return f"{format_number(round(share * 100, 1))} %"


def _format_whole(number: float) -> str:
    return format_number(round(number))


def _read_error_share(values: Values) -> float | None:
    answers = values.get(counters.FEED_ANSWERS)
    return values.get(counters.FEED_ERRORS, 0) / answers if answers else None


@dataclass(frozen=True, slots=True)
class Series:
    """A number of the samples, with how it is read and written."""

    key: str
    label: Any
    read: Callable[[Values], float | None]
    format: Callable[[float], str] = _format_whole


SERIES = (
    Series("active", gettext_lazy("Aktive annonser"), samples.read_state("active")),
    Series("new", gettext_lazy("Nye i dag"), samples.read_state("new_today")),
    Series("lag", gettext_lazy("Etterslep"), samples.read_state("lag"), format_duration),
    Series("search", gettext_lazy("Søketid"), samples.read_mean_seconds(counters.SEARCHES), format_milliseconds),
)
MONTH_SERIES = (
    *SERIES,
    Series("requests", gettext_lazy("Forespørsler"), lambda values: values.get(counters.REQUESTS)),
    Series("answer", gettext_lazy("Svartid fra NAV"), samples.read_mean_seconds(counters.FEED_ANSWERS), format_milliseconds),
    Series("errors", gettext_lazy("Feil fra NAV"), _read_error_share, format_share),
    Series("quarantined", gettext_lazy("I karantene"), samples.read_state("quarantined")),
    Series(
        "disk",
        gettext_lazy("Ledig disk"),
        samples.read_state("disk_free"),
        lambda free: f"{format_number(round(free / 1e9, 1))} GB",
    ),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A line as SVG paths: one for each run of known values, so that a gap is a gap. `rows` are the same as a table."""

    key: str
    label: str
    value: str
    """The last known value as text."""
    description: str
    paths: Sequence[str]
    rows: Sequence[tuple[str, str]]


def build_day_charts(minutes: Sequence[tuple[dt.datetime, Values]], now: dt.datetime) -> list[Chart]:
    """The four lines of the last 24 hours."""
    return [_build(one, minutes, now - DAY, _DAY_STEP, "H:i") for one in SERIES]


def build_month_charts(hours: Sequence[tuple[dt.datetime, Values]], now: dt.datetime) -> list[Chart]:
    """The lines of the last 30 days."""
    return [_build(one, hours, now - MONTH, _MONTH_STEP, "j.n.") for one in MONTH_SERIES]


def _build(
    series: Series, found: Sequence[tuple[dt.datetime, Values]], since: dt.datetime, step: dt.timedelta, form: str
) -> Chart:
    line = samples.make_line(found, series.read, since, step)
    numbers = [number for _moment, number in line if number is not None]
    value = series.format(numbers[-1]) if numbers else UNKNOWN
    description = _("%(label)s: ingen tall ennå") % {"label": series.label}
    if numbers:
        description = _("%(label)s: fra %(low)s til %(high)s, sist %(last)s") % {
            "label": series.label,
            "low": series.format(min(numbers)),
            "high": series.format(max(numbers)),
            "last": value,
        }
    rows = [
        (date_format(timezone.localtime(moment), form), series.format(number) if number is not None else UNKNOWN)
        for moment, number in line[::-_ROW_STEP]
    ]
    return Chart(series.key, str(series.label), value, description, draw(line), rows)


def draw(line: Moments) -> list[str]:
    """SVG paths of a line. A single point is drawn as a short stroke, and a line without changes in the middle."""
    numbers = [number for _moment, number in line if number is not None]
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    across, down = (WIDTH - 2 * EDGE) / max(1, len(line) - 1), HEIGHT - 2 * EDGE
    paths: list[str] = []
    previous: float | None = None
    for position, (_moment, number) in enumerate(line):
        if number is not None:
            share = (number - low) / (high - low) if high > low else 0.5
            point = f"{EDGE + position * across:.1f} {EDGE + (1 - share) * down:.1f}"
            if previous is None:
                paths.append(f"M{point}h0.1")
                paths[-1] += f"M{point}"
            else:
                paths[-1] += f"L{point}"
        previous = number
    return paths
