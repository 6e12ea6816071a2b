"""Problems of the detail queue and of the stored ads."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ingest import status as feed_status
from ingest.error_messages import describe_code
from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.report_texts import format_number
from jobsearch.admin_dashboard.schedules import get_schedule
from jobsearch.admin_dashboard.time_formats import format_date_time

from .base import BROKEN, WATCH, Problem
from .feed import is_paused
from .processes import RESTART_WORKER

SLOW_ERASURE = dt.timedelta(minutes=5)
"""NAV's terms: contacts and texts of a closed ad are deleted within this time."""
QUARANTINE_NORMAL, QUARANTINE_LIMIT = 20, 50
"""Some ads in quarantine are normal. From the limit on, or one in a hundred ads, the feed's format has probably changed."""


def check_quarantine(facts: Facts) -> Problem | None:
    """The quarantine fills: many ads cannot be read."""
    number, limit = facts.feed.quarantined, max(QUARANTINE_LIMIT, facts.count("active") // 100)
    if number < QUARANTINE_NORMAL:
        return None
    reasons = "; ".join(f"{describe_code(code)}: {format_number(count)}" for code, count in facts.feed.errors[:3])
    return Problem(
        "quarantine",
        BROKEN if number >= limit else WATCH,
        ngettext(
            "%(n)s annonse står i karantene, fordi den ikke lar seg hente",
            "%(n)s annonser står i karantene, fordi de ikke lar seg hente",
            number,
        )
        % {"n": format_number(number)},
        effect=_("Disse annonsene mangler på siden, eller viser det de viste sist. Alt annet er som det skal."),
        cause=reasons or _("Ingen grunn er lagret."),
        cure=_("Er grunnen den samme for mange, har NAV trolig endret formatet. Prøv dem på nytt når det er rettet."),
        since=facts.feed.oldest_quarantined,
        action="retry",
        link=("admin:ingest_detailtask_changelist", _("Karantenen")),
    )


def check_waiting(facts: Facts) -> Problem | None:
    """Ads wait for their details for over an hour while no run fetches them."""
    oldest = facts.feed.oldest_waiting
    if oldest is None or facts.now - oldest <= feed_status.BEHIND or facts.feed.following or is_paused(facts):
        return None
    waiting = facts.feed.waiting
    return Problem(
        "details-waiting",
        WATCH,
        ngettext("%(n)s annonse venter på detaljer", "%(n)s annonser venter på detaljer", waiting)
        % {"n": format_number(waiting)},
        effect=_("Nye annonser vises ikke før detaljene er hentet, og endringer i gamle synes ikke ennå."),
        cause=_("Den eldste har ventet siden %(time)s, og ingen henter nå.") % {"time": format_date_time(oldest)},
        cure=_("Les strømmen nå. Er køen like lang etterpå, svarer NAV for sent."),
        since=oldest,
        action="sync",
        alarm=True,
    )


def check_erasure(facts: Facts) -> Problem | None:
    """Expired ads still have their contacts, later than the terms of the feed allow."""
    due = facts.counts["due"]
    if due.oldest is None or facts.now - due.oldest <= SLOW_ERASURE:
        return None
    return Problem(
        "not-erased",
        BROKEN,
        _("Utløpte annonser har ikke mistet kontaktene sine"),
        effect=_("Ingen: de er ute av syne. Men vilkårene sier at kontaktene skal slettes innen fem minutter."),
        cause=_("Oppgaven «%(task)s» har ikke gått siden %(time)s.")
        % {"task": get_schedule("jobsearch.vacancies.tasks.close_expired").label, "time": format_date_time(due.oldest)},
        cure=_("Sjekk at bakgrunnsprosessen (Celery) og beat kjører. Å lese strømmen nå sletter dem også."),
        since=due.oldest + SLOW_ERASURE,
        action="sync",
        commands=RESTART_WORKER,
    )
