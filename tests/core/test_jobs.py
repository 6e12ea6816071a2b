"""Jobs: claimed once, finished with a result or an error, and shown as interrupted when their process is gone."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.utils import timezone

from jobsearch.core import jobs, lease_owners
from jobsearch.core.leases import Lease
from jobsearch.core.models import Job

pytestmark = pytest.mark.django_db


def queue(**fields: object) -> Job:
    return Job.objects.create(kind="index", **fields)


def running(**fields: object) -> Job:
    return queue(state=Job.State.RUNNING, **fields)


def dead_process() -> str:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    machine = lease_owners.create_owner().split(" ")[0]
    return f"{machine} {process.pid} - abcd"


def test_a_queued_job_is_claimed_once_and_names_its_process():
    job = queue(started=timezone.now() - dt.timedelta(minutes=5))
    claimed = jobs.claim(job.pk)
    assert claimed and claimed.state == Job.State.RUNNING
    assert not lease_owners.is_dead(claimed.owner)
    assert timezone.now() - claimed.started < dt.timedelta(minutes=1)
    assert jobs.claim(job.pk) is None


@pytest.mark.parametrize("state", sorted({*Job.State} - {Job.State.QUEUED}))
def test_a_job_in_any_other_state_cannot_be_claimed(state):
    assert jobs.claim(queue(state=state).pk) is None


def test_a_job_that_was_deleted_cannot_be_claimed():
    assert jobs.claim(4711) is None
    assert jobs.claim(None) is None


def test_a_result_is_recorded():
    job = running()
    assert jobs.run(job, lambda progress: {"documents": 3}, lambda error: None) == {"documents": 3}
    job.refresh_from_db()
    assert (job.state, job.result, job.error_code) == (Job.State.DONE, {"documents": 3}, "")
    assert job.finished


def test_an_expected_error_is_recorded_with_its_code_and_not_raised():
    job = running()
    assert jobs.run(job, lambda progress: {}[0], lambda error: ("engine-down", "Start it.")) is None
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_detail) == (Job.State.FAILED, "engine-down", "Start it.")


def test_a_bug_is_recorded_and_raised():
    job = running()
    with pytest.raises(ZeroDivisionError):
        jobs.run(job, lambda progress: {"x": 1 // 0}, lambda error: None)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "bug")
    assert job.error_detail.startswith("ZeroDivisionError: ")


def test_work_that_another_process_does_is_skipped():
    def work(progress: jobs.ProgressRecorder) -> dict[str, int]:
        raise jobs.AlreadyRunning

    job = running()
    assert jobs.run(job, work, lambda error: ("x", "y")) is None
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.SKIPPED, "")


def test_progress_is_recorded_with_a_heartbeat_and_passed_on():
    job, calls = running(), []
    recorder = jobs.ProgressRecorder(job, lambda *step: calls.append(step))
    recorder("index", 1, 10)
    recorder("index", 2, 10)
    job.refresh_from_db()
    assert (job.progress["phase"], job.progress["done"], job.progress["total"]) == ("index", 1, 10), "once a second"
    assert job.heartbeat
    assert calls == [("index", 1, 10), ("index", 2, 10)]


def test_a_job_of_a_dead_process_of_this_machine_is_interrupted_at_once():
    assert jobs.is_interrupted(running(owner=dead_process(), heartbeat=timezone.now()))
    assert not jobs.is_interrupted(running(owner=lease_owners.create_owner(), heartbeat=timezone.now()))


@pytest.mark.parametrize(("minutes", "interrupted"), [(1, False), (4, True)])
def test_a_job_of_another_machine_is_interrupted_after_minutes_without_a_heartbeat(minutes, interrupted):
    seen = timezone.now() - dt.timedelta(minutes=minutes)
    assert jobs.is_interrupted(running(owner="elsewhere/x 1 1 abcd", heartbeat=seen)) is interrupted


@pytest.mark.parametrize(("minutes", "interrupted"), [(14, False), (16, True)])
def test_a_job_that_records_no_progress_is_given_a_quarter_of_an_hour(minutes, interrupted):
    assert jobs.is_interrupted(running(started=timezone.now() - dt.timedelta(minutes=minutes))) is interrupted


def test_a_job_whose_kind_has_a_lease_is_interrupted_when_the_lease_is_free(monkeypatch):
    monkeypatch.setitem(jobs.KINDS, "index", jobs.JobKind("index", "Index", lease="writes"))
    job = running()
    with Lease("writes", 60):
        assert not jobs.is_interrupted(job)
    assert jobs.is_interrupted(job)


def test_an_interrupted_or_lost_job_does_not_prevent_the_next():
    running(owner=dead_process())
    queue(started=timezone.now() - dt.timedelta(hours=1))
    assert jobs.find_active("index") is None
    active = queue()
    assert jobs.find_active("index") == active
    assert jobs.find_active("sync") is None


def test_an_interrupted_job_is_marked_as_failed_and_a_running_one_is_not():
    gone, alive = running(owner=dead_process()), running(owner=lease_owners.create_owner())
    jobs.fail_interrupted("index")
    gone.refresh_from_db()
    alive.refresh_from_db()
    assert (gone.state, gone.error_code, alive.state) == (Job.State.FAILED, "silent", Job.State.RUNNING)


def test_a_cancelled_job_names_the_user_and_cannot_be_claimed():
    job = queue()
    cancelled = jobs.cancel(job.pk, "kari")
    assert cancelled and (cancelled.error_code, cancelled.error_detail) == ("removed", "kari")
    assert jobs.claim(job.pk) is None
    assert jobs.cancel(job.pk, "kari") is None


def test_a_job_at_work_cannot_be_cancelled():
    job = running(owner=lease_owners.create_owner())
    assert jobs.cancel(job.pk, "kari") is None
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING


def test_old_jobs_are_deleted_whether_they_finished_or_not():
    now = timezone.now()
    old, recent = now - dt.timedelta(days=15), now - dt.timedelta(days=13)
    queue(started=old)
    queue(started=old, finished=old)
    kept = {queue(started=recent).pk, queue(started=old, finished=recent).pk}
    assert jobs.delete_old_jobs(now) == 2
    assert {*Job.objects.values_list("pk", flat=True)} == kept


def test_a_job_that_waits_for_an_answer_says_since_when_until_its_next_progress(monkeypatch):
    job = running()
    clock = [100.0]
    monkeypatch.setattr(jobs.time, "monotonic", lambda: clock[0])
    recorder = jobs.ProgressRecorder(job)
    recorder("pages", 3, 10)

    def read() -> dict:
        job.refresh_from_db()
        return job.progress

    clock[0] += 4
    recorder.note_waiting()
    assert "waiting_since" not in read()
    clock[0] += 2
    recorder.note_waiting()
    since = dt.datetime.fromisoformat(read()["waiting_since"])
    assert read()["done"] == 3
    assert dt.timedelta(seconds=5) < timezone.now() - since < dt.timedelta(seconds=9)
    clock[0] += 2
    recorder.note_waiting()
    assert dt.datetime.fromisoformat(read()["waiting_since"]) == since
    recorder("pages", 4, 10)
    assert read()["done"] == 4 and "waiting_since" not in read()
