"""Buttons of the admin dashboard: each queues a job and a task with its id; messages where that fails."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ingest.models import DetailTask, FeedState, Run
from jobsearch.admin_dashboard.jobs import index_jobs
from jobsearch.admin_dashboard.jobs.kinds import INDEX
from jobsearch.core import jobs
from jobsearch.core.models import Job, LeaseRecord
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.api import SearchQuery
from jobsearch.vacancies.models import Moderation, Vacancy

pytestmark = pytest.mark.django_db(transaction=True)
ADS = "/admin/vacancies/vacancy/"
FIELDS = {
    "pause": {"hours": "4"},
    "replay-since": {"since": timezone.localdate().isoformat()},
    "fetch": {"uuid": "https://nav.example/stilling/5F943BD9-0000-4000-8000-000000000001/?x"},
}
"""Arguments that a button's page asks for."""
FAILS = {"rollback": "no-previous"}
"""The embedded engine keeps no previous index."""


@pytest.fixture
def administrator(client, index):
    client.force_login(User.objects.create_superuser("administrator", "administrator@example.com", password="x"))
    return client


def press(client: Client, key: str, **fields: str) -> str:
    answer = client.post(f"/admin/start/{key}/", {"confirmed": "1", **fields}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.precomputing
def test_start_a_sync(administrator, feed):
    feed.publish()
    assert "er satt i gang" in press(administrator, "sync")
    run = Run.objects.get()
    assert (run.kind, run.state, run.requested_by, run.result["new"]) == ("sync", "done", "administrator", 1)


def test_each_button_starts_a_job_that_finishes(administrator, feed, command):
    feed.publish()
    command("sync")
    for key in sorted(jobs.ACTIONS, key=lambda key: (key in {"pause", "resume"}, key)):
        press(administrator, key, **FIELDS.get(key, {}))
        run = Run.objects.filter(requested_by="administrator").latest("pk")
        expected = ("failed", FAILS[key]) if key in FAILS else ("done", "")
        assert (run.kind, run.state, run.error_code) == (jobs.ACTIONS[key].kind, *expected), key
        page = administrator.get(reverse("admin:ingest_run_change", args=[run.pk]))
        assert jobs.get_label(run) in page.content.decode(), key
    assert Run.objects.filter(requested_by="administrator").count() == len(jobs.ACTIONS)


def test_a_message_contains_only_the_id_of_a_job(administrator, monkeypatch):
    sent = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda task, args=None, **options: sent.append(args))
    for key in jobs.ACTIONS:
        press(administrator, key, **FIELDS.get(key, {}))
        # What runs in the request itself sends none, but for a wake-up without arguments.
        assert sent in ([[Run.objects.get().pk]], [], [None]), key
        assert bool(sent and sent != [None]) != jobs.ACTIONS[key].inline, key
        Run.objects.all().delete()
        sent.clear()


def test_a_heavy_job_needs_confirmation_and_a_link_starts_nothing(administrator):
    answer = administrator.post("/admin/start/rebuild/")
    assert "Bygg søkeindeksen på nytt" in answer.content.decode()
    assert administrator.get("/admin/start/sync/").status_code == 200
    assert not Run.objects.exists()


def test_a_button_needs_a_csrf_token(administrator):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    assert strict.post("/admin/start/sync/").status_code == 403
    assert not Run.objects.exists()


def test_an_unknown_job_is_not_found(administrator):
    assert administrator.post("/admin/start/nonsense/").status_code == 404


def test_rebuild_shows_its_documents(administrator, make_vacancy):
    make_vacancy()
    press(administrator, "rebuild")
    assert Run.objects.get().result["documents"] == 1
    assert search.search(SearchQuery()).total == 1


def test_the_consistency_check_reports_a_missing_index(administrator, make_vacancy):
    make_vacancy()
    press(administrator, "check")
    report = Run.objects.get().result
    assert report["differences"] == 1
    assert "has to be rebuilt" in report["found"][0]


def test_the_same_job_is_not_queued_twice(administrator):
    Run.objects.create(kind="sync", state="queued")
    assert "er allerede i gang" in press(administrator, "sync")
    assert Run.objects.count() == 1


def test_a_job_with_a_lost_message_does_not_block_the_next(administrator, feed):
    Run.objects.create(kind="sync", state="queued", started=timezone.now() - dt.timedelta(hours=1))
    assert "er satt i gang" in press(administrator, "sync")


def test_an_unreachable_broker_is_explained(administrator, monkeypatch):
    def refuse(*arguments, **options):
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setattr("celery.app.task.Task.apply_async", refuse)
    text = press(administrator, "sync")
    assert "kom ikke i gang" in text
    assert "CELERY_BROKER_URL" in text
    assert Run.objects.get().state == "failed"


def test_a_job_that_no_worker_takes_is_explained_and_can_be_cancelled(administrator):
    run = Run.objects.create(kind="sync", started=timezone.now() - dt.timedelta(minutes=2))
    text = administrator.get("/admin/").content.decode()
    assert "Ingen bakgrunnsprosess (Celery) har startet jobben etter 2 min" in text
    administrator.post(f"/admin/kjoring/{run.pk}/fjern/")
    run.refresh_from_db()
    assert run.state == "stopped"
    assert "Ingen bakgrunnsprosess" not in administrator.get("/admin/").content.decode()


def test_a_job_that_waits_for_another_shows_no_warning(administrator):
    Run.objects.create(kind="index", state="running", heartbeat=timezone.now())
    Run.objects.create(kind="sync", started=timezone.now() - dt.timedelta(minutes=2))
    assert "Ingen bakgrunnsprosess" not in administrator.get("/admin/").content.decode()


def test_a_job_whose_process_is_gone_is_shown_as_interrupted(administrator):
    seen = timezone.now() - dt.timedelta(minutes=10)
    Run.objects.create(kind="index", state="running", heartbeat=seen, progress={"done": 1, "total": 9, "phase": "index"})
    assert "Ingen livstegn" in administrator.get("/admin/").content.decode()
    assert "er satt i gang" in press(administrator, "rebuild")
    assert sorted(Run.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_a_sync_is_running_while_its_lease_is_held(administrator):
    FeedState.objects.create(origin="http://feed.example")
    Run.objects.create(kind="sync", state="running")
    assert "Ingen livstegn" in administrator.get("/admin/").content.decode()
    LeaseRecord.objects.create(name="feed", owner="host 1 2 x", expires=timezone.now() + dt.timedelta(seconds=50))
    assert "Ingen livstegn" not in administrator.get("/admin/").content.decode()


def test_quarantine_is_shown_as_one_problem(administrator, settings):
    now = timezone.now()
    FeedState.objects.create(origin=settings.NAV_FEED_URL, last_read=now, last_line_time=now, tip_time=now)
    for number in range(30):
        DetailTask.objects.create(uuid=uuid.uuid4(), marker=number, state="quarantined", error_code="x", next_try=now)
    text = administrator.get("/admin/").content.decode()
    assert text.count("30 annonser står i karantene") == 1
    assert "Følg med på 1 problem." in text


def test_a_message_delivered_twice_runs_the_job_once(make_vacancy, index):
    make_vacancy()
    run = Run.objects.create(kind=INDEX)
    index_jobs.rebuild(run.pk)
    run.refresh_from_db()
    finished = run.finished
    index_jobs.rebuild(run.pk)
    run.refresh_from_db()
    assert run.finished == finished
    index_jobs.rebuild(-1)  # a run that was deleted meanwhile


def test_an_error_is_recorded_with_code_and_sentence(index, make_vacancy, monkeypatch):
    def down(*arguments, **options):
        raise search.EngineDown("Start OpenSearch.")

    monkeypatch.setattr("jobsearch.search.indexing.rebuild", down)
    run = Run.objects.create(kind=INDEX)
    index_jobs.rebuild(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "engine-down")
    assert run.error_detail == "The search engine is down. Start OpenSearch."


def test_selected_rows_of_the_queue_are_retried_at_once(administrator, feed):
    FeedState.get_for_feed(feed.url)
    wanted, other = feed.publish(), uuid.uuid4()
    later = timezone.now() + dt.timedelta(hours=20)
    for ad in (wanted, other):
        DetailTask.objects.create(uuid=ad, marker=1, state="quarantined", error_code="x", attempts=8, next_try=later)
    address = reverse("admin:ingest_detailtask_changelist")
    text = administrator.post(address, {"action": "try_again", "_selected_action": [wanted]}, follow=True).content.decode()
    assert "1 detalj blir hentet på nytt" in text
    assert Vacancy.objects.filter(uuid=wanted).exists()
    assert DetailTask.objects.get().uuid == other
    assert LogEntry.objects.get().object_repr == wanted


def test_hiding_asks_for_a_note_and_reaches_the_search(administrator, make_vacancy, command):
    ad = make_vacancy()
    indexing.rebuild()
    asked = administrator.post(ADS, {"action": "hide", "_selected_action": [str(ad)]})
    assert "Begrunnelse" in asked.content.decode()
    assert not Moderation.objects.exists()
    administrator.post(ADS, {"action": "hide", "_selected_action": [str(ad)], "confirmed": "1", "note": "svindel"})
    assert Moderation.objects.get().note == "svindel"
    indexing.index_changes()
    assert search.search(SearchQuery()).total == 0
    administrator.post(ADS, {"action": "show", "_selected_action": [str(ad)], "confirmed": "1"})
    indexing.index_changes()
    assert search.search(SearchQuery()).total == 1


def test_fetch_again_stores_the_feeds_present_content(administrator, feed, command):
    ad = feed.publish()
    command("sync")
    feed.edit_silently(ad)
    title = Vacancy.objects.get().title
    administrator.post(ADS, {"action": "fetch_again", "_selected_action": [ad]})
    assert Vacancy.objects.get().title != title


def test_an_edited_moderation_reaches_the_index(administrator, make_vacancy):
    ad = make_vacancy()
    version = Vacancy.objects.get().version
    administrator.post("/admin/vacancies/moderation/add/", {"uuid": str(ad), "hidden": "on", "note": ""})
    assert Moderation.objects.get().hidden
    assert Vacancy.objects.get().version > version


def test_permission_to_view_ads_does_not_allow_hiding(client, index, make_vacancy):
    user = User.objects.create_user("leser", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_vacancy"))
    client.force_login(user)
    ad = make_vacancy()
    assert "Skjul annonsen" not in client.get(f"{ADS}{ad}/change/").content.decode()
    client.post(ADS, {"action": "hide", "_selected_action": [str(ad)], "confirmed": "1"})
    assert not Moderation.objects.exists()


def test_the_page_of_jobs_has_each_job_once_and_none_that_cannot_succeed(administrator, settings):
    page = administrator.get("/admin/jobber/").content.decode()
    found = re.findall(r'id="start-([^"]+)"', page)
    assert sorted(found) == sorted(set(jobs.ACTIONS) - {"rollback"}), "the embedded engine keeps no former index"
    assert "/admin/jobber/" in administrator.get("/admin/ingest/run/").content.decode(), "the menu leads there"


def test_two_presses_at_the_same_moment_start_one_job(administrator, monkeypatch):
    """The second press comes between the first one's look for an active job and its row."""
    start, presses = jobs.start, []

    def start_slowly(*arguments: object) -> Job:
        if not presses:
            presses.append(1)
            presses.append(press(administrator, "mail"))
        return start(*arguments)

    monkeypatch.setattr(jobs, "start", start_slowly)
    monkeypatch.setattr("jobsearch.admin_dashboard.jobs.kinds._WAIT_SECONDS", 0.2)
    press(administrator, "mail")
    assert "settes i gang akkurat nå" in presses[1]
    assert Run.objects.filter(kind="mail").count() == 1
