"""Problems of the feed: its address, token and answers, and how far we are behind it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from ingest import status as feed_status
from ingest.error_messages import describe_error
from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.time_formats import format_date_time, format_moment

from .base import BROKEN, WATCH, Problem
from .processes import RESTART_BEAT, RESTART_WORKER, has_stopped_tasks

_WRONG_ADDRESS = frozenset({"redirect", "not-json", "empty", "since-ignored"})
"""Errors that an ordinary web server gives, but hardly NAV's feed."""
CURSOR_LOST = dt.timedelta(days=7)


def check_database(facts: Facts) -> Problem | None:
    """The database belongs to another feed than NAV_FEED_URL: sync runs refuse to mix the two."""
    state, wanted = facts.feed.state, settings.NAV_FEED_URL.rstrip("/")
    if state is None or state.origin == wanted:
        return None
    return Problem(
        "another-database",
        BROKEN,
        _("Databasen hører til en annen strøm"),
        effect=_no_new_ads(),
        cause=_("Databasen følger %(old)s, men NAV_FEED_URL er %(new)s.") % {"old": state.origin, "new": wanted},
        cure=_("Sett NAV_FEED_URL tilbake i .env og start på nytt, eller la DATABASE_URL peke på en ny database."),
        since=state.last_read,
        commands=(f"NAV_FEED_URL={state.origin}", "systemctl restart utlyst.target"),
    )


def check_token(facts: Facts) -> Problem | None:
    """NAV refuses the token, or issues none."""
    state = facts.feed.state
    if state is None or not state.has_token_error:
        return None
    cure = _(
        "NAV fornyer det offentlige tokenet innen noen timer, og vi henter det av oss selv. Varer det, søk om et eget hos NAV."
    )
    commands: tuple[str, ...] = ()
    if settings.NAV_FEED_TOKEN:
        cure = _("Be NAV om et nytt token, skriv det i NAV_FEED_TOKEN og start på nytt. Uten verdi brukes det offentlige.")
        commands = ("NAV_FEED_TOKEN=", "systemctl restart utlyst.target")
    return Problem(
        "token-refused",
        BROKEN,
        _("NAV godtar ikke tokenet vårt"),
        effect=_no_new_ads(),
        cause=describe_error(state.error_code, ""),
        error=state.error_detail,
        cure=cure,
        since=state.error_since,
        action="sync",
        commands=commands,
    )


def check_address(facts: Facts) -> Problem | None:
    """NAV_FEED_URL does not lead to the feed: it has never been read, or what answers is no feed."""
    state = facts.feed.state
    if state is None or _belongs_to_another(facts) or state.has_token_error:
        return None
    server_failed = state.error_code == "timeout" or state.error_code.startswith("status-5")
    never_read = bool(state.error_code) and state.last_line_time is None and not server_failed
    is_empty = not state.error_code and state.last_read is not None and state.last_line_time is None
    if not (never_read or is_empty or state.error_code in _WRONG_ADDRESS):
        return None
    cause = describe_error(state.error_code, "") or _("Adressen svarer, men har ingen linjer.")
    return Problem(
        "wrong-address",
        BROKEN,
        _("NAV_FEED_URL fører ikke til strømmen"),
        effect=_no_new_ads(),
        cause=f"{state.origin}: {cause}",
        error=state.error_detail,
        cure=_("Sjekk NAV_FEED_URL i .env. NAVs egen adresse er %(url)s. Er adressen riktig, sjekk maskinens nettverk.")
        % {"url": "https://pam-stilling-feed.nav.no"},
        since=state.error_since or state.first_started,
        action="sync",
        commands=(f"curl --head {state.origin}/api/v1/feed",),
    )


def check_answers(facts: Facts) -> Problem | None:
    """The feed, which has been read before, does not answer or answers with errors."""
    state = facts.feed.state
    if state is None or not state.error_code or state.has_token_error or check_address(facts) or _belongs_to_another(facts):
        return None
    return Problem(
        "feed-failing",
        BROKEN,
        _("Strømmen lar seg ikke lese nå"),
        effect=_no_new_ads(),
        cause=describe_error(state.error_code, ""),
        error=state.error_detail,
        cure=_("Som regel går det over av seg selv: neste runde fortsetter der vi slapp. Varer det, sjekk nettverket."),
        since=state.error_since,
        action="sync",
        commands=(f"curl --head {state.origin}/api/v1/feed",),
    )


def check_silence(facts: Facts) -> Problem | None:
    """The feed has accepted a request and not answered for longer than it ever takes; at the time limit it becomes an error."""
    since = facts.feed.waiting_since
    if since is None or facts.now - since <= feed_status.SLOW or check_answers(facts) or check_address(facts):
        return None
    return Problem(
        "feed-silent",
        WATCH,
        _("Strømmen svarer ikke"),
        effect=_("Ingen ennå. Kommer svaret ikke, mangler de nyeste annonsene."),
        cause=_("Vi har ventet på svar siden %(time)s. NAV bruker sjelden mer enn et halvt minutt.")
        % {"time": format_moment(since, facts.now)},
        cure=_("Vent. Uten svar gir runden opp etter halvannet minutt, og neste runde fortsetter der vi slapp."),
        since=since,
        commands=(f"curl --head {facts.feed.origin}/api/v1/feed",),
    )


def check_pause(facts: Facts) -> Problem | None:
    """An administrator has paused the reading of the feed."""
    state = facts.feed.state
    if state is None or not is_paused(facts):
        return None
    until = {"who": state.paused_by or "–", "time": format_date_time(state.paused_until)}
    return Problem(
        "feed-paused",
        WATCH,
        _("Lesingen av strømmen er satt på pause"),
        effect=_no_new_ads(),
        cause=_("%(who)s satte den på pause til %(time)s.") % until,
        cure=_("Avslutt pausen når arbeidet er gjort. Den tar slutt av seg selv."),
        action="resume",
    )


def is_paused(facts: Facts) -> bool:
    """Whether reading is paused now: then late reading is no fault."""
    until = facts.feed.state.paused_until if facts.feed.state else None
    return until is not None and until > facts.now


def check_reading(facts: Facts) -> Problem | None:
    """The feed is not read, although no run has failed: follows from a dead worker or beat where one was seen before."""
    state = facts.feed.state
    if state is None or state.error_code or has_stopped_tasks(facts) or _belongs_to_another(facts) or is_paused(facts):
        return None
    since = state.last_read or state.first_started
    if facts.now - since <= feed_status.get_late_limit():
        return None
    return Problem(
        "feed-unread",
        BROKEN,
        _("Strømmen leses ikke"),
        effect=_no_new_ads(),
        cause=_("Den er ikke lest siden %(time)s. Oppgaven settes ikke i gang, eller ingen tar den.")
        % {"time": format_date_time(since)},
        cure=_(
            "Sjekk at bakgrunnsprosessen (Celery) og beat kjører, at køen (CELERY_BROKER_URL) svarer, og at oppgaven er slått på."
        ),
        since=since,
        action="sync",
        commands=(RESTART_WORKER[0], RESTART_BEAT[0]),
    )


def check_frozen(facts: Facts) -> Problem | None:
    """The feed answers, but has had no new line for longer than a weekend with holidays."""
    age = facts.feed.newest_line_age
    if age is None or age <= feed_status.QUIET or check_answers(facts) or check_reading(facts):
        return None
    return Problem(
        "feed-frozen",
        BROKEN,
        _("Strømmen står stille"),
        effect=_("Besøkende ser ingen nye annonser, og annonser som er stoppet hos NAV, kan fortsatt vises."),
        cause=_("Strømmen svarer, men nyeste linje er fra %(time)s.") % {"time": format_date_time(facts.feed.newest_line)},
        cure=_("Har arbeidsplassen.no nyere annonser, har NAVs strøm stanset: meld fra til NAV. Her er ingenting å rette."),
        since=facts.feed.newest_line,
        commands=(".venv/bin/python manage.py sync",),
    )


def check_lag(facts: Facts) -> Problem | None:
    """We are behind the feed while nothing reads it."""
    feed, state = facts.feed, facts.feed.state
    if state is None or feed.lag is None or feed.lag <= feed_status.BEHIND or feed.following or state.error_code:
        return None
    if check_reading(facts) or has_stopped_tasks(facts) or is_paused(facts):
        return None
    return Problem(
        "feed-behind",
        WATCH,
        _("Vi ligger etter strømmen"),
        effect=_("De nyeste annonsene mangler ennå."),
        cause=_("Siste linje vi har lest, er fra %(time)s.") % {"time": format_date_time(feed.last_line)},
        cure=_("Les strømmen nå. En runde leser til slutten."),
        since=feed.last_line,
        action="sync",
        alarm=True,
    )


def check_token_expiry(facts: Facts) -> Problem | None:
    """The private token expires soon. The public one is renewed automatically."""
    expires = facts.feed.token_expires
    if not settings.NAV_FEED_TOKEN or expires is None or expires - facts.now >= feed_status.TOKEN_SOON:
        return None
    cause = _("Tokenet i NAV_FEED_TOKEN utløper %(time)s.")
    if expires <= facts.now:
        cause = _("Tokenet i NAV_FEED_TOKEN utløp %(time)s.")
    return Problem(
        "token-expiring",
        WATCH,
        _("Tokenet til strømmen utløper snart"),
        effect=_("Ingen ennå. Når det er utløpt, kommer ingen nye annonser."),
        cause=cause % {"time": format_date_time(expires)},
        cure=_("Be NAV om et nytt token, skriv det i NAV_FEED_TOKEN og start på nytt."),
        since=expires - feed_status.TOKEN_SOON,
        alarm=True,
    )


def check_cursor(facts: Facts) -> Problem | None:
    """The feed page at the cursor has disappeared within the last week."""
    lost = facts.feed.state.cursor_lost if facts.feed.state else None
    if lost is None or facts.now - lost >= CURSOR_LOST:
        return None
    return Problem(
        "cursor-lost",
        WATCH,
        _("Siden vi sto på, forsvant fra strømmen"),
        effect=_("Ingen som vi vet om: lesingen fortsatte litt før siste kjente linje."),
        cause=_("Det skjedde %(time)s, og betyr som regel at NAV har bygd strømmen på nytt.") % {"time": format_date_time(lost)},
        cure=_("Sammenlign med strømmen for å være sikker. Meldingen blir borte etter en uke."),
        since=lost,
        action="check-feed",
    )


def _belongs_to_another(facts: Facts) -> bool:
    return check_database(facts) is not None


def _no_new_ads() -> str:
    return _("Besøkende ser annonsene vi har. Nye kommer ikke til, og annonser som stoppes hos NAV, kan bli stående.")
