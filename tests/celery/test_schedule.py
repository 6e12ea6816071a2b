"""Schedule: intervals of the settings are defaults, and beat follows those in the database."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from jobsearch.admin_dashboard.schedules import SCHEDULES, get_default, get_schedule, is_allowed
from jobsearch.core import beat
from jobsearch.demo.feed_server import FakeFeed
from tests.servers import processes
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until
from tests.servers.redis import Redis

TIMES = {"follow": {"task": "ingest.tasks.follow_feed", "schedule": 120, "options": {"expires": 120}}}


def retimed(seconds: int) -> dict[str, dict[str, object]]:
    return {"follow": {**TIMES["follow"], "schedule": seconds, "options": {"expires": seconds}}}


def every(row: PeriodicTask) -> int:
    row.refresh_from_db()
    return row.interval.every


@pytest.fixture
def row(db: None) -> PeriodicTask:
    assert beat.write_defaults(TIMES) == ["follow"]
    return PeriodicTask.objects.get(name="follow")


def test_every_entry_of_the_settings_becomes_a_row(db: None) -> None:
    beat.write_defaults(settings.CELERY_BEAT_SCHEDULE)
    rows = {row.name: row for row in PeriodicTask.objects.all()}
    assert set(rows) == set(settings.CELERY_BEAT_SCHEDULE)
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert (rows[name].task, rows[name].interval.every) == (entry["task"], entry["schedule"])
        assert rows[name].expire_seconds == entry["options"]["expires"]
        assert rows[name].queue is None, "the route says the queue, also when it changes"


def test_writing_the_defaults_twice_changes_nothing(row: PeriodicTask) -> None:
    assert beat.write_defaults(TIMES) == []
    assert PeriodicTask.objects.count() == 1


def test_an_administrators_interval_is_kept(row: PeriodicTask) -> None:
    row.interval = IntervalSchedule.objects.create(every=300, period=IntervalSchedule.SECONDS)
    row.save()
    assert beat.write_defaults(TIMES) == beat.write_defaults(retimed(60)) == []
    assert every(row) == 300


def test_an_administrators_crontab_is_kept(row: PeriodicTask) -> None:
    row.interval, row.crontab = None, CrontabSchedule.objects.create(hour="3")
    row.save()
    assert beat.write_defaults(retimed(60)) == []
    row.refresh_from_db()
    assert row.interval is None


def test_a_disabled_task_stays_disabled(row: PeriodicTask) -> None:
    row.enabled = False
    row.save()
    beat.write_defaults(retimed(60))
    row.refresh_from_db()
    assert not row.enabled


def test_a_new_default_replaces_an_unchanged_one(row: PeriodicTask) -> None:
    assert beat.write_defaults(retimed(60)) == ["follow"]
    row.refresh_from_db()
    assert (every(row), row.expire_seconds) == (60, 60)


def test_a_renamed_task_is_updated(row: PeriodicTask) -> None:
    row.interval = IntervalSchedule.objects.create(every=300, period=IntervalSchedule.SECONDS)
    row.save()
    assert beat.write_defaults({"follow": {**TIMES["follow"], "task": "elsewhere.follow"}}) == ["follow"]
    assert every(row) == 300
    assert row.task == "elsewhere.follow"


def test_beat_follows_the_database_at_once_and_after_a_restart(
    live_site: Callable[..., LiveSite], feed: FakeFeed, redis_server: Redis
) -> None:
    site = live_site(
        "postgresql", feed=feed.url, broker=redis_server.url, redis_prefix=redis_server.prefix, FEED_POLL_SECONDS="3600"
    )
    ask = (
        "SELECT i.every FROM django_celery_beat_periodictask t "
        "JOIN django_celery_beat_intervalschedule i ON i.id = t.interval_id WHERE t.name = 'follow-the-feed'"
    )
    sent = "Sending due task follow-the-feed"
    beat = site.beat("first")
    wait_until(lambda: site.rows(ask) == [(3600,)], 40, "the seeded row")
    time.sleep(1)
    assert sent not in site.log("first")
    # As an administrator does it, through the model, which notifies beat.
    change = (
        "from django_celery_beat.models import *; "
        "row = PeriodicTask.objects.get(name='follow-the-feed'); "
        "row.interval = IntervalSchedule.objects.create(every=1, period='seconds'); row.save()"
    )
    assert site.start("change", "-c", f"import django; django.setup(); {change}").wait(60) == 0, site.log("change")
    wait_until(lambda: sent in site.log("first"), 20, "beat to follow the change")
    processes.stop(beat)
    site.beat("second")
    wait_until(lambda: sent in site.log("second"), 40, "beat to follow the change after its restart")
    assert site.rows(ask) == [(1,)]


PAGE = "/admin/django_celery_beat/periodictask/"


def change(client: Client, row: PeriodicTask, **fields: str) -> bool:
    """Sends the form of a schedule; returns whether it was accepted."""
    return client.post(f"{PAGE}{row.pk}/change/", fields).status_code == 302


def test_an_administrator_changes_an_interval_in_django_admin(admin_client: Client, row: PeriodicTask) -> None:
    listed = admin_client.get(PAGE)
    assert listed.status_code == 200
    assert "Les strømmen" in listed.content.decode()
    assert change(admin_client, row, seconds="300", enabled="on")
    assert every(row) == 300
    assert row.expire_seconds == 300
    assert beat.write_defaults(TIMES) == []
    assert every(row) == 300


@pytest.mark.parametrize("seconds", ["", "0", "-5", "29", "3601", "9" * 30, "x", "1e3", "\x00"])
def test_an_interval_outside_its_limits_is_refused(admin_client: Client, row: PeriodicTask, seconds: str) -> None:
    assert not change(admin_client, row, seconds=seconds, enabled="on")
    assert every(row) == 120


def test_what_the_terms_require_cannot_be_stopped(admin_client: Client, row: PeriodicTask) -> None:
    assert not change(admin_client, row, seconds="120")
    row.task = "jobsearch.web.tasks.send_alerts"
    row.save()
    assert change(admin_client, row, seconds="120")
    row.refresh_from_db()
    assert not row.enabled


def test_an_administrators_crontab_becomes_an_interval_when_it_is_edited(admin_client: Client, row: PeriodicTask) -> None:
    row.interval, row.crontab = None, CrontabSchedule.objects.create(hour="3")
    row.save()
    assert admin_client.get(PAGE).status_code == admin_client.get(f"{PAGE}{row.pk}/change/").status_code == 200
    assert change(admin_client, row, seconds="600", enabled="on")
    assert every(row) == 600
    assert row.crontab is None


def test_other_kinds_of_schedules_have_no_pages(admin_client: Client, db: None) -> None:
    for name in ("crontabschedule", "solarschedule", "clockedschedule", "intervalschedule"):
        assert admin_client.get(f"/admin/django_celery_beat/{name}/").status_code == 404
    assert admin_client.get(f"{PAGE}add/").status_code == 403


def test_every_task_of_the_settings_is_described_and_within_its_limits() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(SCHEDULES)
    assert all(is_allowed(entry["task"], int(entry["schedule"])) for entry in settings.CELERY_BEAT_SCHEDULE.values())
    assert all(get_schedule(task).least <= (get_default(task) or 0) <= get_schedule(task).most for task in SCHEDULES)
