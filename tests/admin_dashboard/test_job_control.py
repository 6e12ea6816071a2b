"""Control of jobs: arguments, pause, stopping, progress, and a true state after a process died."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from ingest import pausing, sync, tasks
from ingest.models import DetailTask, FeedState, Run
from jobsearch.accounts.roles import Role, set_role
from jobsearch.admin_dashboard.jobs import index_jobs
from jobsearch.core import jobs
from jobsearch.search import api as search
from jobsearch.search import engines, indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Tombstone, Vacancy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(client, index):
    user = User.objects.create_user("operator", "operator@example.com", password="x")
    set_role(user, Role.OPERATOR)
    client.force_login(user)
    return client


def press(client, key: str, **fields: str) -> str:
    return client.post(f"/admin/start/{key}/", {"confirmed": "1", **fields}, follow=True).content.decode()


def test_a_pause_stops_the_schedule_and_not_a_person(operator, feed):
    FeedState.get_for_feed(feed.url)
    press(operator, "pause", hours="4")
    state = FeedState.objects.get()
    assert state.paused_by == "operator"
    assert dt.timedelta(hours=3) < state.paused_until - timezone.now() <= dt.timedelta(hours=4)
    feed.publish()
    for task in (tasks.follow_feed, tasks.replay_overlap, tasks.recheck_active):
        assert task() is None
    assert not Vacancy.objects.exists()
    press(operator, "sync")
    assert Vacancy.objects.count() == 1


def test_a_pause_ends_by_itself_and_by_a_button(operator, feed):
    FeedState.get_for_feed(feed.url)
    pausing.pause(24, "operator")
    assert pausing.is_paused()
    assert not pausing.is_paused(timezone.now() + dt.timedelta(hours=24))
    feed.publish()
    press(operator, "resume")
    assert not pausing.is_paused()
    assert Vacancy.objects.count() == 1, "read at once"
    assert set(Run.objects.filter(requested_by="operator").values_list("kind", "state")) == {("resume", "done")}


def test_no_pause_is_longer_than_a_day(operator, feed):
    assert "pause" in press(operator, "pause", hours="240")
    assert not Run.objects.exists()
    FeedState.get_for_feed(feed.url)
    assert pausing.pause(240, "x") - timezone.now() <= dt.timedelta(hours=24)


def test_ads_expire_during_a_pause(operator, feed, make_vacancy):
    make_vacancy()
    FeedState.get_for_feed(feed.url)
    pausing.pause(24, "operator")
    Vacancy.objects.update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    assert store.close_expired() == 1


def test_a_running_sync_stops_between_its_steps_when_asked(operator, feed):
    for _number in range(3):
        feed.publish()
    seen = []

    def ask(phase: str, done: int, total: int) -> None:
        seen.append(phase)
        job = Run.objects.get(kind="sync")
        assert operator.post(f"/admin/kjoring/{job.pk}/stopp/").status_code == 302

    sync.run(on_progress=ask)
    job = Run.objects.get(kind="sync")
    assert (job.state, job.error_code, job.error_detail) == ("stopped", "stopped", "operator")
    assert len(seen) == 1, "it stopped at the next step"
    sync.run()
    assert Vacancy.objects.count() == 3, "the next run continues"


def test_a_rebuild_stops_and_the_old_index_stays(operator, make_vacancy, monkeypatch):
    make_vacancy()
    indexing.rebuild()
    before = engines.engine_health().docs
    job = Run.objects.create(kind="index")
    rebuild = indexing.rebuild

    def stop_first(progress):
        jobs.request_stop(job.pk, "operator")
        return rebuild(progress)

    monkeypatch.setattr("jobsearch.search.indexing.rebuild", stop_first)
    index_jobs.rebuild(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_detail) == ("stopped", "operator")
    assert engines.engine_health().docs == before


@pytest.mark.parametrize(("kind", "state"), [("erase", "running"), ("sync", "queued"), ("sync", "done"), ("nonsense", "running")])
def test_other_jobs_cannot_be_stopped(operator, kind, state):
    job = Run.objects.create(kind=kind, state=state)
    assert "kan ikke stoppes" in operator.post(f"/admin/kjoring/{job.pk}/stopp/", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.stop_requested_by) == (state, "")


def test_the_page_of_a_job_shows_its_arguments_progress_and_stop_button(operator):
    progress = {"phase": "details", "done": 3, "total": 9, "rate": 1.0}
    job = Run.objects.create(
        kind="index", state="running", progress=progress, heartbeat=timezone.now(), arguments={"since": "2026-11-01"}
    )
    page = operator.get(f"/admin/ingest/run/{job.pk}/change/").content.decode()
    assert "3 av 9" in page
    assert "1. november 2026" in page
    assert "Stopp jobben" in page
    assert 'data-ended=""' in operator.get(f"/admin/kjoring/{job.pk}/framdrift/").content.decode()


def test_the_page_of_a_job_whose_process_died_says_so_and_offers_to_remove_it(operator):
    job = Run.objects.create(kind="index", state="running", heartbeat=timezone.now() - dt.timedelta(minutes=10))
    page = operator.get(f"/admin/kjoring/{job.pk}/framdrift/").content.decode()
    assert 'data-ended="1"' in page
    assert "Ingen livstegn" in page
    assert "Stopp jobben" not in page
    operator.post(f"/admin/kjoring/{job.pk}/fjern/")
    job.refresh_from_db()
    assert job.state == "stopped"


def test_replay_from_a_date_reads_from_that_day(operator, feed, monkeypatch):
    spans = []
    monkeypatch.setattr("ingest.replay.replay_overlap", lambda feed, overlap, on_progress: spans.append(overlap) or {"pages": 1})
    since = timezone.localdate() - dt.timedelta(days=10)
    press(operator, "replay-since", since=since.isoformat())
    assert dt.timedelta(days=10) <= spans[0] < dt.timedelta(days=11, hours=1)
    assert Run.objects.get().arguments == {"since": since.isoformat()}


@pytest.mark.parametrize("since", ["", "x", "2001-01-01", "2999-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "\x00"])
def test_a_date_outside_the_backfill_is_refused(operator, since):
    answer = operator.post("/admin/start/replay-since/", {"confirmed": "1", "since": since})
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "uuid", ["", "x", "a" * 9000, "5f943bd9-0000-4000-8000-000000000001 5f943bd9-0000-4000-8000-000000000002"]
)
def test_an_ad_to_fetch_must_be_one_uuid(operator, uuid):
    assert "errornote" in operator.post("/admin/start/fetch/", {"confirmed": "1", "uuid": uuid}).content.decode()
    assert not Run.objects.exists()


def test_one_ad_is_fetched_by_its_address(operator, feed):
    FeedState.get_for_feed(feed.url)
    ad = feed.publish()
    press(operator, "fetch", uuid=f"http://localhost:8000/stilling/{ad.upper()}/?q=x")
    assert str(Vacancy.objects.get().uuid) == ad


def test_quarantined_ads_are_discarded_and_others_stay(operator, feed):
    FeedState.get_for_feed(feed.url)
    for number, state in enumerate(("quarantined", "quarantined", "waiting", "deferred")):
        DetailTask.objects.create(uuid=f"5f943bd9-0000-4000-8000-00000000000{number}", marker=number, state=state)
    assert "Forkast alt i karantenen" in operator.post("/admin/start/discard/").content.decode()
    assert DetailTask.objects.count() == 4
    press(operator, "discard")
    assert Run.objects.get().result == {"discarded": 2}
    assert set(DetailTask.objects.values_list("state", flat=True)) == {"waiting", "deferred"}


def test_a_test_mail_goes_to_the_person_who_asked(operator):
    press(operator, "mail")
    assert [message.to for message in mail.outbox] == [["operator@example.com"]]
    User.objects.update(email="")
    press(operator, "mail")
    assert Run.objects.latest("pk").error_code == "no-address"
    assert len(mail.outbox) == 1


def test_a_refused_test_mail_is_a_failed_job(operator, monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    press(operator, "mail")
    job = Run.objects.get()
    assert (job.state, job.error_code) == ("failed", "mail")
    assert "operator@example.com" not in job.error_detail


def test_purge_closes_forgets_and_erases(operator, make_vacancy, settings):
    expired, old = make_vacancy(), make_vacancy()
    indexing.rebuild()
    Vacancy.objects.filter(pk=expired).update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    long_ago = timezone.now() - dt.timedelta(days=settings.RETENTION_DAYS + 1)
    Vacancy.objects.filter(pk=old).update(status="INACTIVE", closed_at=long_ago)
    press(operator, "purge")
    result = Run.objects.get().result
    assert (result["closed"], result["forgotten"]) == (1, 1)
    assert Tombstone.objects.get().uuid == old
    assert Vacancy.objects.get().status == "INACTIVE"


def test_repair_writes_what_the_index_lacks(operator, make_vacancy):
    make_vacancy()
    indexing.rebuild()
    make_vacancy()
    Vacancy.objects.update(indexed_version=1)
    press(operator, "repair")
    result = Run.objects.get().result
    assert (result["differences"], result["mended"], result["left"]) == (1, 1, 0)
    assert search.search(search.SearchQuery()).total == 2


def test_runs_without_an_effect_are_folded(operator, feed):
    sync.run()
    feed.publish()
    sync.run()
    sync.run()
    assert list(Run.objects.order_by("pk").values_list("uneventful", flat=True)) == [True, False, True]
    listed = "/admin/ingest/run/"
    assert operator.get(listed).context["cl"].result_count == 1
    assert operator.get(f"{listed}?effect=all").context["cl"].result_count == 3


def test_a_job_of_a_person_is_never_folded(operator, feed):
    FeedState.get_for_feed(feed.url)
    press(operator, "sync")
    assert not Run.objects.get().uneventful


def test_all_jobs_are_on_one_page(operator):
    page = operator.get("/admin/jobber/").content.decode()
    offered = set(jobs.ACTIONS) - {"rollback"}  # the embedded engine has no former index
    assert all(f'id="start-{key}"' in page for key in offered)
