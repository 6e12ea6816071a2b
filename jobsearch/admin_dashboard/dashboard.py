"""The control room's facts: what stands how, in a sentence, with the button that mends it. Reads; changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ingest import status as feed_status
from ingest.error_messages import named, told
from ingest.models import DetailTask, FeedState, Run
from jobsearch.search import api as search
from jobsearch.vacancies.models import Moderation, Vacancy
from jobsearch.vacancies.visibility import expired_condition

from . import error_counts, jobs, report_texts

SLOW_ERASURE = dt.timedelta(minutes=5)
"""NAV's terms: what a closed ad may not keep is gone by then."""
INDEX_BEHIND = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """Told by shape, word and tint, so that no one of them has to be seen."""

    key: str
    shape: str
    word: Any


OK = Verdict("ok", "●", _("I orden"))
WATCH = Verdict("watch", "▲", _("Følg med"))
BROKEN = Verdict("broken", "■", _("Feil"))
UNKNOWN = Verdict("unknown", "○", _("Ukjent"))
_WORST = (BROKEN, WATCH, UNKNOWN, OK)


@dataclass(slots=True)
class Tile:
    """`problems` are sentences; `works` the buttons; `links` lead to the lists, as (address, text)."""

    key: str
    title: Any
    verdict: Verdict
    sentence: str
    problems: list[str] = field(default_factory=list)
    numbers: list[tuple[Any, str]] = field(default_factory=list)
    works: list[jobs.Work] = field(default_factory=list)
    links: list[tuple[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A run as the front page shows it. `trouble`: why it may never end. `droppable`: it can be taken out of the queue."""

    run: Run
    name: str
    progress: report_texts.Progress | None
    summary: str
    trouble: str = ""
    droppable: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    verdict: Verdict
    sentence: str
    tiles: Sequence[Tile]
    running: Sequence[Row]
    latest: Sequence[Row]


def may_see(user: jobs.Person) -> bool:
    return bool(user.is_active and user.has_perm("ingest.view_run"))


def room(user: jobs.Person) -> Room:
    """All of it. The buttons are those that this person may press."""
    facts = feed_status.status()
    tiles = [_feed(facts), _details(facts), _record(), _index()]
    for tile in tiles:
        tile.works = [work for work in tile.works if jobs.may(user, work)]
    verdict = next(verdict for verdict in _WORST if any(tile.verdict is verdict for tile in tiles))
    bad = [tile for tile in tiles if tile.verdict in (BROKEN, WATCH)]
    if bad:
        sentence = ngettext("%(n)s ting trenger øynene dine.", "%(n)s ting trenger øynene dine.", len(bad)) % {"n": len(bad)}
    elif verdict is UNKNOWN:
        sentence = " ".join(tile.sentence for tile in tiles if tile.verdict is UNKNOWN)
    else:
        sentence = say("Alt går av seg selv.")
    running, latest = _runs()
    return Room(verdict, sentence, tiles, running, latest)


def _feed(facts: feed_status.Status) -> Tile:
    state = FeedState.objects.filter(id=1).first()
    about_details = _about_details(facts)
    problems = [problem for problem in facts.problems if problem not in about_details]
    verdict, sentence = OK, say("Vi følger strømmen, og er à jour.")
    if state and state.problem:
        verdict, sentence = BROKEN, say("Strømmen lar seg ikke lese nå.")
    elif state is None or facts.last_read is None:
        verdict, sentence = UNKNOWN, say("Strømmen er ikke lest ennå. Les den nå, eller vent til neste runde.")
        if state and timezone.now() - state.first_started > feed_status.late_after():
            verdict = BROKEN  # by now it should have been
    elif timezone.now() - facts.last_read > feed_status.late_after():
        verdict, sentence = BROKEN, say("Strømmen leses ikke. Sjekk at Celerys arbeider og beat går.")
    elif problems:
        verdict, sentence = WATCH, say("Strømmen leses, men noe er ikke som det skal.")
    elif facts.following:
        sentence = say("Strømmen leses akkurat nå.")
    tile = Tile("feed", _("Strømmen fra NAV"), verdict, sentence, works=_works("sync", "replay"))
    # The sentence already says that the feed was never read; the status says it too.
    tile.problems = [] if verdict is UNKNOWN else problems
    if state and state.token_problem and state.token_problem != state.problem:
        tile.problems.append(told(state.token_problem))
    tile.numbers = [
        (_("Nyeste linje"), ago(facts.newest_line)),
        (_("Etterslep"), report_texts.duration(facts.lag.total_seconds()) if facts.lag is not None else "–"),
        (_("Sist lest"), ago(facts.last_read)),
        (_("Siste kjøring"), _last_run(facts.last_run)),
        (_("Adresse"), state.origin if state else str(settings.NAV_FEED_URL)),
        (_("Tokenet utløper"), date_format(timezone.localtime(facts.token_expires), "j.n.Y H:i") if facts.token_expires else "–"),
        (_("Neste side"), state.page_id if state and state.page_id else "–"),
    ]
    tile.links = [(reverse("admin:ingest_feedstate_changelist"), _("Hele tilstanden"))]
    return tile


def _about_details(facts: feed_status.Status) -> list[str]:
    """Those of the status' sentences that are about the queue, known by how they begin: they stand on its own tile."""
    starts = [say("%(count)d annonser står i karantene.") % {"count": facts.quarantined}]
    starts.append(say("Annonser har ventet på detaljer siden %(time)s.").partition("%")[0])
    return [problem for problem in facts.problems if problem.startswith(tuple(starts))]


def _details(facts: feed_status.Status) -> Tile:
    verdict, sentence = OK, say("Ingen detaljer venter.")
    if facts.quarantined:
        verdict = WATCH
        sentence = ngettext(
            "%(n)s annonse står i karantene, fordi den ikke lar seg hente.",
            "%(n)s annonser står i karantene, fordi de ikke lar seg hente.",
            facts.quarantined,
        ) % {"n": report_texts.number(facts.quarantined)}
    elif facts.deferred:
        sentence = say("Noen detaljer prøves igjen etter en pause. Det går som regel over.")
    elif facts.waiting:
        sentence = say("Detaljer hentes fortløpende, de nyeste først.")
    quarantine = say("%(count)d annonser står i karantene.") % {"count": facts.quarantined}  # the sentence above says it
    problems = [problem for problem in _about_details(facts) if problem != quarantine]
    verdict = WATCH if problems else verdict
    tile = Tile("details", _("Detaljer som skal hentes"), verdict, sentence, problems)
    tile.numbers = [
        (_("Venter"), report_texts.number(facts.waiting)),
        (_("Utsatt"), report_texts.number(facts.deferred)),
        (_("I karantene"), report_texts.number(facts.quarantined)),
    ]
    if facts.deferred or facts.quarantined:
        tile.works = _works("retry")
        tile.numbers += [(f"– {named(reason)}", report_texts.number(count)) for reason, count in error_counts.reasons()[:5]]
    if facts.oldest_waiting:
        tile.numbers.append((_("Eldste i køen"), ago(facts.oldest_waiting)))
    address = reverse("admin:ingest_detailtask_changelist")
    tile.links = [(address, _("Hele køen"))]
    if facts.quarantined:
        tile.links.append((f"{address}?state__exact={DetailTask.State.QUARANTINED}", _("Karantenen")))
    return tile


def _record() -> Tile:
    now = timezone.now()
    active = Vacancy.objects.active(now).count()
    closed = Vacancy.objects.filter(status=Vacancy.Status.INACTIVE).count()
    due = Vacancy.objects.filter(expired_condition(now))
    to_erase = due.count()
    old = Vacancy.objects.filter(closed_at__lt=now - dt.timedelta(days=settings.RETENTION_DAYS)).count()
    verdict, sentence = OK, say("Databasen holder det den skal, og ikke mer.")
    problems = []
    if not active and not closed:
        verdict, sentence = UNKNOWN, say("Databasen er tom.")
    if due.filter(visible_until__lte=now - SLOW_ERASURE).exists():
        verdict, sentence = BROKEN, say("Utløpte annonser har ikke mistet kontaktene sine.")
        problems.append(say("De er ute av syne, men skal slettes innen fem minutter. Sjekk at Celerys arbeider og beat går."))
    tile = Tile("record", _("Annonsene"), verdict, sentence, problems)
    hidden = Moderation.objects.filter(hidden=True).count()
    tile.numbers = [
        (_("Aktive"), report_texts.number(active)),
        (_("Lukket, slettes etter %(days)s dager") % {"days": settings.RETENTION_DAYS}, report_texts.number(closed)),
        (_("Utløpt, skal slettes nå"), report_texts.number(to_erase)),
        (_("Lukket, klar til å glemmes"), report_texts.number(old)),
        (_("Skjult av oss"), report_texts.number(hidden)),
    ]
    tile.links = [
        (reverse("admin:vacancies_vacancy_changelist"), _("Alle annonser")),
        (reverse("admin:vacancies_moderation_changelist"), _("Skjulte")),
    ]
    return tile


def _index() -> Tile:
    tile = Tile("index", _("Søkeindeksen"), OK, say("Søket svarer, og indeksen er lik databasen."))
    tile.works = _works("rebuild", "truth", "truth-feed")
    behind, oldest, aside = search.count_behind(), search.get_oldest_behind(), search.SetAside.objects.count()
    tile.numbers = [(_("Rader indeksen ikke har"), report_texts.number(behind))]
    if oldest:
        tile.numbers.append((_("Eldste av dem"), ago(oldest)))
    if aside:
        tile.numbers.append((_("Satt til side"), report_texts.number(aside)))
        tile.links = [(reverse("admin:search_setaside_changelist"), _("Annonser satt til side"))]
    try:
        health = search.engine_health()
    except search.EngineDown as error:
        tile.verdict, tile.sentence, tile.problems = BROKEN, say("Søket svarer ikke."), [str(error)]
        return tile
    tile.numbers = [
        (_("Søkemotor"), health.version if health.name in health.version else f"{health.name} {health.version}".strip()),
        (_("Dokumenter"), report_texts.number(health.docs)),
        *tile.numbers,
    ]
    if not health.ok:
        tile.verdict, tile.sentence = BROKEN, say("Søket svarer ikke som det skal.")
        tile.problems = [health.detail] if health.detail else []
    elif oldest and timezone.now() - oldest > search.INDEX_LATE:
        tile.verdict, tile.sentence = BROKEN, say("Søket svarer, men indeksen tar ikke igjen databasen.")
        tile.problems = [say("En endring har ventet i mer enn ti minutter. Sjekk at Celerys arbeider går, og hva loggen sier.")]
    elif behind > INDEX_BEHIND:
        tile.verdict, tile.sentence = WATCH, say("Søket svarer, men indeksen ligger etter databasen.")
        tile.problems = [say("Den tar igjen av seg selv så lenge Celerys arbeider går.")]
    elif aside:
        tile.verdict = WATCH
        tile.sentence = ngettext(
            "%(n)s annonse er satt til side, fordi den ikke lar seg indeksere.",
            "%(n)s annonser er satt til side, fordi de ikke lar seg indeksere.",
            aside,
        ) % {"n": report_texts.number(aside)}
    elif behind:
        tile.sentence = say("Søket svarer. Noen få rader er på vei inn i indeksen.")
    for failure in search.list_thread_failures():
        tile.verdict = WATCH if tile.verdict is OK else tile.verdict
        told = say("En bakgrunnstråd mislykkes: %(name)s, %(error)s. Den prøver igjen av seg selv.")
        tile.problems.append(told % {"name": failure.name, "error": failure.error})
    return tile


def _runs() -> tuple[list[Row], list[Row]]:
    rows = Run.objects.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING]).order_by("-started")[:20]
    running = [_row(run) for run in rows]
    if any(row.run.state == Run.State.RUNNING and not row.trouble for row in running):
        # Something is at work, so what is queued waits for its turn and not for a worker that is not there.
        waiting = Run.State.QUEUED
        running = [replace(row, trouble="", droppable=False) if row.run.state == waiting else row for row in running]
    ended = Run.objects.filter(finished__isnull=False).order_by("-finished")[:8]
    return running, [_row(run) for run in ended]


def _row(run: Run) -> Row:
    trouble, droppable = "", False
    waited = timezone.now() - run.started
    if run.state == Run.State.QUEUED and waited > jobs.UNANSWERED:
        droppable = True
        trouble = say(
            "Ingen arbeider har tatt den på %(time)s. Start en med «celery --app jobsearch worker», "
            "eller hele nettstedet med «manage.py start»."
        ) % {"time": report_texts.duration(waited.total_seconds())}
    elif run.state == Run.State.RUNNING and jobs.is_silent(run):
        droppable = True
        trouble = say("Ingen livstegn: prosessen som gjorde dette, er trolig borte. Sett det i gang på nytt.")
    summary = report_texts.outcome(run)
    return Row(run, jobs.name_of(run), report_texts.progress(run), summary, trouble, droppable)


def _works(*keys: str) -> list[jobs.Work]:
    return [jobs.WORKS[key] for key in keys]


def _last_run(run: Run | None) -> str:
    return f"{ago(run.finished)}: {run.get_state_display().lower()}" if run else "–"


def ago(moment: dt.datetime | None) -> str:
    """How long ago, and when: "3 min 12 s siden (24.11. 08:15)"."""
    if moment is None:
        return "–"
    age = max(0.0, (timezone.now() - moment).total_seconds())
    when = date_format(timezone.localtime(moment), "j.n. H:i")
    return say("%(age)s siden (%(when)s)") % {"age": report_texts.duration(age), "when": when}
