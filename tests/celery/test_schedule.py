"""Schedule: intervals of the settings are defaults, and beat follows those in the database."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

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
    # As an administrator does it, through the model, which tells beat.
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


def test_an_administrator_changes_an_interval_in_django_admin(admin_client: Client, row: PeriodicTask) -> None:
    listed = admin_client.get("/admin/django_celery_beat/periodictask/")
    assert listed.status_code == 200
    assert "follow" in listed.content.decode()
    page = f"/admin/django_celery_beat/periodictask/{row.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value not in (None, "")}
    other = IntervalSchedule.objects.create(every=300, period=IntervalSchedule.SECONDS)
    answer = admin_client.post(page, {**values, "interval": other.pk, "regtask": row.task, "enabled": "on"})
    assert answer.status_code == 302, answer.context["errors"]
    assert every(row) == 300
    assert beat.write_defaults(TIMES) == []
    assert every(row) == 300
