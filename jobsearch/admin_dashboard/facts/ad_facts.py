"""Facts about one ad for its page in the admin: why it is or is not shown, its place in the index, and its history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from ingest.error_messages import describe_error
from ingest.models import DetailTask, SeenLine
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.models import SetAside
from jobsearch.vacancies import html
from jobsearch.vacancies.deletion_models import Purge
from jobsearch.vacancies.models import Contact, Moderation, Vacancy
from jobsearch.vacancies.redaction import Redactor

NAV_AD = "https://arbeidsplassen.nav.no/stillinger/stilling/"
_EVENTS = 100
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition of being shown, or a fact about the index. `holds` is None where it cannot be known."""

    holds: bool | None
    text: str

    @property
    def symbol(self) -> str:
        return {True: "✓", False: "✗", None: "–"}[self.holds]


@dataclass(frozen=True, slots=True)
class Event:
    """An event in an ad's history."""

    time: dt.datetime
    text: str


def explain_visibility(vacancy: Vacancy, hidden: bool, now: dt.datetime | None = None) -> list[Reason]:
    """The conditions of being shown on the site, each with whether it holds."""
    now = now or timezone.now()
    active = vacancy.status == Vacancy.Status.ACTIVE
    reasons = [
        Reason(True, gettext("Strømmen sier at annonsen er aktiv."))
        if active
        else Reason(False, gettext("Annonsen er lukket: %(why)s.") % {"why": vacancy.get_closed_reason_display() or "–"}),
        Reason(
            vacancy.visible_until > now,
            gettext("Siste dag er %(day)s.") % {"day": date_format(timezone.localtime(vacancy.expires), "j. F Y")},
        ),
    ]
    if hidden:
        row = Moderation.objects.filter(uuid=vacancy.uuid).first()
        note = f" {row.note}" if row and row.note else ""
        reasons.append(Reason(False, gettext("En administrator har skjult annonsen.") + note))
    else:
        reasons.append(Reason(True, gettext("Ingen administrator har skjult annonsen.")))
    if task := DetailTask.objects.filter(uuid=vacancy.uuid).first():
        error = describe_error(task.error_code, task.error_detail)
        text = gettext("Detaljene skal hentes på nytt (%(state)s).") % {"state": task.get_state_display().lower()}
        reasons.append(Reason(None, f"{text} {error}".strip()))
    return reasons


def explain_index(vacancy: Vacancy, hidden: bool, now: dt.datetime | None = None) -> list[Reason]:
    """What the live index holds of the ad, and what the database expects it to hold."""
    now = now or timezone.now()
    shown = vacancy.status == Vacancy.Status.ACTIVE and vacancy.visible_until > now and not hidden
    found = []
    if aside := SetAside.objects.filter(uuid=vacancy.uuid).first():
        found.append(Reason(False, gettext("Annonsen er satt til side: %(why)s.") % {"why": aside.reason}))
    try:
        document = indexing.find_document(vacancy.uuid)
    except (search.EngineDown, indexing.IndexMissing) as error:
        return [*found, Reason(None, gettext("Søkemotoren svarer ikke: %(error)s") % {"error": error})]
    if document is None:
        text = gettext("Annonsen er ikke i indeksen.")
        return [*found, Reason(False if shown or vacancy.version > vacancy.indexed_version else None, text)]
    same = document.version == vacancy.version
    versions = {"index": document.version, "database": vacancy.version}
    if same:
        found.append(Reason(True, gettext("Indeksen har samme versjon som databasen: %(index)s.") % versions))
    else:
        found.append(Reason(False, gettext("Indeksen har versjon %(index)s, databasen %(database)s.") % versions))
    in_results = document.visible_until > now.timestamp()
    text = gettext("Søket viser annonsen.") if in_results else gettext("Søket viser ikke annonsen.")
    found.append(Reason(in_results == shown, text))
    return found


def list_history(vacancy: Vacancy) -> list[Event]:
    """What happened to the ad, the newest first: lines of the feed, writes, deletions and decisions of administrators."""
    events = [*_list_own(vacancy), *_list_lines(vacancy.uuid), *_list_purges(vacancy.uuid), *_list_decisions(vacancy.uuid)]
    return sorted(events, key=lambda event: event.time, reverse=True)[:_EVENTS]


def _list_own(vacancy: Vacancy) -> Iterator[Event]:
    yield Event(vacancy.first_seen, gettext("Lagret første gang"))
    if vacancy.changed != vacancy.first_seen:
        yield Event(vacancy.changed, gettext("Sist endret hos oss: versjon %(version)s") % {"version": vacancy.version})
    if vacancy.checked not in (vacancy.changed, vacancy.first_seen):
        yield Event(vacancy.checked, gettext("Detaljene ble hentet, og var uendret"))


def _list_lines(uuid: UUID) -> Iterator[Event]:
    texts = {
        DetailTask.Says.ACTIVE: gettext("Linje i strømmen: aktiv"),
        DetailTask.Says.INACTIVE: gettext("Linje i strømmen: ikke aktiv"),
        DetailTask.Says.MASKED: gettext("Linje i strømmen: ikke aktiv, tittel og arbeidsgiver trukket tilbake"),
    }
    for line in SeenLine.objects.filter(uuid=uuid).order_by("-read_at")[:_EVENTS]:
        delay = gettext("lest %(time)s") % {"time": date_format(timezone.localtime(line.read_at), "j.n.Y H:i:s")}
        yield Event(line.line_time or line.read_at, f"{texts.get(DetailTask.Says(line.status), line.status)} ({delay})")


def _list_purges(uuid: UUID) -> Iterator[Event]:
    for purge in Purge.objects.filter(uuid=uuid).order_by("-moment")[:_EVENTS]:
        reason = f" ({Vacancy.Closed(purge.reason).label})" if purge.reason in Vacancy.Closed else ""
        yield Event(purge.moment, gettext("Slettet. %(what)s") % {"what": purge.get_kind_display()} + reason)


def _list_decisions(uuid: UUID) -> Iterator[Event]:
    entries = LogEntry.objects.filter(object_id=str(uuid)).select_related("user").order_by("-action_time")
    for entry in entries[:_EVENTS]:
        yield Event(entry.action_time, f"{entry.user.get_username()}: {entry.get_change_message()}")


def mask_contact(contact: Contact) -> str:
    """A masked contact, for people without the permission to see it: "K••• N•••, k•••@firma.no, •• •• 44 55"."""
    parts = []
    if contact.name:
        parts.append(_WORD.sub(lambda word: f"{word[0][0]}•••", contact.name[:80]))
    if contact.phone:
        digits = [sign for sign in contact.phone if sign.isdecimal()]
        parts.append("•••••" + "".join(digits[-2:]))
    if contact.email:
        local, _, host = contact.email[:200].partition("@")
        parts.append(f"{local[:1]}•••@{host}" if host else f"{local[:1]}•••")
    return ", ".join(parts) or "•••"


def redact_description(vacancy: Vacancy) -> str:
    """The ad's text without its contacts."""
    redactor = Redactor(vacancy.contacts.all(), vacancy.employer_name)
    return redactor.redact_text(html.extract_text(vacancy.description), keep=redactor.redact_title(vacancy.title))
