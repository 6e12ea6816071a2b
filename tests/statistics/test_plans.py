"""Query plans of the statistics: each reads a range of an index, whatever the length of the history."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.statistics import counted_ads, dimensions, market
from jobsearch.statistics.counting import count_market, get_monday
from jobsearch.statistics.models import CountingState, DailyCount, Employer, EmployerDay, WeeklyCount
from tests.conftest import store_vacancies
from tests.emptying import empty_database
from tests.web.test_query_plans import fill

TABLES = {model._meta.db_table for model in (DailyCount, WeeklyCount, Employer, EmployerDay)}
ADS = "vacancies_vacancy"
TODAY = dt.date(2026, 11, 29)
NURSE, BERGEN = ("Helse og sosial/Sykepleier",), ("VESTLAND/BERGEN",)


@pytest.fixture
def history(stored_history, db) -> None:
    """Three years of a small market. What a test changes is rolled back, and what ANALYZE has gathered."""


@pytest.fixture(scope="module")
def stored_history(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        store_history()
        yield
        empty_database()
        connection.close()  # SQLite keeps the statistics in memory, also of an ANALYZE that was rolled back


def store_history() -> None:
    jobs = [dimensions.ALL, *(dimensions.get_number("occupation", v) for v in dimensions.list_values("occupation")[:12])]
    towns = [dimensions.ALL, *(dimensions.get_number("place", v) for v in dimensions.list_values("place")[:12])]
    sectors = [dimensions.ALL, *(dimensions.get_number("sector", v) for v in dimensions.list_values("sector"))]
    now = timezone.now()
    CountingState.objects.create(started=now - dt.timedelta(days=1200), counted_until=now - dt.timedelta(days=1))
    mondays = [get_monday(TODAY) - dt.timedelta(weeks=n) for n in range(156)]
    cells = [(job, town, sector) for job in jobs for town in towns for sector in sectors[:2]]
    WeeklyCount.objects.bulk_create(
        [WeeklyCount(week=monday, occupation=a, place=b, sector=c, new=1) for monday in mondays for a, b, c in cells[:40]]
    )
    DailyCount.objects.bulk_create(
        [
            DailyCount(day=monday + dt.timedelta(days=n), occupation=a, municipality=b, sector=c, new=1)
            for monday in mondays
            for n in range(7)
            for a, b, c in cells[20:25]
        ]
    )
    numbers = range(800_000_000, 800_003_000)
    Employer.objects.bulk_create(
        [Employer(orgnr=n, named_at=now, new_year=n % 9, new_quarter=n % 3, growth=n % 5, active=n % 4) for n in numbers]
    )
    EmployerDay.objects.bulk_create(
        [EmployerDay(day=monday, orgnr=n, new=n % 2, active=1) for monday in mondays for n in numbers[:30]]
    )


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def find_scans(sql: str, tables: set[str]) -> Iterator[str]:
    """Tables that a query's plan reads whole, or sorts by rows of which the query returns only a few."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # there must be an index; a table of some pages needs none
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            found = cursor.fetchone()[0]
            yield from find_scans_in((json.loads(found) if isinstance(found, str) else found)[0]["Plan"], tables)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            for line in (row[3] for row in cursor.fetchall()):
                if line.split()[0] == "SCAN" and line.split()[1] in tables and "USING" not in line:
                    yield line


def find_scans_in(plan: dict, tables: set[str]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in tables:
        yield f"{plan['Node Type']} {plan['Relation Name']}"
    for inner in plan.get("Plans", ()):
        yield from find_scans_in(inner, tables)


@pytest.mark.parametrize("with_statistics", [False, True])
@pytest.mark.parametrize(
    "selection",
    [market.Selection(), market.Selection(NURSE), market.Selection(place=BERGEN), market.Selection(NURSE, BERGEN, ("Privat",))],
    ids=["all", "occupation", "place", "each"],
)
def test_no_query_of_the_market_reads_a_whole_table(history, selection, with_statistics):
    if with_statistics:
        analyse()
    with CaptureQueriesContext(connection) as captured:
        market.read_series(selection, TODAY)
        market.read_largest(selection, "place", TODAY)
        market.read_largest(selection, "occupation", TODAY)
        market.read_employers()
    asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    assert len(asked) == 2 + 2 * 2 + 4
    assert [(scan, sql[:200]) for sql in asked for scan in find_scans(sql, TABLES)] == []


@pytest.mark.sqlite
def test_the_largest_parts_are_read_from_an_index_alone(history):
    """A row has the days that ads were open, which a sum over a year of rows must not read."""
    analyse()
    with CaptureQueriesContext(connection) as captured:
        market.read_largest(market.Selection(), "place", TODAY)
        market.read_largest(market.Selection(), "occupation", TODAY)
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            assert any("USING COVERING INDEX statistics_largest" in row[3] for row in cursor.fetchall()), query["sql"]


@pytest.mark.sqlite
def test_employers_are_read_in_the_order_of_an_index(history):
    analyse()
    with CaptureQueriesContext(connection) as captured:
        market.read_employers()
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            assert not any("TEMP B-TREE" in row[3] for row in cursor.fetchall()), query["sql"]


def test_no_query_of_the_counting_reads_all_ads_or_counts(history, monkeypatch):
    monkeypatch.setattr(counted_ads, "BATCH", 50)  # of 3,000 ads: a third of them is read faster by a scan
    fill()
    store_vacancies({}, {})
    analyse()
    with CaptureQueriesContext(connection) as captured:
        report = count_market(timezone.now() + dt.timedelta(days=1))
    assert report.new and report.days
    asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    tables = TABLES - {Employer._meta.db_table} | {ADS}  # all employers are read for their totals
    assert [(scan, sql[:200]) for sql in asked for scan in find_scans(sql, tables)] == []
