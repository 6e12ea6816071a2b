"""Errors of commands and jobs: classifies exceptions by what an administrator must do, which each error's sentence states."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.management.base import SystemCheckError
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from ingest.client.errors import FeedError, Unauthorized, WrongOrigin
from ingest.lease import NAME as FEED_LEASE
from ingest.lease import describe_error as describe_lease_error
from ingest.models import TOKEN_ERRORS
from jobsearch.core.leases import LeaseError
from jobsearch.saved.alerts.sending import LEASE_NAME as ALERT_LEASE
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.postal_codes import UnreadableFile

DOWN = 2
HELD = 3
_FEED_CURE = "Nothing is lost: the next sync run continues from here. If it lasts, check NAV_FEED_URL and this machine's network."


@dataclass(frozen=True, slots=True)
class KnownError:
    """An error with a known cure.

    `code`: a key of `ingest.error_messages.SENTENCES`, for programs. `sentence`: what is wrong and how to fix it, in English.
    `exit_code`: a command's.
    """

    code: str
    sentence: str
    exit_code: int = DOWN


def classify_exception(error: BaseException) -> KnownError | None:
    """The known error behind an exception; None where the exception is a bug."""
    if isinstance(error, LeaseError) and error.name == FEED_LEASE:
        cure = "Wait for it to finish; if no such process runs any more, the lease ends by itself within a minute."
        return KnownError("lease-held", f"{describe_lease_error(error)} {cure}", HELD)
    if isinstance(error, WrongOrigin):
        return KnownError("wrong-origin", str(error))
    if isinstance(error, Unauthorized):
        return KnownError(error.reason, error.sentence)  # names the cure itself
    if isinstance(error, FeedError):
        return KnownError(error.reason, f"The feed is down. {error.sentence} {_FEED_CURE}")
    if isinstance(error, search.EngineDown):
        return KnownError("engine-down", f"The search engine is down. {error}")
    if isinstance(error, LeaseError) and error.name == ALERT_LEASE:
        return KnownError("alerts-held", "Another process sends alerts now. Wait for it to finish, then run this again.", HELD)
    if isinstance(error, LeaseError):
        return KnownError("index-held", "Another process writes the index now. Wait for it to finish, then run this again.", HELD)
    if isinstance(error, indexing.NoPrevious):
        return KnownError("no-previous", str(error))
    if isinstance(error, indexing.RebuildFailed):
        return KnownError("rebuild-failed", str(error))
    if isinstance(error, UnreadableFile):
        return KnownError("unreadable-file", str(error))
    if isinstance(error, SystemCheckError):
        return KnownError("checks", f"The settings do not fit together.\n{error}")
    if isinstance(error, DatabaseError):
        return _classify_database_error(error)
    return None


def classify_for_job(error: Exception) -> tuple[str, str] | None:
    """Code and sentence of the known error, which `jobs.run` records; None where the exception is a bug."""
    known = classify_exception(error)
    return (known.code, known.sentence) if known else None


def classify_report(code: str, detail: str) -> KnownError:
    """The known error behind the error code and detail of a sync run's report."""
    if code == "database":
        return _classify_database_message(detail)
    if code in TOKEN_ERRORS:
        return KnownError(code, detail)
    return KnownError(code, f"The feed is down. {detail} {_FEED_CURE}")


def _classify_database_error(error: DatabaseError) -> KnownError | None:
    undefined = getattr(error.__cause__, "sqlstate", "") in {"42P01", "42703"}  # PostgreSQL: no such table, no such column
    text = "no such table" if undefined else str(error)
    known = isinstance(error, OperationalError | InterfaceError) or undefined
    return _classify_database_message(text) if known or any(word in text for word in ("not a database", "malformed")) else None


def _classify_database_message(text: str) -> KnownError:
    """Classifies an error of SQLite by the words of its message, which has no code for these."""
    text = " ".join(text.split())
    if any(words in text for words in ("no such table", "no such column", "has no column")):
        return KnownError("not-migrated", "The database lacks our tables. Run `manage.py migrate`, then this again.")
    message = f"The database refuses: {text}."
    if "locked" in text:
        cure = "Another process writes to it for too long; end it (an open `sqlite3` shell, a backup?), then run this again."
        return KnownError("database-locked", f"{message} {cure}")
    if "full" in text:
        return KnownError("disk-full", f"{message} Make room on the disk, then run this again.")
    return KnownError("database-down", f"{message} Check DATABASE_URL, and that the server or file that it names exists.")
