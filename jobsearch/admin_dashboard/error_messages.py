"""What keeps work from being done, told apart by what a person must do: each trouble is a sentence that names its cure."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.management.base import SystemCheckError
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from ingest.client.errors import FeedError, Unauthorized, WrongOrigin
from ingest.lease import NAME as FEED_LEASE
from ingest.lease import describe_error as describe_lease_error
from jobsearch.core.leases import LeaseError
from jobsearch.search import api as search
from jobsearch.vacancies.postal_codes import UnreadableFile

DOWN = 2
HELD = 3
_FEED_CURE = "Nothing is lost: the next pass goes on from here. If it lasts, check NAV_FEED_URL and this machine's network."
_TOKEN_REASONS = frozenset({"unauthorized", "same-token"})  # their sentences name the cure themselves


@dataclass(frozen=True, slots=True)
class Trouble:
    """`reason`: a short fixed name, for programs. `sentence`: what is wrong and what mends it. `exit_code`: a command's."""

    reason: str
    sentence: str
    exit_code: int = DOWN


def of(error: BaseException) -> Trouble | None:
    """The trouble behind an exception; None where it is nothing that we know, that is: a fault in our own code."""
    if isinstance(error, LeaseError) and error.name == FEED_LEASE:
        cure = "Wait for it to finish; if nothing of the kind runs any more, the lease ends by itself within a minute."
        return Trouble("lease-held", f"{describe_lease_error(error)} {cure}", HELD)
    if isinstance(error, WrongOrigin):
        return Trouble("wrong-origin", str(error))
    if isinstance(error, Unauthorized):
        return Trouble(error.reason, str(error.args[0]))
    if isinstance(error, FeedError):
        return Trouble(error.reason, f"The feed is down. {error.args[0]} {_FEED_CURE}")
    if isinstance(error, search.EngineDown):
        return Trouble("engine-down", f"The search engine is down. {error}")
    if isinstance(error, LeaseError):
        return Trouble("index-held", "Another process writes the index now. Wait for it to finish, then run this again.", HELD)
    if isinstance(error, search.RebuildFailed):
        return Trouble("rebuild-failed", str(error))
    if isinstance(error, UnreadableFile):
        return Trouble("unreadable-file", str(error))
    if isinstance(error, SystemCheckError):
        return Trouble("checks", f"The settings do not hold.\n{error}")
    if isinstance(error, DatabaseError):
        return _of_database(error)
    return None


def of_problem(problem: str) -> Trouble:
    """The trouble behind what a run's report calls its problem: a short name, a colon, a sentence."""
    reason, _colon, sentence = problem.partition(":")
    sentence = sentence.strip() or problem
    if reason == "database":
        return _of_database_text(sentence)
    if reason in _TOKEN_REASONS:
        return Trouble(reason, sentence)
    return Trouble(reason, f"The feed is down. {sentence} {_FEED_CURE}")


def _of_database(error: DatabaseError) -> Trouble | None:
    cause = error.__cause__
    undefined = getattr(cause, "sqlstate", "") in {"42P01", "42703"}  # PostgreSQL: no such table, no such column
    text = "no such table" if undefined else str(error)
    known = isinstance(error, OperationalError | InterfaceError) or undefined
    return _of_database_text(text) if known or any(word in text for word in ("not a database", "malformed")) else None


def _of_database_text(text: str) -> Trouble:
    text = " ".join(text.split())
    if any(words in text for words in ("no such table", "no such column", "has no column")):
        return Trouble("not-migrated", "The database lacks our tables. Run `manage.py migrate`, then this again.")
    told = f"The database refuses: {text}."
    if "locked" in text:
        cure = "Another process writes for long; end it (an open `sqlite3` shell, a backup?), then run this again."
        return Trouble("database-locked", f"{told} {cure}")
    if "full" in text:
        return Trouble("disk-full", f"{told} Make room on the disk, then run this again.")
    return Trouble("database-down", f"{told} Check DATABASE_URL, and that the server or the file it names is there.")
