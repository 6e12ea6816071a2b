"""Cost of the overview with a year of samples and runs: queries, rows and bytes. Times are printed by `bench/run.py overview`."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest.models import DetailTask, FeedState
from jobsearch.admin_dashboard.models import Incident, Sample
from jobsearch.core.models import Job
from tests.admin_dashboard.site_faults import beat, fill_jobs, fill_samples

pytestmark = pytest.mark.django_db
MOST = 20


@pytest.fixture
def year(index, settings, make_vacancy):
    """A year of samples, two weeks of runs (older ones are deleted), and a problem of every table."""
    fill_overview(settings, make_vacancy, jobs=14 * 720)


@pytest.fixture
def day(index, settings, make_vacancy):
    """The same with the runs of a day: SQLite's plan depends on no number of rows."""
    fill_overview(settings, make_vacancy, jobs=720)


def fill_overview(settings, make_vacancy, *, jobs: int) -> None:
    now = timezone.now()
    FeedState.objects.create(origin=settings.NAV_FEED_URL, last_read=now, last_line_time=now, tip_time=now)
    fill_samples(now, days=365)
    fill_jobs(now, number=jobs)
    beat(now)
    make_vacancy()
    for one in range(60):
        values = {"error_code": "shape", "queued": now, "next_try": now}
        DetailTask.objects.create(uuid=f"00000000-0000-4000-8000-{one:012}", marker=one, state="quarantined", **values)
        ended = now - dt.timedelta(days=one) if one else None
        Incident.objects.create(
            code=f"c{one}", severity="broken", title="x", started=now - dt.timedelta(days=one + 1), ended=ended
        )


def test_the_overview_needs_less_than_twenty_queries(client, year):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    client.get("/admin/password_change/")  # the first page of a session stores it in the list of sessions
    for address in ("/admin/", "/admin/tilstand/", "/admin/siste-30-dager/"):
        cache.clear()
        with transaction.atomic():
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            transaction.set_rollback(True)  # the next page finds what this one found
        assert answer.status_code == 200, address
        assert len(captured) < MOST, "\n".join([address, *(one["sql"][:200] for one in captured)])
        assert len(answer.content) < 120_000, address
    read = Sample.objects.filter(period="m").count() + Sample.objects.filter(period="h").count()
    assert (read < 2200, Job.objects.count() > 10_000) == (True, True)


@pytest.mark.sqlite  # PostgreSQL scans a table of a few rows whatever its indexes
def test_no_query_scans_a_table_that_grows(client, day):
    """Samples, jobs, incidents and ads are read by an index."""
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    scans = set()
    for query in captured:
        if not query["sql"].startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            scans |= {row[3] for row in cursor.fetchall() if row[3].startswith("SCAN") and "USING" not in row[3]}
    grown = ("control_sample", "core_job", "control_incident", "vacancies_vacancy", "ingest_detailtask")
    assert [scan for scan in scans if any(table in scan for table in grown)] == []
