"""Samples of the site's state: one a minute for a day, rolled up to hours for a month and to days for a year.

A sample holds states (how many ads are active now) and what was counted since the last one (requests, seconds of searches).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.models import Sample
from jobsearch.core import counters
from jobsearch.core.models import Counter

Values = Mapping[str, float]
KEPT = {
    Sample.Period.MINUTE: dt.timedelta(hours=25),
    Sample.Period.HOUR: dt.timedelta(days=31),
    Sample.Period.DAY: dt.timedelta(days=400),
}
# How the numbers of a shorter period become that of a longer one. A peak of the lag must not disappear in a mean.
STATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "active": lambda numbers: numbers[-1],
    "new_today": max,
    "lag": max,
    "waiting": max,
    "deferred": max,
    "quarantined": max,
    "behind": max,
    "set_aside": max,
    "disk_free": min,
}
_SECONDS = "_seconds"
"""Suffix of a counter's seconds, beside its number under its own name."""


def take_sample(facts: Facts) -> Sample | None:
    """Stores the sample of this minute, and rolls up what has ended; None where this minute has one already."""
    minute = facts.now.replace(second=0, microsecond=0)
    with transaction.atomic():
        sample, is_new = Sample.objects.get_or_create(period=Sample.Period.MINUTE, moment=minute)
        if not is_new:
            return None
        sample.values = collect_states(facts) | _take_counters()
        sample.save(update_fields=["values"])
    roll_up(facts.now)
    return sample


def collect_states(facts: Facts) -> dict[str, float]:
    """The states that are known."""
    states: dict[str, float | None] = {
        "active": facts.count("active"),
        "new_today": facts.count("new_today"),
        "lag": facts.feed.lag.total_seconds() if facts.feed.lag is not None else None,
        "waiting": facts.feed.waiting,
        "deferred": facts.feed.deferred,
        "quarantined": facts.feed.quarantined,
        "behind": facts.behind,
        "set_aside": facts.count("set_aside"),
        "disk_free": facts.disk.free if facts.disk else None,
    }
    return {name: number for name, number in states.items() if number is not None}


def _take_counters() -> dict[str, float]:
    """What was counted since the last sample. In a transaction, so that two samples cannot have the same events."""
    taken: dict[str, float] = {}
    for counter in Counter.objects.select_for_update().order_by("name"):
        number, seconds = counter.number - counter.sampled_number, counter.seconds - counter.sampled_seconds
        if number or seconds:
            taken[counter.name], taken[counter.name + _SECONDS] = number, round(seconds, 3)
            Counter.objects.filter(pk=counter.pk).update(sampled_number=counter.number, sampled_seconds=counter.seconds)
    return taken


def roll_up(now: dt.datetime) -> None:
    """Makes the samples of ended hours and days from the shorter ones, also of those missed, and deletes what is too old."""
    _roll_up(Sample.Period.MINUTE, Sample.Period.HOUR, now, _start_of_hour)
    _roll_up(Sample.Period.HOUR, Sample.Period.DAY, now, _start_of_day)
    for period, age in KEPT.items():
        Sample.objects.filter(period=period, moment__lt=now - age).delete()


def _roll_up(
    shorter: Sample.Period, longer: Sample.Period, now: dt.datetime, start: Callable[[dt.datetime], dt.datetime]
) -> None:
    newest = Sample.objects.filter(period=longer).order_by("-moment").values_list("moment", flat=True).first()
    rows = Sample.objects.filter(period=shorter, moment__lt=start(now)).order_by("moment")
    if newest is not None:
        rows = rows.filter(moment__gt=newest)
    groups: dict[dt.datetime, list[Values]] = {}
    for moment, values in rows.values_list("moment", "values"):
        groups.setdefault(start(moment), []).append(values)
    groups.pop(newest, None)  # type: ignore[arg-type]  # None is no key
    made = [Sample(period=longer, moment=moment, values=combine(values)) for moment, values in groups.items()]
    Sample.objects.bulk_create(made, ignore_conflicts=True)


def combine(samples: Sequence[Values]) -> dict[str, float]:
    """One sample for several, in order of time: counts are added up, and each state has its own rule."""
    combined: dict[str, float] = {}
    for name in dict.fromkeys(name for values in samples for name in values):
        numbers = [values[name] for values in samples if name in values]
        combined[name] = round(STATES.get(name, sum)(numbers), 3)
    return combined


def read_samples(period: Sample.Period, since: dt.datetime) -> list[tuple[dt.datetime, Values]]:
    """The samples of this period since then, the oldest first."""
    rows = Sample.objects.filter(period=period, moment__gte=since).order_by("moment")
    return list(rows.values_list("moment", "values"))


def make_line(
    samples: Iterable[tuple[dt.datetime, Values]], read: Callable[[Values], float | None], since: dt.datetime, step: dt.timedelta
) -> list[tuple[dt.datetime, float | None]]:
    """A line of equal steps from `since` on: the last known number of each step, None where there is none."""
    found: dict[int, float] = {}
    last = -1
    for moment, values in samples:
        number = read(values)
        position = int((moment - since) / step)
        if number is not None and position >= 0:
            found[position] = number
            last = max(last, position)
    return [(since + position * step, found.get(position)) for position in range(last + 1)]


def read_state(name: str) -> Callable[[Values], float | None]:
    """Reads a state from a sample."""
    return lambda values: values.get(name)


def read_mean_seconds(name: str) -> Callable[[Values], float | None]:
    """Reads the mean duration of what was counted; None where nothing was."""
    return lambda values: values[name + _SECONDS] / values[name] if values.get(name) else None


def sum_counts(samples: Iterable[tuple[dt.datetime, Values]], since: dt.datetime) -> dict[str, float]:
    """The sums of all counters since then."""
    sums: dict[str, float] = dict.fromkeys(counters.NAMES, 0)
    for moment, values in samples:
        if moment >= since:
            for name, number in values.items():
                if name not in STATES:
                    sums[name] = sums.get(name, 0) + number
    return sums


def _start_of_hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _start_of_day(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
