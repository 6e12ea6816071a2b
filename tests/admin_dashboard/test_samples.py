"""Samples: one a minute, rolled up to hours and days, with counters as what came since the last one."""

from __future__ import annotations

import datetime as dt

import pytest

from jobsearch.admin_dashboard.facts.site_facts import load_facts
from jobsearch.admin_dashboard.models import Sample
from jobsearch.admin_dashboard.monitoring import samples
from jobsearch.admin_dashboard.overview import charts
from jobsearch.core import counters
from jobsearch.core.models import Counter

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 29, 11, 0, 30, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = Sample.Period.MINUTE, Sample.Period.HOUR, Sample.Period.DAY


@pytest.fixture(autouse=True)
def no_counts(db):
    counters.flush()  # what other tests have counted
    Counter.objects.all().delete()


def test_a_minute_has_one_sample():
    assert samples.take_sample(load_facts(NOON)) is not None
    assert samples.take_sample(load_facts(NOON + dt.timedelta(seconds=20))) is None
    assert samples.take_sample(load_facts(NOON + dt.timedelta(seconds=40))) is not None
    assert Sample.objects.count() == 2


def test_a_sample_has_what_was_counted_since_the_last():
    counters.add(counters.SEARCHES, seconds=0.25)
    counters.add(counters.SEARCHES, seconds=0.5)
    counters.flush()
    first = samples.take_sample(load_facts(NOON))
    counters.add(counters.SEARCHES, seconds=0.125)
    counters.flush()
    second = samples.take_sample(load_facts(NOON + dt.timedelta(minutes=1)))
    third = samples.take_sample(load_facts(NOON + dt.timedelta(minutes=2)))
    assert [(one.values.get("searches"), one.values.get("searches_seconds")) for one in (first, second, third)] == [
        (2, 0.75),
        (1, 0.125),
        (None, None),
    ]
    assert Counter.objects.get().number == 3


def test_counters_are_kept_when_the_database_refuses(monkeypatch):
    from django.db import OperationalError

    def refuse(*_arguments, **_options):
        raise OperationalError("database is locked")

    counters.add(counters.REQUESTS, 3, seconds=1.5)
    with monkeypatch.context() as broken:
        broken.setattr(Counter.objects, "bulk_create", refuse)
        counters.flush()
    counters.flush()
    counter = Counter.objects.get()
    assert (counter.number, counter.seconds) == (3, 1.5)


def test_states_and_counts_are_rolled_up_by_their_own_rules():
    rows = [
        {"active": 10, "lag": 3, "disk_free": 90, "requests": 4},
        {"active": 12, "lag": 600, "disk_free": 50, "requests": 6},
        {"active": 11, "lag": 2, "disk_free": 80},
    ]
    assert samples.combine(rows) == {"active": 11, "lag": 600, "disk_free": 50, "requests": 10}


def make_minutes(start: dt.datetime, number: int) -> None:
    Sample.objects.bulk_create(
        Sample(period=MINUTE, moment=start + dt.timedelta(minutes=one), values={"active": one, "requests": 1})
        for one in range(number)
    )


def test_hours_and_days_are_made_once_also_after_an_interruption():
    start = dt.datetime(2026, 11, 27, 22, 30, tzinfo=dt.UTC)  # half past eleven in the evening in Oslo
    make_minutes(start, 200)
    now = start + dt.timedelta(minutes=200)  # 01:50 UTC
    samples.roll_up(now)
    samples.roll_up(now)
    hours = Sample.objects.filter(period=HOUR).order_by("moment")
    assert [(one.moment.hour, one.values["requests"], one.values["active"]) for one in hours] == [
        (22, 30, 29),
        (23, 60, 89),
        (0, 60, 149),
    ]
    (day,) = Sample.objects.filter(period=DAY)
    assert (day.moment, day.values["requests"]) == (dt.datetime(2026, 11, 26, 23, tzinfo=dt.UTC), 30)
    # Nothing ran for two days; then the rest is made up.
    samples.roll_up(now + dt.timedelta(days=2))
    assert sum(one.values["requests"] for one in hours.all()) == 200
    assert [one.values["requests"] for one in Sample.objects.filter(period=DAY).order_by("moment")] == [30, 170]
    assert not Sample.objects.filter(period=MINUTE).exists()


def test_old_samples_are_deleted():
    for period, age in samples.KEPT.items():
        for days in (-1, 1):
            Sample.objects.create(period=period, moment=NOON - age + dt.timedelta(hours=days), values={})
    Sample.objects.create(period=DAY, moment=NOON - dt.timedelta(hours=1), values={})  # nothing to roll up
    Sample.objects.create(period=HOUR, moment=NOON - dt.timedelta(hours=1), values={})
    samples.roll_up(NOON)
    assert Sample.objects.filter(period=MINUTE).count() == 1
    assert not Sample.objects.filter(period=DAY, moment__lt=NOON - samples.KEPT[DAY]).exists()


def test_a_gap_in_the_samples_is_a_gap_in_the_line():
    line = [(NOON, 1.0), (NOON, 2.0), (NOON, None), (NOON, 2.0), (NOON, 3.0)]
    paths = charts.draw(line)
    assert len(paths) == 2
    assert paths[0].count("L") == paths[1].count("L") == 1
    assert charts.draw([(NOON, None)]) == []
    assert "nan" not in "".join(charts.draw([(NOON, 5.0)] * 3))


def test_a_chart_states_its_numbers_as_text_and_as_a_table():
    found = [(NOON - dt.timedelta(hours=ago), {"lag": 60 * ago}) for ago in (3, 2, 1)]
    lag = next(chart for chart in charts.build_day_charts(found, NOON) if chart.key == "lag")
    assert lag.value == "1 min"
    assert lag.description == "Etterslep: fra 1 min til 3 min, sist 1 min"
    assert ("10:00", "2 min") in lag.rows
    empty = charts.build_day_charts([], NOON)
    assert {chart.value for chart in empty} == {"–"}
    assert {len(chart.rows) for chart in empty} == {0}
