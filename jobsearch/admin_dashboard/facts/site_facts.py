"""Facts about the running site, read once with few queries: the overview, the alarms, the samples and /metrics use the same."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from ingest import status as feed_status
from jobsearch.core import failures
from jobsearch.core.broker import BrokerHealth, get_broker_health
from jobsearch.core.heartbeats import ALIVE
from jobsearch.core.models import Heartbeat, ServiceFailure
from jobsearch.saved.models import AlertMail, ReminderMail
from jobsearch.search import engines, indexing
from jobsearch.search.models import IndexState, SetAside, ThreadFailure
from jobsearch.search.thread_failures import list_thread_failures
from jobsearch.vacancies.models import Moderation, Vacancy
from jobsearch.vacancies.visibility import expired_condition

from .row_counts import Counted, count_rows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Disk:
    """Space of the disk that fills: of the database's file, or of the index where the database is a server."""

    folder: Path
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Backup:
    """The newest file at BACKUP_PATH. `made` is None where there is none."""

    path: Path
    made: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The site's state at `now`. What cannot be known is None."""

    now: dt.datetime
    feed: feed_status.Status
    counts: Mapping[str, Counted]
    behind: int
    oldest_behind: dt.datetime | None
    broker: BrokerHealth
    engine: engines.Health
    index: IndexState | None
    threads: Sequence[ThreadFailure]
    heartbeats: Sequence[Heartbeat]
    """The newest of each process, also of those that have ended."""
    failures: Mapping[str, ServiceFailure]
    schedules: Sequence[PeriodicTask]
    disk: Disk | None
    backup: Backup | None
    alive: Mapping[str, Sequence[Heartbeat]] = field(default_factory=dict)
    """The running processes by role."""

    def last_seen(self, role: str) -> dt.datetime | None:
        """When a process of this role was last seen; None if never."""
        return max((one.seen for one in self.heartbeats if one.role == role), default=None)

    def failing_since(self, service: str) -> dt.datetime | None:
        """Since when a service of `core.failures` fails; None if it does not."""
        failure = self.failures.get(service)
        return failure.since if failure else None

    def count(self, name: str) -> int:
        return self.counts[name].number


def load_facts(now: dt.datetime | None = None) -> Facts:
    """Reads the facts from database, engine, broker and disk. Sends no request to the feed or the mail server."""
    now = now or timezone.now()
    feed = feed_status.status(now)
    heartbeats = list(Heartbeat.objects.order_by("role", "-seen")[:50])
    alive: dict[str, list[Heartbeat]] = {}
    for one in heartbeats:
        if now - one.seen < ALIVE:
            alive.setdefault(one.role, []).append(one)
    behind = indexing.count_behind(now)
    engine, broker = engines.engine_health(), get_broker_health()
    checked: dict[str, engines.Health | BrokerHealth] = {failures.ENGINE: engine, failures.BROKER: broker}
    return Facts(
        now=now,
        feed=feed,
        counts=_count(now),
        behind=behind,
        oldest_behind=indexing.get_oldest_behind(now) if behind else None,
        broker=broker,
        engine=engine,
        index=IndexState.objects.first(),
        threads=list_thread_failures(),
        heartbeats=heartbeats,
        failures=_update_failures(checked, now),
        schedules=list(
            PeriodicTask.objects.select_related("interval").exclude(task="celery.backend_cleanup").order_by("name")[:50]
        ),
        disk=measure_disk(),
        backup=find_backup(),
        alive=alive,
    )


def _count(now: dt.datetime) -> dict[str, Counted]:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    day = now - dt.timedelta(days=1)
    mails, reminders = AlertMail.objects.filter(created__gte=day), ReminderMail.objects.filter(created__gte=day)
    has_failed = ~Q(state__in=[AlertMail.State.SENT, AlertMail.State.SENDING])
    old = now - dt.timedelta(days=settings.RETENTION_DAYS)
    return count_rows(
        {
            "active": Vacancy.objects.active(now),
            "new_today": Vacancy.objects.filter(first_seen__gte=today),
            "closed": Vacancy.objects.filter(status=Vacancy.Status.INACTIVE),
            "due": (Vacancy.objects.filter(expired_condition(now)), "visible_until"),
            "old": Vacancy.objects.filter(closed_at__lt=old),
            "hidden": Moderation.objects.filter(hidden=True),
            "set_aside": (SetAside.objects.all(), "since"),
            "mails_sent": mails.filter(state=AlertMail.State.SENT),
            "mails_failed": mails.filter(has_failed),
            "reminders_sent": reminders.filter(state=AlertMail.State.SENT),
            "reminders_failed": reminders.filter(has_failed),
        }
    )


def _update_failures(checked: Mapping[str, engines.Health | BrokerHealth], now: dt.datetime) -> dict[str, ServiceFailure]:
    """The failures of services now. Stores when one that was checked began to fail, for later readers."""
    found = {one.name: one for one in ServiceFailure.objects.all()[:20]}
    try:
        for name, health in checked.items():
            if health.ok and name in found:
                failures.note_success(name)
                del found[name]
            elif not health.ok and name not in found:
                found[name] = failures.note_first_failure(name, health.detail, now)
    except DatabaseError as error:  # another process writes: the next reading stores it
        log.warning("A failure of a service could not be stored (%s).", type(error).__name__)
    return found


def measure_disk() -> Disk | None:
    """The disk's space; None where the folder cannot be read."""
    folder = Path(str(connection.settings_dict["NAME"])).parent if connection.vendor == "sqlite" else settings.BASE_DIR / "var"
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(folder, usage.free, usage.total)


def find_backup() -> Backup | None:
    """The newest backup at BACKUP_PATH, a file or a folder of files; None where the setting is empty."""
    path: Path | None = settings.BACKUP_PATH
    if path is None:
        return None
    try:
        files = [path] if path.is_file() else [one for one in path.iterdir() if one.is_file()]
        newest = max((one.stat().st_mtime for one in files), default=None)
    except OSError:
        return Backup(path, None)
    return Backup(path, dt.datetime.fromtimestamp(newest, dt.UTC) if newest is not None else None)
