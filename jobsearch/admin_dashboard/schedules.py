"""Schedules: what each task of Celery beat does, and how often it may run at least and at most.

The limits are what the site promises: contacts of an ended ad are deleted within minutes, so the tasks that do it can be
neither stopped nor made rare; and NAV's feed is not to be asked every second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a task does, in words, and its limits in seconds. `may_stop`: the site keeps its promises without it."""

    label: Any
    explanation: Any
    least: int
    most: int
    may_stop: bool = False


SCHEDULES: Mapping[str, Schedule] = {
    "ingest.tasks.follow_feed": Schedule(
        _("Les strømmen"), _("Henter nye, endrede og avsluttede annonser fra NAV."), 30, HOUR, may_stop=False
    ),
    "ingest.tasks.replay_overlap": Schedule(
        _("Gå gjennom de siste dagene på nytt"), _("Finner linjer som kom sent til strømmen."), HOUR, 2 * DAY, may_stop=True
    ),
    "ingest.tasks.recheck_active": Schedule(
        _("Kontroller aktive annonser"),
        _("Spør NAV om en del av annonsene, så alle er sett på i løpet av to døgn."),
        300,
        2 * HOUR,
    ),
    "jobsearch.search.tasks.index_changes": Schedule(
        _("Oppdater søkeindeksen"), _("Skriver endrede annonser til søket."), 1, 5 * MINUTE
    ),
    "jobsearch.search.tasks.remove_ended": Schedule(
        _("Ta avsluttede annonser ut av søket"), _("Også når indekseringen ligger etter."), 1, 2 * MINUTE
    ),
    "jobsearch.vacancies.tasks.close_expired": Schedule(
        _("Lukk annonser med utløpt siste dag"),
        _("Sletter kontaktpersoner, tekst og lenker. NAVs vilkår krever det."),
        10,
        5 * MINUTE,
    ),
    "jobsearch.vacancies.tasks.forget_old": Schedule(
        _("Glem gamle annonser"), _("Sletter det som er igjen av en annonse når lagringstiden er ute."), 10 * MINUTE, DAY
    ),
    "jobsearch.vacancies.tasks.prepare_stored_ads": Schedule(
        _("Klargjør annonser etter en oppgradering"), _("Gjør ingenting når alle er klare."), 5, HOUR, may_stop=True
    ),
    "jobsearch.web.tasks.forget_login_attempts": Schedule(
        _("Glem mislykkede innlogginger"), _("Sletter adressene i dem."), 10 * MINUTE, DAY
    ),
    "jobsearch.admin_dashboard.tasks.delete_old_rows": Schedule(
        _("Slett gamle rader"), _("Økter, kjøringer og logger som ellers ville vokst for alltid."), 10 * MINUTE, DAY
    ),
    "jobsearch.admin_dashboard.tasks.watch": Schedule(
        _("Se etter feil"), _("Måler tilstanden, og varsler administratorene når noe er galt."), 30, 10 * MINUTE
    ),
    "jobsearch.statistics.tasks.count_market": Schedule(
        _("Tell opp stillingsmarkedet"),
        _("Nye, aktive og lukkede annonser for hver dag, uten personopplysninger."),
        300,
        DAY,
        may_stop=True,
    ),
    "jobsearch.web.tasks.send_alerts": Schedule(
        _("Send varsler"), _("Sammenligner nye annonser med varslene, og sender e-post."), MINUTE // 2, HOUR, may_stop=True
    ),
}
OTHER = Schedule("", "", 5, 7 * DAY, may_stop=True)
"""Limits of a task that is not listed above."""


def get_schedule(task: str) -> Schedule:
    """The schedule of a task, by its dotted path."""
    return SCHEDULES.get(task, OTHER)


def get_default(task: str) -> int | None:
    """The interval of the settings in seconds, which is allowed even outside the limits (the demo reads its feed more often)."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"] == task:
            return int(str(entry["schedule"]))
    return None


def is_allowed(task: str, seconds: int) -> bool:
    """Whether a task may run this often."""
    schedule = get_schedule(task)
    return schedule.least <= seconds <= schedule.most or seconds == get_default(task)
