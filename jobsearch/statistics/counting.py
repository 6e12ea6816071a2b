"""Counting of ads: those first seen or closed since the last run, and the active ads of each day that has ended.

A run is idempotent: `CountingState` decides what is still to be counted, and moves in the transaction that writes the counts. A
run that was interrupted, or days without a run, are continued by the next run. An ad first seen today and published last week
adds to the day of its publication: so the first load of the feed makes no peak, and is itself the backfill.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobsearch.vacancies import past_ads
from jobsearch.vacancies.models import PastAd, Vacancy
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

from . import employers
from .counted_ads import CountedAd, describe_past_ad, read_ads
from .models import CountedDay, CountingState, DailyCount, WeeklyCount

SETTLED = dt.timedelta(minutes=2)
"""Age of a change that is counted: a transaction that stores ads begins some seconds before others can read them."""
BATCH = 5_000  # ads counted in one transaction
MAX_DAYS = 400  # days counted in one run
DAY = dt.timedelta(days=1)
_EVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class Tally:
    """Counts of one cell to be added to its row."""

    new: int = 0
    closed: int = 0
    active: int = 0
    days_open: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Report:
    """What a run has counted."""

    new: int = 0
    closed: int = 0
    days: int = 0


class CountedElsewhere(Exception):
    """Another process has counted the same changes meanwhile."""


def count_market(now: dt.datetime | None = None) -> Report:
    """Counts all that is not counted yet. Raises `CountedElsewhere`; then the other process counts it."""
    now = now or timezone.now()
    report = Report()
    while _count_changes(now, report):
        pass
    while _count_past_ads(now, report):
        pass
    for day in _list_ended_days(now):
        _count_day(day, now)
        report.days += 1
    if report.new or report.days:
        employers.update_totals(get_oslo_date(now))
    return report


def _count_changes(now: dt.datetime, report: Report) -> bool:
    """Counts a batch of ads first seen or closed since the last one; returns whether there may be more."""
    limit = now - SETTLED
    state = CountingState.objects.filter(id=1).first()
    since = state.counted_until if state else _EVER
    opened, closed = _find_changed("first_seen", since, limit), _find_changed("closed_at", since, limit)
    if not opened and not closed:
        return False  # the state stays: no write every quarter of an hour for nothing
    whole = all(len(found) < BATCH for found in (opened, closed))
    until = limit if whole else min(found[-1][0] for found in (opened, closed) if len(found) >= BATCH)
    # With all ads of the last moment, of which the batch may have had only some.
    new = read_ads(_list_uuids("first_seen", since, until))
    gone = read_ads(_list_uuids("closed_at", since, until))
    with transaction.atomic():
        _move_state(state, until, now)
        _add_changes(list(new), list(gone), report)
    return not whole


def _count_past_ads(now: dt.datetime, report: Report) -> bool:
    """Counts a batch of ads that had ended before the first load, and deletes their rows; returns whether there may be more.

    Their occupation and sector are not known. An ad whose first line is the one that ends it was published before the feed's
    history begins: only its end is counted.
    """
    rows = past_ads.list_countable(BATCH)
    if not rows:
        return False
    # An ad of a database that was filled before is stored all the same, and so counted by its own dates.
    stored = set(Vacancy.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    ads = [describe_past_ad(row) for row in rows if row.uuid not in stored]
    with transaction.atomic():
        if PastAd.objects.filter(pk__in=[row.pk for row in rows]).delete()[0] != len(rows):
            raise CountedElsewhere
        CountingState.objects.get_or_create(id=1, defaults={"started": now, "counted_until": _EVER})
        _add_changes([ad for ad, is_opening_known in ads if is_opening_known], [ad for ad, _known in ads], report)
    return len(rows) == BATCH


def _find_changed(column: str, since: dt.datetime, until: dt.datetime) -> list[tuple[dt.datetime]]:
    rows = _filter_changed(column, since, until).order_by(column)
    return list(rows.values_list(column)[:BATCH])


def _list_uuids(column: str, since: dt.datetime, until: dt.datetime) -> list[UUID]:
    return list(_filter_changed(column, since, until).order_by(column).values_list("uuid", flat=True))


def _filter_changed(column: str, since: dt.datetime, until: dt.datetime) -> Any:
    rows = Vacancy.objects.filter(**{f"{column}__gt": since, f"{column}__lte": until})
    return rows.exclude(closed_reason=Vacancy.Closed.UNREADABLE) if column == "closed_at" else rows


def _move_state(state: CountingState | None, until: dt.datetime, now: dt.datetime) -> None:
    if state is None:
        _row, created = CountingState.objects.get_or_create(id=1, defaults={"started": now, "counted_until": until})
        moved = int(created)
    else:
        moved = CountingState.objects.filter(id=1, counted_until=state.counted_until).update(counted_until=until)
    if not moved:
        raise CountedElsewhere


def _add_changes(new: list[CountedAd], closed: list[CountedAd], report: Report) -> None:
    daily: defaultdict[tuple[Any, ...], Tally] = defaultdict(Tally)
    weekly: defaultdict[tuple[Any, ...], Tally] = defaultdict(Tally)
    for ad in new:
        for tally in _list_tallies(ad, ad.opened, daily, weekly):
            tally.new += 1
    for ad in closed:
        if ad.closed:  # an ad can be open again since it was found
            for tally in _list_tallies(ad, ad.closed, daily, weekly):
                tally.closed += 1
                if ad.days_open is not None:
                    tally.days_open[str(ad.days_open)] += 1
    _add_to_rows(DailyCount, ("day", "occupation", "municipality", "sector"), daily)
    _add_to_rows(WeeklyCount, ("week", "occupation", "place", "sector"), weekly)
    employers.add_new(new)
    report.new += len(new)
    report.closed += sum(ad.closed is not None for ad in closed)


def _list_tallies(ad: CountedAd, day: dt.date, daily: Any, weekly: Any) -> list[Tally]:
    monday = get_monday(day)
    return [daily[day, *cell] for cell in ad.list_cells()] + [weekly[monday, *cell] for cell in ad.list_total_cells()]


def get_monday(day: dt.date) -> dt.date:
    """The Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def _add_to_rows(
    model: type[DailyCount] | type[WeeklyCount], keys: tuple[str, ...], tallies: dict[tuple[Any, ...], Tally]
) -> None:
    """Adds the counts to the rows with these keys, of which the first is a date. In the transaction that moved the state.

    The rows of the dates are read whole: fewer than a week has cells, and one query in place of one for each cell.
    """
    counted = ["new", "closed", "days_open"] + (["active"] if model is DailyCount else [])
    dates = {key[0] for key in tallies}
    stored = model.objects.filter(**{f"{keys[0]}__in": dates}).values_list(*keys, *counted)
    for values in stored.iterator(chunk_size=10_000):
        if tally := tallies.get(values[: len(keys)]):
            new, closed, days_open, *active = values[len(keys) :]
            tally.new += new
            tally.closed += closed
            tally.days_open.update(days_open)
            tally.active += sum(active)
    rows: list[Any] = [
        model(**dict(zip(keys, key, strict=True)), **{name: getattr(tally, name) for name in counted})
        for key, tally in tallies.items()
    ]
    model.objects.bulk_create(rows, batch_size=2_000, update_conflicts=True, unique_fields=list(keys), update_fields=counted)


def _list_ended_days(now: dt.datetime) -> list[dt.date]:
    """The days whose active ads are not counted, from the day on which counting began until yesterday."""
    state = CountingState.objects.filter(id=1).first()
    if state is None:
        return []
    last = CountedDay.objects.order_by("-day").values_list("day", flat=True).first()
    first = last + DAY if last else get_oslo_date(state.started)
    missing = (get_oslo_date(now) - first).days
    return [first + dt.timedelta(days=n) for n in range(min(missing, MAX_DAYS))]


def _count_day(day: dt.date, now: dt.datetime) -> None:
    """Counts the ads that were active at the end of a day."""
    end = dt.datetime.combine(day + DAY, dt.time(), tzinfo=OSLO)
    kept_since = get_oslo_date(now - dt.timedelta(days=settings.RETENTION_DAYS))
    cells: Counter[tuple[int, int, int]] = Counter()
    orgnrs: Counter[int] = Counter()
    for ad in read_ads(_list_active(end)):
        cells.update(ad.list_cells())
        orgnrs[ad.orgnr] += 1
    with transaction.atomic():
        _row, created = CountedDay.objects.get_or_create(day=day, defaults={"is_partial": day < kept_since})
        if not created:
            raise CountedElsewhere
        _add_to_rows(
            DailyCount,
            ("day", "occupation", "municipality", "sector"),
            {(day, *cell): Tally(active=number) for cell, number in cells.items()},
        )
        employers.set_active(day, orgnrs)


def _list_active(moment: dt.datetime) -> list[UUID]:
    """The ads that were active just before a moment, those that ended at it included."""
    rows = Vacancy.objects.filter(visible_until__gte=moment, first_seen__lt=moment)
    uuids = rows.values_list("uuid", "closed_at")
    return [uuid for uuid, closed_at in uuids if closed_at is None or closed_at >= moment]
