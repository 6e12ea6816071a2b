"""Texts of jobs for the admin: results and progress as sentences, numbers and durations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ingest.error_messages import describe_error
from jobsearch.core.models import Job

_DATE = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
LABELS: dict[str, Any] = {
    "pages": _("sider"),
    "lines": _("linjer"),
    "new": _("nye"),
    "updated": _("endret"),
    "unchanged": _("uendret"),
    "closed": _("lukket"),
    "deferred": _("utsatt"),
    "quarantined": _("i karantene"),
    "waiting": _("venter"),
    "expired": _("utløpt"),
    "gone": _("borte da vi spurte"),
    "superseded": _("overtatt av nyere"),
    "rejected_lines": _("uleselige linjer"),
    "queued": _("lagt i kø"),
    "masked": _("fikk tittelen fjernet"),
    "seconds": _("sekunder"),
    "at_tip": _("ved slutten av strømmen"),
    "written": _("skrevet"),
    "documents": _("dokumenter"),
    "differences": _("forskjeller"),
    "checked": _("kontrollert"),
    "with_feed": _("også med strømmen"),
    "found": _("funn"),
    "mended": _("rettet"),
    "left": _("gjenstår"),
    "discarded": _("forkastet"),
    "until": _("til"),
    "resumed": _("pausen er slutt"),
    "forgotten": _("glemt"),
    "tombstones": _("id-er slettet"),
    "unindexed": _("tatt ut av indeksen"),
    "erased": _("annonser endret"),
    "sent": _("sendt"),
    "runs": _("gamle kjøringer slettet"),
    "admin_log": _("gamle rader i loggen slettet"),
    "thread_failures": _("gamle feil slettet"),
    "lines_seen": _("gamle linjer slettet"),
    "purges": _("gamle slettinger glemt"),
    "search_usage": _("gamle søketall slettet"),
    "problem": _("problem"),
}
_SINGULAR = {"new": _("ny"), "documents": _("dokument"), "differences": _("forskjell")}
"""Of those labels whose form differs for one."""
_IN_SUMMARY = (
    *("new", "updated", "closed", "queued", "documents", "differences", "mended", "left", "discarded", "forgotten", "erased"),
    *("sent", "deferred", "quarantined"),
)
_ARGUMENTS: dict[str, Any] = {
    "since": _("fra og med"),
    "uuid": _("annonse"),
    "hours": _("timer"),
}
PHASES: dict[str, Any] = {
    "pages": _("Leser strømmen"),
    "details": _("Henter detaljer"),
    "index": _("Skriver søkeindeksen"),
    "purge": _("Sletter"),
    "erase": _("Går gjennom annonsene"),
    "index compared": _("Sammenligner med indeksen"),
    "feed's pages": _("Leser hele strømmen på nytt"),
    "feed's details": _("Spør strømmen om hver aktive annonse"),
}


def summarise_result(result: Mapping[str, Any]) -> str:
    """The few important numbers, zeros left out: "12 nye, 3 endret"."""
    found = [
        f"{format_number(result[key])} {_SINGULAR.get(key, LABELS[key]) if result[key] == 1 else LABELS[key]}"
        for key in _IN_SUMMARY
        if result.get(key)
    ]
    return ", ".join(found) or (gettext("ingenting nytt") if result else "–")


def describe_outcome(job: Job) -> str:
    """How a job ended: its error, or its numbers."""
    return describe_error(job.error_code, job.error_detail) or summarise_result(job.result)


def list_result(job: Job) -> list[tuple[str, str]]:
    """A job's result with labels, for a table. Zeros only of the numbers that matter: nearly all others are zero."""
    rows = [
        (str(LABELS.get(key, key)), _format(value))
        for key, value in job.result.items()
        if value not in ("", None) and (value != 0 or key in _IN_SUMMARY or isinstance(value, bool))
    ]
    if rows and job.error_code:
        rows.append((str(LABELS["problem"]), describe_error(job.error_code, job.error_detail)))
    return rows


def list_arguments(job: Job) -> list[tuple[str, str]]:
    """What the person who started the job chose, with labels, for a table."""
    return [(str(_ARGUMENTS[key]), _format(value)) for key, value in job.arguments.items() if key in _ARGUMENTS]


def format_duration(seconds: float) -> str:
    """A duration with fewer units the longer it is: "48 s", "3 min 12 s", "3 min", "12 min", "2 t 5 min", "2 t", "3 døgn"."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return gettext("%(n)s s") % {"n": seconds}
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        if rest and minutes < 10:
            return gettext("%(m)s min %(s)s s") % {"m": minutes, "s": rest}
        return gettext("%(m)s min") % {"m": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 48 and not minutes:
        return gettext("%(h)s t") % {"h": hours}
    if hours < 48:
        return gettext("%(h)s t %(m)s min") % {"h": hours, "m": minutes}
    return ngettext("%(d)s døgn", "%(d)s døgn", hours // 24) % {"d": hours // 24}


def format_number(value: float) -> str:
    """A number with its digits grouped as in the reader's language."""
    return number_format(value, force_grouping=True)


@dataclass(frozen=True, slots=True)
class ProgressText:
    """`done` of `total` (0: unknown) as text, and as numbers for a progress bar."""

    phase: str
    done: int
    total: int
    text: str


def describe_progress(job: Job) -> ProgressText | None:
    """A running job's progress; None where it has recorded none yet."""
    if "phase" not in job.progress:
        return None
    done, total, rate = (_non_negative(job.progress.get(key)) for key in ("done", "total", "rate"))
    text = format_number(done)
    if total:
        text = gettext("%(done)s av %(total)s") % {"done": format_number(done), "total": format_number(total)}
    if rate:
        text += ", " + gettext("%(rate)s i sekundet") % {"rate": format_number(rate if rate < 10 else round(rate))}
    if rate and total > done:
        text += ", " + gettext("omtrent %(left)s igjen") % {"left": format_duration((total - done) / rate)}
    phase = str(job.progress.get("phase", ""))
    return ProgressText(str(PHASES.get(phase, phase)), int(done), int(total), text)


def _non_negative(value: Any) -> float:
    return max(0, value) if isinstance(value, int | float) else 0


def _format(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nei")
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return _format_if_date(str(value))


def _format_if_date(text: str) -> str:
    """A stored day or moment in the reader's format and time zone; any other text as it is."""
    if not _DATE.match(text):
        return text
    try:
        moment = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        return text
    if isinstance(moment, dt.datetime):
        return date_format(timezone.localtime(moment), "j. F Y H:i") if timezone.is_aware(moment) else text
    return date_format(moment, "j. F Y") if moment else text
