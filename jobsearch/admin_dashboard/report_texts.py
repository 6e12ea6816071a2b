"""Runs' reports and progress in words: numbers that a person reads without knowing the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ingest.error_messages import told
from ingest.models import Run

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
    "problem": _("problem"),
}
_SUMMED_UP = ("new", "updated", "closed", "queued", "documents", "differences", "deferred", "quarantined")
PHASES: dict[str, Any] = {
    "pages": _("Leser strømmen"),
    "details": _("Henter detaljer"),
    "index": _("Skriver søkeindeksen"),
    "index compared": _("Sammenligner med indeksen"),
    "feed's pages": _("Leser hele strømmen på nytt"),
    "feed's details": _("Spør strømmen om hver aktive annonse"),
}


def summary(report: Mapping[str, Any]) -> str:
    """The few numbers that matter, zeros left out: "12 nye, 3 endret"."""
    found = [f"{number(report[key])} {LABELS[key]}" for key in _SUMMED_UP if report.get(key)]
    return ", ".join(found) or (say("ingenting nytt") if report else "–")


def outcome(run: Run) -> str:
    """How a run went: why it failed, or its numbers."""
    return told(run.error) if run.error else summary(run.report)


def rows(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every number with its name, for a table."""
    return [
        (str(LABELS.get(key, key)), told(value) if key == "problem" else _value(value))
        for key, value in report.items()
        if value not in ("", None)
    ]


def duration(seconds: float) -> str:
    seconds = max(0, round(seconds))
    if seconds < 60:
        return say("%(n)s s") % {"n": seconds}
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return say("%(m)s min %(s)s s") % {"m": minutes, "s": rest} if minutes < 10 else say("%(m)s min") % {"m": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return say("%(h)s t %(m)s min") % {"h": hours, "m": minutes}
    return ngettext("%(d)s døgn", "%(d)s døgn", hours // 24) % {"d": hours // 24}


def number(value: float) -> str:
    return number_format(value, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` (0: nobody knows) in words, and as numbers for a bar."""

    phase: str
    done: int
    total: int
    words: str


def progress(run: Run) -> Progress | None:
    """How far a run has come, in words; None where it has not said anything yet."""
    told = run.progress
    if not told:
        return None
    done, total, rate = (_natural(told.get(key)) for key in ("done", "total", "rate"))
    words = say("%(done)s av %(total)s") % {"done": number(done), "total": number(total)} if total else number(done)
    if rate:
        words += ", " + say("%(rate)s i sekundet") % {"rate": number(rate if rate < 10 else round(rate))}
    if rate and total > done:
        words += ", " + say("omtrent %(left)s igjen") % {"left": duration((total - done) / rate)}
    phase = str(told.get("phase", ""))
    return Progress(str(PHASES.get(phase, phase)), int(done), int(total), words)


def _natural(value: Any) -> float:
    return max(0, value) if isinstance(value, int | float) else 0


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return say("ja") if value else say("nei")
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value)
