"""Sections of the overview: the facts about feed, queue, ads, search, processes and machine, as labels and texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ingest.error_messages import describe_code
from ingest.models import DetailTask
from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.report_texts import format_duration, format_number
from jobsearch.admin_dashboard.schedules import get_schedule
from jobsearch.admin_dashboard.time_formats import UNKNOWN, format_age, format_moment, format_since
from jobsearch.core import counters
from jobsearch.core.models import Heartbeat, Job

from .charts import format_milliseconds, format_share


@dataclass(slots=True)
class Section:
    """Facts of one part of the site. `links` lead to lists, as (URL, text)."""

    key: str
    title: Any
    rows: list[tuple[Any, str]]
    links: list[tuple[str, Any]] = field(default_factory=list)


def build_sections(facts: Facts, last_hour: Mapping[str, float], last_day: Mapping[str, float]) -> list[Section]:
    """All sections. The sums are those of the counters in the last hour and the last 24 hours."""
    return [
        _describe_feed(facts, last_hour, last_day),
        _describe_queue(facts),
        _describe_ads(facts),
        _describe_search(facts, last_hour, last_day),
        _describe_processes(facts),
        _describe_machine(facts, last_day),
    ]


def format_mean(sums: Mapping[str, float], name: str) -> str:
    """Mean duration of what was counted."""
    return format_milliseconds(sums.get(f"{name}_seconds", 0) / sums[name]) if sums.get(name) else UNKNOWN


def format_errors(sums: Mapping[str, float], name: str, errors: str) -> str:
    """Share of errors with their number: "0,3 % (2 av 640)"."""
    if not sums.get(name):
        return UNKNOWN
    numbers = {"n": format_number(round(sums.get(errors, 0))), "total": format_number(round(sums[name]))}
    return f"{format_share(sums.get(errors, 0) / sums[name])} ({_('%(n)s av %(total)s') % numbers})"


def _describe_feed(facts: Facts, last_hour: Mapping[str, float], last_day: Mapping[str, float]) -> Section:
    feed, state = facts.feed, facts.feed.state
    kind = _("eget (NAV_FEED_TOKEN)") if settings.NAV_FEED_TOKEN else _("offentlig, fornyes av seg selv")
    expires = date_format(timezone.localtime(feed.token_expires), "j.n.Y H:i") if feed.token_expires else UNKNOWN
    rows = [
        (_("Nyeste linje"), format_age(feed.newest_line, facts.now)),
        (_("Etterslep"), format_duration(feed.lag.total_seconds()) if feed.lag is not None else UNKNOWN),
        (_("Sist lest"), format_age(feed.last_read, facts.now)),
        (_("Siste kjøring"), _describe_last_run(feed.last_run, facts.now)),
        (_("Svartid siste time"), format_mean(last_hour, counters.FEED_ANSWERS)),
        (_("Feil siste døgn"), format_errors(last_day, counters.FEED_ANSWERS, counters.FEED_ERRORS)),
        (_("Adresse"), state.origin if state else str(settings.NAV_FEED_URL)),
        (_("Tokenet er"), str(kind)),
        (_("Tokenet utløper"), expires),
        (_("Neste side"), state.page_id if state and state.page_id else UNKNOWN),
    ]
    links = [
        (reverse("admin:ingest_feedstate_changelist"), gettext_lazy("Hele tilstanden")),
        (reverse("admin:ingest_run_changelist"), gettext_lazy("Alle kjøringer")),
    ]
    return Section("feed", gettext_lazy("Strømmen fra NAV"), rows, links)


def _describe_queue(facts: Facts) -> Section:
    feed = facts.feed
    rows = [
        (_("Venter"), format_number(feed.waiting)),
        (_("Utsatt"), format_number(feed.deferred)),
        (_("I karantene"), format_number(feed.quarantined)),
        *((f"– {describe_code(code)}", format_number(count)) for code, count in feed.errors[:5]),
    ]
    if feed.oldest_waiting:
        rows.append((_("Eldste i køen"), format_age(feed.oldest_waiting, facts.now)))
    url = reverse("admin:ingest_detailtask_changelist")
    links = [(url, gettext_lazy("Hele køen"))]
    if feed.quarantined:
        links.append((f"{url}?state__exact={DetailTask.State.QUARANTINED}", gettext_lazy("Karantenen")))
    return Section("details", gettext_lazy("Detaljer som skal hentes"), rows, links)


def _describe_ads(facts: Facts) -> Section:
    closed = _("Lukket, slettes etter %(days)s dager") % {"days": settings.RETENTION_DAYS}
    rows = [
        (_("Aktive"), format_number(facts.count("active"))),
        (_("Nye i dag"), format_number(facts.count("new_today"))),
        (closed, format_number(facts.count("closed"))),
        (_("Utløpt, skal slettes nå"), format_number(facts.count("due"))),
        (_("Slettes permanent nå"), format_number(facts.count("old"))),
        (_("Skjult av oss"), format_number(facts.count("hidden"))),
    ]
    links = [
        (reverse("admin:vacancies_vacancy_changelist"), gettext_lazy("Alle annonser")),
        (reverse("admin:vacancies_moderation_changelist"), gettext_lazy("Skjulte")),
    ]
    return Section("ads", gettext_lazy("Annonsene"), rows, links)


def _describe_search(facts: Facts, last_hour: Mapping[str, float], last_day: Mapping[str, float]) -> Section:
    engine, index = facts.engine, facts.index
    name = engine.version if engine.name in engine.version else f"{engine.name} {engine.version}".strip()
    rows = [
        (_("Søkemotor"), name or UNKNOWN),
        (_("Dokumenter"), format_number(engine.docs) if engine.ok else UNKNOWN),
        (_("Venter på indeksering"), format_number(facts.behind)),
        (_("Satt til side"), format_number(facts.count("set_aside"))),
        (_("Skjema"), index.fingerprint[:12] if index else UNKNOWN),
        (_("Bygget"), format_moment(index.built, facts.now) if index else UNKNOWN),
        (_("Søketid siste time"), format_mean(last_hour, counters.SEARCHES)),
        (_("Søk siste døgn"), format_number(round(last_day.get(counters.SEARCHES, 0)))),
    ]
    if facts.oldest_behind:
        rows.insert(3, (_("Eldste av dem"), format_age(facts.oldest_behind, facts.now)))
    links = (
        [(reverse("admin:search_setaside_changelist"), gettext_lazy("Annonser satt til side"))]
        if facts.count("set_aside")
        else []
    )
    return Section("index", gettext_lazy("Søkeindeksen"), rows, links)


def _describe_processes(facts: Facts) -> Section:
    workers, beats = facts.alive.get(Heartbeat.Role.WORKER, ()), facts.alive.get(Heartbeat.Role.BEAT, ())
    rows: list[tuple[Any, str]] = [
        (_("Oppgavekø"), _("tar imot oppgaver") if facts.broker.ok else _("tar ikke imot oppgaver")),
        (_("Arbeidere"), format_number(len(workers)) if workers else _describe_gone(facts, Heartbeat.Role.WORKER)),
        *((f"– {_('siden')} {format_moment(one.started, facts.now)}", ", ".join(one.queues)) for one in workers[:10]),
        (_("Tidsplan (beat)"), _("i gang") if beats else _describe_gone(facts, Heartbeat.Role.BEAT)),
    ]
    on = [one for one in facts.schedules if one.enabled]
    rows.append((_("Faste oppgaver"), _("%(n)s av %(total)s på") % {"n": len(on), "total": len(facts.schedules)}))
    # The list of schedules has all of them; here those that need a look.
    rows += [(f"– {get_schedule(one.task).label or one.name}", _("slått av")) for one in facts.schedules if not one.enabled]
    links = [(reverse("admin:django_celery_beat_periodictask_changelist"), gettext_lazy("Tidsplanen"))]
    return Section("processes", gettext_lazy("Bakgrunnsprosesser"), rows, links)


def _describe_gone(facts: Facts, role: str) -> str:
    seen = facts.last_seen(role)
    return _("ingen, sist sett %(time)s") % {"time": format_since(seen, facts.now)} if seen else UNKNOWN


def _describe_machine(facts: Facts, last_day: Mapping[str, float]) -> Section:
    disk, backup = facts.disk, facts.backup
    free = UNKNOWN
    if disk:
        free = _("%(free)s av %(total)s") % {"free": filesizeformat(disk.free), "total": filesizeformat(disk.total)}
    made = format_age(backup.made, facts.now) if backup else _("– (BACKUP_PATH er ikke satt)")
    rows = [
        (_("Ledig disk"), free),
        (_("Siste sikkerhetskopi"), made),
        (_("E-poster sendt siste døgn"), format_number(facts.count("mails_sent") + facts.count("reminders_sent"))),
        (_("E-poster som mislyktes"), format_number(facts.count("mails_failed") + facts.count("reminders_failed"))),
        (_("Forespørsler siste døgn"), format_number(round(last_day.get(counters.REQUESTS, 0)))),
        (_("Svartid siste døgn"), format_mean(last_day, counters.REQUESTS)),
        (_("Feil siste døgn"), format_errors(last_day, counters.REQUESTS, counters.REQUEST_ERRORS)),
    ]
    links = [
        (reverse("admin:saved_alertmail_changelist"), gettext_lazy("Varsler på e-post")),
        (reverse("admin:saved_remindermail_changelist"), gettext_lazy("Påminnelser om frister")),
    ]
    return Section("machine", gettext_lazy("Maskin og e-post"), rows, links)


def _describe_last_run(job: Job | None, now: dt.datetime) -> str:
    return f"{format_age(job.finished, now)}: {job.get_state_display().lower()}" if job else UNKNOWN
