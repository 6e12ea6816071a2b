"""State of the feed on the dashboard: as of now, not as of the last successful run."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import User
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from ingest import status, sync
from ingest.models import FeedState, Run
from jobsearch.admin_dashboard import problems
from jobsearch.admin_dashboard.admin import base
from jobsearch.admin_dashboard.facts.site_facts import load_facts
from jobsearch.admin_dashboard.overview import dashboard
from jobsearch.core import jobs
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search.engines import Health
from jobsearch.vacancies.models import Tombstone
from tests.ingest import plain_ads

ALL_WELL = "Alt i orden."


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    monkeypatch.setattr("jobsearch.search.engines.engine_health", lambda: Health("tantivy", "0.27", True, 12))


@pytest.fixture
def administrator(client, transactional_db):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    return client


@pytest.fixture
def load(administrator):
    return lambda: dashboard.load_dashboard(User.objects.get())


@pytest.fixture
def feed(settings):
    with FakeFeed(ads=plain_ads) as fake_feed:
        settings.NAV_FEED_URL = fake_feed.url
        yield fake_feed


def _numbers(loaded: dashboard.Dashboard) -> dict[str, str]:
    return {str(name): text for name, text in loaded.sections[0].rows}


def test_a_feed_that_accepts_a_request_and_never_answers_is_named_before_the_time_limit(load, feed, monkeypatch):
    sync.run()
    sync.run()
    monkeypatch.setattr(jobs, "_WAITING_SECONDS", 0.2)
    fault = feed.faults.hang(on="page")
    note_waiting = jobs.ProgressRecorder.note_waiting
    seen: list[dashboard.Dashboard] = []
    later: list[tuple[str, str]] = []

    def look(recorder: jobs.ProgressRecorder) -> None:
        note_waiting(recorder)
        if status.status().waiting_since and not seen:
            seen.append(load())
            facts = load_facts(timezone.now() + status.SLOW + dt.timedelta(seconds=1))
            later.extend((one.code, one.severity.key) for one in problems.find_problems(facts))
            fault.clear()

    monkeypatch.setattr(jobs.ProgressRecorder, "note_waiting", look)
    assert sync.run().exit_code == 0
    assert seen[0].details[0].startswith("Venter på svar fra strømmen siden ")
    assert seen[0].cards == [], "NAV takes up to half a minute"
    assert later == [("feed-silent", "watch")]
    assert status.status().waiting_since is None


def test_before_the_first_run_the_state_is_unknown(load):
    assert load().severity.key == "unknown"
    assert ALL_WELL not in load().sentence
    assert "ikke lest ennå" in load().sentence


def test_a_feed_that_never_answered_is_an_error(load, settings):
    settings.NAV_FEED_URL = "http://127.0.0.1:9"
    assert sync.run().exit_code == 2
    assert load().severity.key == "broken"
    assert ALL_WELL not in load().sentence
    assert any("ingen forbindelse" in card.problem.cause for card in load().cards)


def test_a_feed_that_was_never_read_is_an_error_after_a_while(load):
    FeedState.objects.create(origin="http://feed.example", first_started=timezone.now() - dt.timedelta(hours=1))
    assert load().severity.key == "broken"


def test_a_healthy_site_is_shown_as_such(load, feed):
    feed.publish()
    sync.run()
    assert (load().severity.key, load().sentence) == ("ok", ALL_WELL)
    assert _numbers(load())["Etterslep"] == "0 s"


@pytest.mark.parametrize("how", ["an outage", "no worker"])
def test_the_lag_grows_while_the_feed_is_not_read(load, feed, how):
    feed.publish()
    sync.run()
    if how == "an outage":
        with feed.faults.status(503):
            sync.run()
    lags = []
    for hours in (1, 3):
        with time_machine.travel(timezone.now() + dt.timedelta(hours=hours), tick=True):
            lags.append(status.status().lag)
            assert load().severity.key == "broken"
            assert _numbers(load())["Etterslep"].startswith(f"{hours} t")
    assert dt.timedelta(hours=1) <= lags[0] < lags[1]
    sync.run()
    assert status.status().lag == dt.timedelta()
    assert load().severity.key == "ok"


def test_the_breadcrumb_of_a_job_has_the_local_time(administrator):
    moment = dt.datetime(2026, 11, 23, 22, 46, 54, tzinfo=dt.UTC)
    run = Run.objects.create(kind="sync", state="done", started=moment, finished=moment)
    text = administrator.get(reverse("admin:ingest_run_change", args=[run.pk])).content.decode()
    assert "2026-11-23 23:46" in text
    assert "22:46" not in text


@pytest.mark.parametrize(("rows", "shown"), [(3, "3"), (4, "4"), (5, "&gt;4"), (9, "&gt;4")])
def test_a_capped_count_is_marked(administrator, monkeypatch, rows, shown):
    monkeypatch.setattr(base, "MAX_COUNTED", 4)
    for number in range(rows):
        Tombstone.objects.create(uuid=f"00000000-0000-4000-8000-{number:012}", closed_on=timezone.now().date(), version=1)
    text = administrator.get(reverse("admin:vacancies_tombstone_changelist")).content.decode()
    assert f"{shown} gravsteiner" in " ".join(text.split())


def test_a_capped_count_has_grouped_digits():
    template = Template("{% load i18n %}{{ n }} {% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}")
    assert template.render(Context({"n": base.CappedCount(10_000)})).replace("\xa0", " ") == "&gt;10 000 &gt;10 000 many"
