"""Problems of the search: engine, index, quarantined ads, background threads."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.report_texts import format_number
from jobsearch.admin_dashboard.time_formats import format_date_time
from jobsearch.core import failures
from jobsearch.search import indexing

from .base import BROKEN, WATCH, Problem
from .processes import RESTART_WORKER, has_stopped_tasks

INDEX_BEHIND = 500


def check_engine(facts: Facts) -> Problem | None:
    """The search engine does not answer, or its index is missing. An empty database has no index yet."""
    if facts.engine.ok or not (facts.index or facts.count("active")):
        return None
    embedded = settings.SEARCH_URL.startswith("embedded:")
    commands: tuple[str, ...] = (".venv/bin/python manage.py rebuild_index",)
    cause = _("Søkeindeksen i SEARCH_URL mangler, eller kan ikke leses.")
    cure = _("Mangler indeksen, bygges den på nytt fra databasen. Det tar fra sekunder til minutter.")
    if not embedded:
        cause = _("OpenSearch på adressen i SEARCH_URL svarer ikke, eller indeksen mangler der.")
        cure = _("Start OpenSearch igjen, og les loggen. Når den svarer, tar indeksen igjen databasen av seg selv.")
        commands = ("docker compose restart opensearch", "docker compose logs --tail 50 opensearch")
    return Problem(
        "engine-down",
        BROKEN,
        _("Søket svarer ikke"),
        effect=_("Søk gir en side som sier at søket er nede. Annonser, lagrede søk og innlogging virker."),
        cause=cause,
        error=facts.engine.detail,
        cure=cure,
        since=facts.failing_since(failures.ENGINE),
        action="rebuild" if embedded else "",
        commands=commands,
    )


def check_behind(facts: Facts) -> Problem | None:
    """Changes wait to be indexed for too long. Follows from an engine that is down, and from a worker that is dead."""
    late = facts.oldest_behind and facts.now - facts.oldest_behind > indexing.INDEX_LATE
    if not facts.engine.ok or has_stopped_tasks(facts) or not (late or facts.behind > INDEX_BEHIND):
        return None
    number = {"n": format_number(facts.behind)}
    title = ngettext("%(n)s endring har ikke nådd søket", "%(n)s endringer har ikke nådd søket", facts.behind) % number
    effect = _("Nye og endrede annonser finnes ikke i søket ennå. Stoppede annonser vises aldri, for det passer databasen på.")
    if not late:
        return Problem(
            "index-behind",
            WATCH,
            title,
            effect=effect,
            cause=_("Mange endringer kom på en gang."),
            cure=_("Indeksen tar igjen databasen av seg selv, så lenge en bakgrunnsprosess (Celery) kjører."),
            since=facts.oldest_behind,
        )
    return Problem(
        "index-behind",
        BROKEN,
        title,
        effect=effect,
        cause=_("Den eldste har ventet siden %(time)s. Indekseringen går ikke, eller stanser ved en feil.")
        % {"time": format_date_time(facts.oldest_behind)},
        cure=_("Sjekk loggen til bakgrunnsprosessen, og start den på nytt. Bygg indeksen på nytt om det ikke hjelper."),
        since=facts.oldest_behind,
        action="rebuild",
        commands=(*RESTART_WORKER[:2], ".venv/bin/python manage.py rebuild_index"),
    )


def check_set_aside(facts: Facts) -> Problem | None:
    """Ads that cannot be indexed."""
    aside = facts.counts["set_aside"]
    if not aside.number:
        return None
    return Problem(
        "set-aside",
        WATCH,
        ngettext(
            "%(n)s annonse er satt til side, fordi den ikke lar seg indeksere",
            "%(n)s annonser er satt til side, fordi de ikke lar seg indeksere",
            aside.number,
        )
        % {"n": format_number(aside.number)},
        effect=_("De vises på sine egne sider, men finnes ikke i søket."),
        cause=_("Analysen av teksten tok for lang tid eller feilet, eller søkemotoren avviste dokumentet."),
        cure=_("Grunnen står ved hver annonse. De prøves igjen av seg selv, og når annonsen endres."),
        since=aside.oldest,
        link=("admin:search_setaside_changelist", _("Annonser satt til side")),
    )


def check_threads(facts: Facts) -> Problem | None:
    """A background thread of a web process fails."""
    if not facts.threads:
        return None
    first = facts.threads[0]
    message = _("En bakgrunnstråd mislykkes: %(name)s, %(error)s. Den prøver igjen av seg selv.")
    return Problem(
        "thread-failing",
        WATCH,
        _("En bakgrunnstråd i nettsiden mislykkes"),
        effect=_("Forslag og arbeidsgivernavn kan være gamle. Søket virker."),
        cause=message % {"name": first.name, "error": first.error},
        cure=_("Loggen til nettprosessen har hele feilen."),
        since=first.since,
        link=("admin:search_threadfailure_changelist", _("Tråder som mislykkes")),
    )
