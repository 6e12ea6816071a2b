"""Status of following the feed, as facts and as sentences for the admin dashboard."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from ingest.client.tokens import parse_private_token, read_token_expiry
from jobsearch.core.leases import find_holder
from jobsearch.core.models import Job

from . import lease
from .error_messages import describe_error
from .models import DetailTask, FeedJob, FeedState

QUIET = dt.timedelta(hours=72)
"""The feed may have no new line for this long over a weekend with holidays. If its newest line is older, the feed has stopped."""
BEHIND = dt.timedelta(hours=1)
TOKEN_SOON = dt.timedelta(days=7)
SLOW = dt.timedelta(seconds=30)
"""The feed has been seen to take this long for an answer. After that it is not in order, though its time limit is longer."""


@dataclass(frozen=True)
class Status:
    """Status of following the feed. Times are aware; an unknown time is None."""

    origin: str = ""
    state: FeedState | None = None
    newest_line: dt.datetime | None = None
    """The feed's newest line that has been read."""
    newest_line_age: dt.timedelta | None = None
    last_line: dt.datetime | None = None
    """The last line that was applied: "data as of"."""
    last_read: dt.datetime | None = None
    lag: dt.timedelta | None = None
    """How far we are behind the feed: the time from the last applied line to the newest one. While the feed cannot be read,
    at least the time since the last read, because lines may have come since."""
    token_expires: dt.datetime | None = None
    """Expiry date in the token in use."""
    waiting: int = 0
    deferred: int = 0
    quarantined: int = 0
    oldest_waiting: dt.datetime | None = None
    oldest_quarantined: dt.datetime | None = None
    errors: list[tuple[str, int]] = field(default_factory=list)
    """Error codes of deferred and quarantined details with their number, the most frequent first."""
    following: bool = False
    """A process holds the lease now."""
    waiting_since: dt.datetime | None = None
    """Since when the run that follows the feed now waits for an answer; None while answers come."""
    last_run: Job | None = None
    problems: list[str] = field(default_factory=list)
    """Sentences about the feed, the worst first."""
    queue_problems: list[str] = field(default_factory=list)
    """Sentences about the detail queue."""


def status(now: dt.datetime | None = None) -> Status:
    """Computes the status from the database; sends no request to the feed."""
    now = now or timezone.now()
    state = FeedState.objects.filter(id=1).first()
    if state is None:
        return Status(problems=[_("Strømmen er ikke lest ennå.")])
    waiting, deferred, quarantined = _read_queue()
    newest = max(filter(None, (state.tip_time, state.last_line_time)), default=None)
    late = get_late_limit()
    lag = max(newest - state.last_line_time, dt.timedelta()) if newest and state.last_line_time else None
    if state.last_read and (state.error_code or now - state.last_read > late):
        lag = max(lag or dt.timedelta(), now - state.last_read)
    # By start, which has an index; sync runs follow one another.
    last_run = Job.objects.filter(kind=FeedJob.SYNC, finished__isnull=False).order_by("-started").first()
    following = find_holder(lease.NAME) is not None
    facts = Status(
        origin=state.origin,
        state=state,
        newest_line=newest,
        newest_line_age=now - newest if newest else None,
        last_line=state.last_line_time,
        last_read=state.last_read,
        lag=lag,
        token_expires=read_token_expiry(parse_private_token(settings.NAV_FEED_TOKEN) or state.token),
        oldest_waiting=waiting.oldest,
        following=following,
        waiting_since=_find_waiting_since() if following else None,
        last_run=last_run,
        waiting=waiting.number,
        deferred=deferred.number,
        quarantined=quarantined.number,
        oldest_quarantined=quarantined.oldest,
        errors=sorted((deferred.errors + quarantined.errors).items(), key=lambda pair: (-pair[1], pair[0])),
    )
    facts.problems.extend(_find_problems(facts, state, now))
    if facts.oldest_waiting and now - facts.oldest_waiting > BEHIND and not facts.following:
        sentence = _("Annonser har ventet på detaljer siden %(time)s.")
        facts.queue_problems.append(sentence % {"time": _local(facts.oldest_waiting)})
    return facts


@dataclass
class _QueueState:
    """The rows of one state of the detail queue."""

    number: int = 0
    oldest: dt.datetime | None = None
    errors: Counter[str] = field(default_factory=Counter)


def _read_queue() -> tuple[_QueueState, _QueueState, _QueueState]:
    """Waiting, deferred and quarantined details, in one query."""
    states = {
        state: _QueueState() for state in (DetailTask.State.WAITING, DetailTask.State.DEFERRED, DetailTask.State.QUARANTINED)
    }
    rows = DetailTask.objects.order_by().values_list("state", "error_code").annotate(number=Count("uuid"), oldest=Min("queued"))
    for state, code, number, oldest in rows:
        found = states[DetailTask.State(state)]
        found.number += number
        found.oldest = min(filter(None, (found.oldest, oldest)))
        if code:
            found.errors[code] += number
    return states[DetailTask.State.WAITING], states[DetailTask.State.DEFERRED], states[DetailTask.State.QUARANTINED]


def _find_waiting_since() -> dt.datetime | None:
    running = Job.objects.filter(kind=FeedJob.SYNC, state=Job.State.RUNNING, finished__isnull=True).order_by("-started").first()
    since = running.progress.get("waiting_since") if running else None
    return dt.datetime.fromisoformat(since) if since else None


def get_late_limit() -> dt.timedelta:
    """How old the last read of the feed may be: five polls and a slow answer."""
    return dt.timedelta(seconds=settings.FEED_POLL_SECONDS * 5 + 300)


def _find_problems(facts: Status, state: FeedState, now: dt.datetime) -> list[str]:
    """Judges times, not the end of jobs: a job can succeed although the feed or our copy of it is old."""
    found = []
    if state.error_code:
        error = describe_error(state.error_code, state.error_detail)
        found.append(_("Siste kjøring stanset: %(problem)s") % {"problem": error})
    unread = state.last_read is not None and now - state.last_read > get_late_limit()
    if state.last_read is None:
        found.append(_("Strømmen er ikke lest ennå."))
    elif unread:
        found.append(_("Strømmen er ikke lest siden %(time)s.") % {"time": _local(state.last_read)})
    if facts.newest_line_age is not None and facts.newest_line_age > QUIET:
        found.append(_("Strømmen står stille: nyeste linje er fra %(time)s.") % {"time": _local(facts.newest_line)})
    if facts.lag is not None and facts.lag > BEHIND and not facts.following and not state.error_code and not unread:
        found.append(_("Vi ligger etter strømmen: siste leste linje er fra %(time)s.") % {"time": _local(facts.last_line)})
    private = bool(settings.NAV_FEED_TOKEN)  # the public token is renewed automatically
    if private and facts.token_expires and facts.token_expires - now < TOKEN_SOON:
        sentence = _("Tokenet i NAV_FEED_TOKEN utløper %(time)s. Be NAV om et nytt.")
        if facts.token_expires <= now:
            sentence = _("Tokenet i NAV_FEED_TOKEN utløp %(time)s. Be NAV om et nytt.")
        found.append(sentence % {"time": _local(facts.token_expires)})
    if state.cursor_lost and now - state.cursor_lost < dt.timedelta(days=7):
        found.append(
            _("Siden vi sto på, forsvant fra strømmen %(time)s; lesingen fortsatte litt før siste kjente linje.")
            % {"time": _local(state.cursor_lost)}
        )
    return found


def _local(time: dt.datetime | None) -> str:
    return timezone.localtime(time).strftime("%d.%m.%Y %H:%M") if time else ""
