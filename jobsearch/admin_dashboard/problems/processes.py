"""Problems of the background processes: Celery's workers, and beat, which sends them their tasks."""

from __future__ import annotations

import shlex

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.schedules import get_schedule
from jobsearch.admin_dashboard.time_formats import format_date_time
from jobsearch.core import failures
from jobsearch.core.models import Heartbeat

from .base import BROKEN, WATCH, Problem

RESTART_WORKER = (
    "systemctl restart utlyst-worker.service",
    "docker compose restart worker",
    ".venv/bin/celery --app jobsearch worker",
)
RESTART_BEAT = ("systemctl restart utlyst-beat.service", "docker compose restart beat", ".venv/bin/celery --app jobsearch beat")


def has_stopped_tasks(facts: Facts) -> bool:
    """Whether tasks cannot run, which late reading and indexing follow from.

    The broker is down, no process serves a queue, or a worker or beat was seen before and none runs now.
    """
    is_dead = any(facts.last_seen(role) and not facts.alive.get(role) for role in Heartbeat.Role)
    return is_dead or not facts.broker.ok or bool(find_unserved(facts))


def check_broker(facts: Facts) -> Problem | None:
    """The broker, which holds the queues of tasks, is down or refuses new ones."""
    broker = facts.broker
    if broker.ok:
        return None
    folder = broker.name.partition("filesystem://")[2]
    cure = _("Sjekk at Redis svarer, har ledig minne (maxmemory) og får skrive til disken. Arbeid tas opp igjen av seg selv.")
    commands: tuple[str, ...] = ("systemctl status redis-server.service", "docker compose logs --tail 50 redis")
    if folder:
        cure = _("Sjekk at mappen finnes, at brukeren som kjører nettstedet, eier den, og at disken har plass.")
        commands = (f"ls -ld {shlex.quote(folder)}", f"df -h {shlex.quote(folder)}", "systemctl restart utlyst.target")
    return Problem(
        "broker-down",
        BROKEN,
        _("Oppgavekøen tar ikke imot oppgaver"),
        effect=_("Ingenting settes i gang: strømmen leses ikke, endringer når ikke søket, og ingen varsler sendes."),
        cause=_("%(name)s i CELERY_BROKER_URL svarer ikke, eller lar seg ikke skrive til.") % {"name": broker.name},
        error=broker.detail,
        cure=cure,
        since=facts.failing_since(failures.BROKER),
        commands=commands,
    )


def check_worker(facts: Facts) -> Problem | None:
    """No worker runs, and one has run before."""
    seen = facts.last_seen(Heartbeat.Role.WORKER)
    if seen is None or facts.alive.get(Heartbeat.Role.WORKER):
        return None
    return Problem(
        "worker-dead",
        BROKEN,
        _("Ingen bakgrunnsprosess (Celery) kjører"),
        effect=_("Nye annonser kommer ikke inn, endringer når ikke søket, og ingen varsler sendes. Siden svarer som før."),
        cause=_("Den siste arbeideren ga livstegn %(time)s. Den er stoppet, eller kommer ikke til databasen.")
        % {"time": format_date_time(seen)},
        cure=_("Start arbeideren igjen, med den kommandoen som passer oppsettet. Loggen sier hvorfor den stoppet."),
        since=seen,
        commands=RESTART_WORKER,
    )


def find_unserved(facts: Facts) -> list[str]:
    """Queues that no running worker serves; none while no worker runs at all."""
    workers = facts.alive.get(Heartbeat.Role.WORKER)
    if not workers:
        return []
    served = {queue for one in workers for queue in one.queues}
    return [queue.name for queue in settings.CELERY_TASK_QUEUES if queue.name not in served]


def check_queues(facts: Facts) -> Problem | None:
    """Workers run, but none serves one of the queues."""
    unserved = find_unserved(facts)
    if not unserved:
        return None
    names = ", ".join(unserved)
    return Problem(
        "queue-unserved",
        BROKEN,
        _("Ingen bakgrunnsprosess tar oppgavene i køen %(names)s") % {"names": names},
        effect=_("Oppgavene i køen blir ikke gjort. Er det «feed», kommer ingen nye annonser; er det «alerts», ingen varsler."),
        cause=_("Arbeideren for køen er stoppet, eller startet uten den i --queues."),
        cure=_("Start en arbeider for køen."),
        commands=(f".venv/bin/celery --app jobsearch worker --queues {','.join(unserved)}",),
    )


def check_beat(facts: Facts) -> Problem | None:
    """Beat does not run, and has run before."""
    seen = facts.last_seen(Heartbeat.Role.BEAT)
    if seen is None or facts.alive.get(Heartbeat.Role.BEAT):
        return None
    return Problem(
        "beat-dead",
        BROKEN,
        _("Tidsplanen (Celery beat) går ikke"),
        effect=_("Ingenting settes i gang av seg selv: strømmen leses ikke, endringer når ikke søket, og ingen varsler sendes."),
        cause=_("Beat ga siste livstegn %(time)s. Den er stoppet, eller kommer ikke til databasen.")
        % {"time": format_date_time(seen)},
        cure=_("Start beat igjen. Det skal gå nøyaktig én for hele nettstedet."),
        since=seen,
        commands=RESTART_BEAT,
    )


def check_schedule(facts: Facts) -> Problem | None:
    """A task of the settings' schedule is switched off in the database."""
    disabled = [
        str(get_schedule(one.task).label or one.name)
        for one in facts.schedules
        if not one.enabled and one.name in settings.CELERY_BEAT_SCHEDULE
    ]
    if not disabled:
        return None
    return Problem(
        "schedule-off",
        WATCH,
        ngettext("%(n)s fast oppgave er slått av", "%(n)s faste oppgaver er slått av", len(disabled)) % {"n": len(disabled)},
        effect=_("Det oppgaven gjør, blir ikke gjort før den slås på igjen."),
        cause=", ".join(disabled),
        cure=_("Slå den på igjen i tidsplanen, om det ikke var meningen."),
        link=("admin:django_celery_beat_periodictask_changelist", _("Tidsplanen")),
    )
