"""Query plans of the sending of alerts: none scans the table of ads, of matches or of mails."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.saved.alerts import sending
from jobsearch.saved.models import AlertMail, AlertMatch, MatchedAd, Subscriber, Subscription
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters.alert_mail import compose_alert
from tests.planner_statistics import gather_statistics
from tests.web.test_query_plans import fill

SCANNED = ("vacancies_vacancy", "saved_alertmatch", "saved_alertmail")
"""Without the ads that have been compared: they are those of two weeks, and PostgreSQL may join them by a hash."""
ROWS = 3_000


@pytest.fixture
def large(subscribe, mailbox, ads):
    """Many ads and matches, few of them new. Only the new one is in the index: no query of the database depends on the others."""
    (new,) = ads({"title": "Sykepleier"})
    fill()
    now = timezone.now()
    old_ads = Vacancy.objects.exclude(uuid=new)
    old_ads.update(first_seen=now - dt.timedelta(days=60))
    recent = list(old_ads.order_by("uuid").values_list("uuid", flat=True)[:100])
    Vacancy.objects.filter(uuid__in=recent).update(first_seen=now - dt.timedelta(days=2))
    subscriber = Subscriber.objects.create(address="ola@example.no", language="nb")
    others = Subscription.objects.bulk_create(
        Subscription(subscriber=subscriber, params=f"q=ord{n}", digest=f"{n}", frequency="weekly", created=now)
        for n in range(300)
    )
    old = subscribe("q=kokk", frequency="daily", created=now - dt.timedelta(days=30))
    MatchedAd.objects.bulk_create(MatchedAd(uuid=uuid, matched=now) for uuid in old_ads.values_list("uuid", flat=True))
    mails = AlertMail.objects.bulk_create(AlertMail(subscription=old, created=now, ads=1, state="sent") for _ in range(ROWS))
    AlertMatch.objects.bulk_create(
        AlertMatch(subscription=others[n % 300], vacancy_uuid=uuid.uuid4(), first_seen=now, mail=mails[n]) for n in range(ROWS)
    )
    subscribe()
    Vacancy.objects.filter(uuid=new).update(first_seen=timezone.now())
    return mailbox


@pytest.mark.django_db(transaction=True)
def test_no_query_of_a_run_scans_a_large_table(large):
    with gather_statistics():
        with CaptureQueriesContext(connection) as captured:
            report = sending.send_alerts(timezone.now() + dt.timedelta(minutes=6), compose_alert)
        assert report.sent == 1
        scans = []
        for query in captured.captured_queries:
            if query["sql"].startswith(("SELECT", "UPDATE", "DELETE")):
                scans += [(scan, query["sql"][:300]) for scan in list_scans(query["sql"])]
    assert scans == []


def list_scans(sql: str) -> list[str]:
    """The large tables that a query's plan reads whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN {sql}")
            lines = [row[0] for row in cursor.fetchall()]
            return [table for table in SCANNED for line in lines if f"Seq Scan on {table}" in line]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        lines = [row[3] for row in cursor.fetchall()]
    return [table for table in SCANNED for line in lines if line.split()[:2] == ["SCAN", table] and "USING" not in line]
