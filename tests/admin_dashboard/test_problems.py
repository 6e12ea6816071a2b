"""Problems of the overview: the twelve faults, each with its verdict, cause and cure; and what is no problem."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from ingest.models import DetailTask, FeedState
from jobsearch.admin_dashboard import problems
from jobsearch.admin_dashboard.facts.site_facts import load_facts
from jobsearch.admin_dashboard.models import Sample
from jobsearch.admin_dashboard.overview import dashboard
from jobsearch.admin_dashboard.time_formats import format_moment
from jobsearch.core import broker
from jobsearch.core.models import Heartbeat, ServiceFailure
from tests.admin_dashboard.site_faults import QUEUES, SITE_FAULTS, Site, make_healthy, make_values

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(feed, index, settings, monkeypatch) -> Site:
    made = Site(feed, settings, monkeypatch)
    make_healthy(made, samples=False)
    return made


def find_codes(now: dt.datetime | None = None) -> list[str]:
    return [problem.code for problem in problems.find_problems(load_facts(now))]


def test_a_healthy_site_has_no_problem(site, client):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    loaded = dashboard.load_dashboard(User.objects.get())
    assert (loaded.severity.key, loaded.sentence, loaded.cards) == ("ok", "Alt i orden.", [])
    assert re.match(r"Oppdatert for \d+ s siden\.", loaded.details[0])
    assert loaded.details[1].startswith("Slik har det vært siden ")


READ_BY_QUERIES = {"frozen-feed", "feed-500", "quarantine", "late-index"}
"""Faults that only rows show. The others are a program, an address or a disk."""
FAULTS = [pytest.param(one, id=one.name, marks=() if one.name in READ_BY_QUERIES else pytest.mark.sqlite) for one in SITE_FAULTS]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_verdict_cause_and_cure(site, client, fault):
    fault.make(site)
    (problem,) = problems.find_problems(load_facts())
    assert (problem.code, problem.severity.key) == (fault.code, "broken")
    assert fault.cause in problem.cause
    assert not re.search(r"\b(the|does not|Error|connection)\b", problem.cause), "a library's words belong to `error`"
    assert fault.cure in problem.cure
    assert problem.effect
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    loaded = dashboard.load_dashboard(User.objects.get())
    assert (loaded.severity.key, loaded.sentence) == ("broken", "1 problem krever handling.")
    (card,) = loaded.cards
    assert (card.action.key if card.action else "") == fault.action
    assert not fault.command or any(fault.command in command for command in problem.commands)
    text = client.get("/admin/").content.decode()
    assert f'id="problem-{fault.code}"' in text
    for command in problem.commands:
        assert f">{command}</code>" in text.replace("&amp;", "&")


def test_causes_come_before_what_follows_from_them(site):
    """Without a worker nothing is read and nothing indexed: one problem, not three."""
    later = timezone.now() + dt.timedelta(hours=2)
    assert find_codes(later) == ["worker-dead", "beat-dead"]
    Heartbeat.objects.all().delete()  # a site that has never had them: only the state of the feed shows it
    assert find_codes(later) == ["feed-unread"]


def test_unknown_values_are_no_problem(index, db, settings):
    """A new site: no feed read, no process seen, no backup configured, no index."""
    assert find_codes() == []
    loaded = dashboard.load_dashboard(User.objects.create_superuser("administrator", password="x"))
    assert loaded.severity.key == "unknown"
    assert [chart.value for chart in loaded.figures] == ["0", "0", "–", "–"]


def test_a_few_ads_in_quarantine_are_normal(site):
    now = timezone.now()
    for number, found in ((19, []), (20, ["watch"]), (49, ["watch"]), (50, ["broken"])):
        for one in range(DetailTask.objects.count(), number):
            DetailTask.objects.create(uuid=f"00000000-0000-4000-8000-{one:012}", marker=one, state="quarantined", queued=now)
        assert [problem.severity.key for problem in problems.find_problems(load_facts())] == found, number


def test_a_queue_without_a_worker_is_named(site):
    Heartbeat.objects.filter(role="worker").update(queues=[queue for queue in QUEUES if queue != "feed"])
    (problem,) = problems.find_problems(load_facts())
    assert (problem.code, problem.severity.key) == ("queue-unserved", "broken")
    assert "feed" in problem.title
    assert problem.commands == (".venv/bin/celery --app jobsearch worker --queues feed",)


def test_a_task_that_is_switched_off_is_named(site):
    interval = IntervalSchedule.objects.create(every=120, period="seconds")
    PeriodicTask.objects.create(name="follow-the-feed", task="ingest.tasks.follow_feed", interval=interval, enabled=False)
    (problem,) = problems.find_problems(load_facts())
    assert (problem.code, problem.severity.key, problem.cause) == ("schedule-off", "watch", "Les strømmen")


def test_an_old_backup_is_a_problem_only_where_backups_are_configured(site, settings, tmp_path):
    settings.BACKUP_PATH = tmp_path
    assert find_codes() == ["backup-old"]
    (tmp_path / "utlyst.sqlite3").touch()
    assert find_codes() == []
    with time_machine.travel(timezone.now() + dt.timedelta(hours=37), tick=False):
        Heartbeat.objects.update(seen=timezone.now())
        FeedState.objects.update(last_read=timezone.now())
        assert find_codes() == ["backup-old"]


def test_limits_of_the_disk(site, monkeypatch):
    """A share of a small disk, an amount of a large one."""
    for free, total, found in (
        *((60, 1000, []), (6, 1000, []), (4.9, 1000, ["watch"]), (1.9, 1000, ["broken"])),
        *((0.6, 10, ["watch"]), (0.4, 10, ["broken"])),
    ):
        usage = SimpleNamespace(free=int(free * 1024**3), total=int(total * 1024**3))
        monkeypatch.setattr("shutil.disk_usage", lambda _folder, usage=usage: usage)
        assert [problem.severity.key for problem in problems.find_problems(load_facts())] == found, (free, total)


def test_an_action_that_the_user_may_not_start_is_not_offered(site):
    from django.contrib.auth.models import Permission

    FeedState.objects.update(error_code="timeout", error_detail="late", error_since=timezone.now())
    user = User.objects.create_user("leser", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_run"))
    loaded = dashboard.load_dashboard(User.objects.get(pk=user.pk))
    assert [(card.problem.code, card.action) for card in loaded.cards] == [("feed-failing", None)]
    assert (loaded.primary, loaded.actions) == (None, [])


def test_every_check_is_listed_once():
    codes = {check.__name__ for check in problems.CHECKS}
    assert len(codes) == len(problems.CHECKS)


def test_a_pause_is_named_and_nothing_is_late_by_it(site):
    from ingest import pausing

    pausing.pause(6, "kari")
    later = timezone.now() + dt.timedelta(hours=2)
    Heartbeat.objects.update(seen=later)
    (problem,) = problems.find_problems(load_facts(later))
    assert (problem.code, problem.severity.key, problem.action) == ("feed-paused", "watch", "resume")
    assert "kari" in problem.cause
    assert dashboard.judge(load_facts(later), [problem]) == (problem.severity, "Følg med på 1 problem.")


def test_a_broker_that_cannot_be_written_is_the_cause_of_what_follows(site, settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "missing")}
    (problem,) = problems.find_problems(load_facts(timezone.now()))
    assert (problem.code, problem.severity.key) == ("broker-down", "broken")
    assert f"filesystem://{tmp_path}/missing" in problem.cause
    assert problem.error == "No such file or directory"
    later = timezone.now() + dt.timedelta(hours=2)
    Heartbeat.objects.update(seen=later)
    (still,) = problems.find_problems(load_facts(later))
    assert still.since == problem.since, "the feed that is not read follows from it"
    (tmp_path / "missing").mkdir()
    broker.forget()
    Heartbeat.objects.update(seen=timezone.now())
    assert find_codes() == []
    assert not ServiceFailure.objects.exists()


def test_the_engine_is_down_since_the_first_reading_that_found_it(site):
    fault = next(one for one in SITE_FAULTS if one.code == "engine-down")
    fault.make(site)
    began = timezone.now()
    assert [problem.since for problem in problems.find_problems(load_facts(began))] == [began]
    later = began + dt.timedelta(minutes=1)
    assert [problem.since for problem in problems.find_problems(load_facts(later))] == [began]


def test_in_order_since_the_site_ran_again_after_a_stop(site):
    now = timezone.now().replace(second=0, microsecond=0)
    up_again = now - dt.timedelta(minutes=20)
    for ago in (*range(1, 21), *range(40, 60)):
        Sample.objects.create(period=Sample.Period.MINUTE, moment=now - dt.timedelta(minutes=ago), values=make_values(now))
    loaded = dashboard.load_dashboard(User.objects.create_superuser("administrator", password="x"))
    assert loaded.details[-1] == f"Slik har det vært siden {format_moment(up_again, timezone.now())}."
