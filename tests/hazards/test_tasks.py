"""Celery tasks of the ingest: each result or error is stored in a `Run` row, and the next task continues."""

from __future__ import annotations

import pytest

from ingest import tasks
from ingest.lease import FeedLease
from ingest.models import DetailTask, FeedState, Run
from jobsearch.core import jobs


@pytest.fixture(autouse=True)
def celery(settings):
    from jobsearch.celery import app

    app.conf.task_always_eager = True


def test_a_concurrent_run_is_skipped_without_an_error(feed, site):
    FeedState.get_for_feed(feed.url)
    row = Run.objects.create(kind="sync", requested_by="kari")
    with FeedLease():
        assert tasks.follow_feed() is None
        assert tasks.follow_feed(row.pk) is None
    row.refresh_from_db()
    assert row.state == Run.State.SKIPPED
    assert "already being followed" in row.error_detail


def test_an_administrators_run_is_stored_in_its_row(feed, site):
    ad = feed.publish()
    row = Run.objects.create(kind="sync", requested_by="kari")
    assert tasks.follow_feed(row.pk)["new"] == 1
    row.refresh_from_db()
    assert (row.state, row.result["new"], row.requested_by) == (Run.State.DONE, 1, "kari")
    assert ad in site.active()


def test_a_deleted_row_is_not_a_failure(feed, site):
    assert tasks.follow_feed(4711)["pages"] == 0


def test_a_job_whose_message_comes_twice_or_was_cancelled_runs_once(feed, site, stored):
    stored()
    job, cancelled = (Run.objects.create(kind="replay", requested_by="kari") for _ in range(2))
    jobs.cancel(cancelled.pk, "kari")
    assert tasks.replay_overlap(job.pk) == {"pages": 1, "lines": 1, "queued": 0}
    assert tasks.replay_overlap(job.pk) is None
    assert tasks.replay_overlap(cancelled.pk) is None
    assert list(Run.objects.filter(kind="replay").order_by("pk").values_list("state", flat=True)) == ["done", "stopped"]


def test_the_replay_and_the_recheck_store_a_row(feed, site, stored):
    stored()
    assert tasks.replay_overlap() == {"pages": 1, "lines": 1, "queued": 0}
    assert tasks.recheck_active() == {"queued": 1}
    assert list(Run.objects.values_list("kind", "state")) == [
        ("recheck", "done"), ("replay", "done"), ("sync", "done"),
    ]  # fmt: skip


def test_an_error_of_the_feed_is_stored_in_the_row(feed, site, stored):
    stored()
    feed.tokens.withdraw()
    FeedState.objects.update(token="")
    assert tasks.replay_overlap() is None
    row = Run.objects.filter(kind="replay").get()
    assert row.state == Run.State.FAILED
    assert row.error_code == "no-token"


def test_another_feed_is_stored_as_an_error_in_the_row(feed, site, stored, settings):
    stored()
    settings.NAV_FEED_URL = "http://127.0.0.1:9"
    assert tasks.follow_feed() is None
    assert tasks.replay_overlap() is None
    assert "DATABASE_URL" in Run.objects.first().error_detail


def test_quarantined_ads_are_retried_at_once(feed, site, stored):
    ad = stored()
    feed.change(ad, expires="never")
    site.follow()
    feed.edit_silently(ad, expires=site.ad(ad).expires)
    tasks.retry_quarantined()
    assert not DetailTask.objects.exists()
    assert site.matches_feed()
