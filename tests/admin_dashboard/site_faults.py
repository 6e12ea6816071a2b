"""A healthy site with a day and a month of samples, and the twelve faults that the overview must recognise."""

from __future__ import annotations

import datetime as dt
import math
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from ingest import sync, tasks
from ingest.models import DetailTask, FeedState
from jobsearch.admin_dashboard.models import Incident, Sample
from jobsearch.core.models import Heartbeat, Job
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.saved.alerts import sending
from jobsearch.search.engines.registry import forget_engines
from jobsearch.vacancies.models import Vacancy
from jobsearch.web import tasks as web_tasks
from tests.web.support import build_index

ADS = 48
QUEUES = ["alerts", "details", "feed", "index", "maintenance"]
GB = 1024**3
MINUTES, HOURS, DAYS = Sample.Period.MINUTE, Sample.Period.HOUR, Sample.Period.DAY


@dataclass
class Site:
    """What a fault changes."""

    feed: FakeFeed
    settings: Any
    monkeypatch: Any


def make_values(moment: dt.datetime, active: int = ADS, *, minutes: float = 1) -> dict[str, float]:
    """A sample of an ordinary day: more requests at noon than at night."""
    noon = 1 + math.sin((moment.hour + moment.minute / 60 - 6) / 24 * 2 * math.pi)
    requests, searches, answers = round(40 * noon * minutes), round(12 * noon * minutes), round(3 * minutes)
    return {
        "active": active - round(9 * (1 - noon / 2)),
        "new_today": active * (moment.hour * 60 + moment.minute) // 1440,
        "lag": round(20 * noon),
        "waiting": round(5 * noon),
        "deferred": 1,
        "quarantined": 2,
        "behind": round(3 * noon),
        "set_aside": 0,
        "disk_free": 40 * GB - moment.day * 10**8,
        "requests": requests,
        "requests_seconds": requests * 0.03,
        "searches": searches,
        "searches_seconds": round(searches * (0.02 + 0.01 * noon), 3),
        "feed_answers": answers,
        "feed_answers_seconds": answers * 0.2,
        "feed_errors": 0,
    }


def fill_samples(now: dt.datetime, days: int = 30) -> None:
    """Samples of the last day by minute, of a month by hour, and of the rest by day."""
    minute, hour = now.replace(second=0, microsecond=0), now.replace(minute=0, second=0, microsecond=0)
    rows = [(MINUTES, minute - dt.timedelta(minutes=ago), 1) for ago in range(1, 24 * 60)]
    rows += [(HOURS, hour - dt.timedelta(hours=ago), 60) for ago in range(1, 30 * 24)]
    rows += [(DAYS, hour - dt.timedelta(days=ago), 1440) for ago in range(1, days)]
    made = [Sample(period=period, moment=moment, values=make_values(moment, minutes=size)) for period, moment, size in rows]
    Sample.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)


def fill_jobs(now: dt.datetime, number: int = 200) -> None:
    """Uneventful sync runs every two minutes, and a rebuild that an administrator asked for."""
    jobs = []
    for ago in range(1, number):
        moment = now - dt.timedelta(minutes=2 * ago)
        result = {"new": 1 if ago % 3 == 0 else 0, "closed": 1 if ago % 7 == 0 else 0, "pages": 1, "at_tip": True}
        jobs.append(Job(kind="sync", state="done", started=moment, finished=moment + dt.timedelta(seconds=2), result=result))
    moment = now - dt.timedelta(hours=3)
    finished = moment + dt.timedelta(seconds=41)
    jobs.append(
        Job(kind="index", state="done", requested_by="kari", started=moment, finished=finished, result={"documents": 9950})
    )
    Job.objects.bulk_create(jobs, batch_size=500)


def make_healthy(site: Site, *, samples: bool = True) -> None:
    """A site that has read its feed and indexed it, with running processes."""
    now = timezone.now()
    for _number in range(ADS if samples else 3):
        site.feed.publish()
    sync.run()
    build_index()
    # It has been followed for weeks.
    FeedState.objects.update(first_started=now - dt.timedelta(days=17))
    beat(now)
    site.monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=38 * GB, total=80 * GB))
    if samples:
        fill_samples(now)
        fill_jobs(now)


def beat(now: dt.datetime) -> None:
    """A worker and beat that run."""
    started = now - dt.timedelta(days=2)
    Heartbeat.objects.create(name="worker", role="worker", queues=QUEUES, started=started, seen=now)
    Heartbeat.objects.create(name="beat", role="beat", started=started, seen=now)


def _wrong_address(site: Site) -> None:
    FeedState.objects.all().delete()
    site.settings.NAV_FEED_URL = "http://127.0.0.1:9"
    sync.run()


def _refused_token(site: Site) -> None:
    site.settings.NAV_FEED_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl"
    with site.feed.faults.status(401):
        sync.run()


def _frozen(site: Site) -> None:
    old = timezone.now() - dt.timedelta(hours=80)
    FeedState.objects.update(last_line_time=old, tip_time=old)


def _feed_errors(site: Site) -> None:
    with site.feed.faults.status(500):
        sync.run()


def _quarantine(site: Site) -> None:
    now = timezone.now()
    for number in range(60):
        code = "shape" if number < 51 else "too-large"
        DetailTask.objects.create(
            uuid=uuid.uuid4(),
            marker=number,
            state="quarantined",
            error_code=code,
            error_detail="detail",
            queued=now,
            next_try=now,
        )


def _dead_worker(site: Site) -> None:
    Heartbeat.objects.filter(role="worker").update(seen=timezone.now() - dt.timedelta(minutes=12))


def _dead_beat(site: Site) -> None:
    Heartbeat.objects.filter(role="beat").update(seen=timezone.now() - dt.timedelta(minutes=12))


def _engine_down(site: Site) -> None:
    site.settings.SEARCH_URL = "http://127.0.0.1:9"
    forget_engines()


def _late_index(site: Site) -> None:
    for _number in range(2):
        site.feed.publish()
    sync.run()
    Vacancy.objects.not_indexed().update(changed=timezone.now() - dt.timedelta(minutes=14))


def _full_disk(site: Site) -> None:
    site.monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=GB // 2, total=80 * GB))


def _mail_refused(site: Site) -> None:
    error = "The mail server of EMAIL_URL does not answer or refuses us (SMTPAuthenticationError 535)."
    site.monkeypatch.setattr(sending, "send_alerts", lambda *_arguments: sending.Report(mail_error=error))
    web_tasks.send_alerts()


def _another_database(site: Site) -> None:
    site.settings.NAV_FEED_URL = "https://another-feed.example"
    tasks.follow_feed()


@dataclass(frozen=True)
class SiteFault:
    """`code`: of the problem. `cause`, `cure`: parts of its texts. `action`: the button; `command`: one to copy."""

    name: str
    code: str
    make: Callable[[Site], None]
    cause: str
    cure: str
    action: str = ""
    command: str = ""


SITE_FAULTS = [
    SiteFault("wrong-url", "wrong-address", _wrong_address, "ingen forbindelse", "NAV_FEED_URL", "sync", "curl"),
    SiteFault(
        "refused-token", "token-refused", _refused_token, "godtar ikke tokenet", "NAV_FEED_TOKEN", "sync", "NAV_FEED_TOKEN="
    ),
    SiteFault("frozen-feed", "feed-frozen", _frozen, "nyeste linje er fra", "meld fra til NAV", "", "manage.py sync"),
    SiteFault("feed-500", "feed-failing", _feed_errors, "500", "går det over av seg selv", "sync", "curl"),
    SiteFault("quarantine", "quarantine", _quarantine, "(shape): 51", "endret formatet", "retry"),
    SiteFault(
        "dead-worker", "worker-dead", _dead_worker, "siste arbeideren", "Start arbeideren", "", "celery --app jobsearch worker"
    ),
    SiteFault("dead-beat", "beat-dead", _dead_beat, "siste livstegn", "Start beat", "", "celery --app jobsearch beat"),
    SiteFault(
        "engine-down",
        "engine-down",
        _engine_down,
        "SEARCH_URL svarer ikke",
        "Start OpenSearch",
        "",
        "docker compose restart opensearch",
    ),
    SiteFault("late-index", "index-behind", _late_index, "har ventet siden", "Bygg indeksen", "rebuild", "rebuild_index"),
    SiteFault("full-disk", "disk-full", _full_disk, "er på en disk med", "slett gamle", "", "du -xh"),
    SiteFault("refused-mail", "mail-refused", _mail_refused, "EMAIL_URL svarer ikke", "EMAIL_URL", "", "sendtestemail"),
    SiteFault("another-database", "another-database", _another_database, "another-feed", "DATABASE_URL", "", "NAV_FEED_URL=http"),
]


def close_incidents() -> None:
    """An incident that is over, as a site has after some weeks."""
    now = timezone.now()
    Incident.objects.create(
        code="feed-failing",
        severity="broken",
        title="Strømmen lar seg ikke lese nå",
        started=now - dt.timedelta(days=3, hours=1),
        last_seen=now - dt.timedelta(days=3),
        ended=now - dt.timedelta(days=3),
    )
