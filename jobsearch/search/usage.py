"""Usage of the search as daily counts: filters, slow searches, and words that find nothing, never single searches.

A word without hits may be a name. Until it was searched for on `MIN_DAYS` different days, only a keyed hash of it is stored
(HMAC), and for `KEPT_DAYS` at most; the word itself is stored from then on, unless it is part of a contact's name.
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from jobsearch.vacancies.models import Contact

from .models import MissedWord, SearchUsage
from .page import Page
from .query.normalisation import normalise_query
from .search_query import SearchQuery

log = logging.getLogger(__name__)
MIN_DAYS, KEPT_DAYS = 5, 30
SLOW_SECONDS = 0.3
MAX_WORDS, MAX_PENDING, MAX_MISSED = 6, 500, 20_000
"""Words of one search that are counted, different things that a process keeps in memory between two writes, and words in the
database: a script that searches for random words would otherwise add 500 rows with each write, for 30 days."""
_WORD = re.compile(r"[^\W\d_][^\W\d_-]{2,29}")
_lock = threading.Lock()
_used: dict[tuple[str, str], tuple[int, float]] = {}
_missed: Counter[str] = Counter()


def note_search(query: SearchQuery, page: Page, seconds: float) -> None:
    """Counts a search, in memory only. Later pages of the same search do not count."""
    if query.page > 1:
        return
    filters = sorted(query.values)
    with _lock:
        if len(_used) < MAX_PENDING:
            for name in filters:
                _add(SearchUsage.Kind.FILTER, name, 0.0)
            if seconds >= SLOW_SECONDS:
                _add(SearchUsage.Kind.SLOW, _describe_shape(query, filters), seconds)
        if not page.total and len(_missed) < MAX_PENDING:
            _missed.update(find_words(query.q))


def find_words(text: str) -> list[str]:
    """The words of a search that may be counted: letters only, so neither numbers nor addresses."""
    words = [part for part in normalise_query(text).lower().split() if _WORD.fullmatch(part)]
    return list(dict.fromkeys(words))[:MAX_WORDS]


def _add(kind: SearchUsage.Kind, key: str, seconds: float) -> None:
    number, slowest = _used.get((kind, key), (0, 0.0))
    _used[kind, key] = (number + 1, max(slowest, seconds))


def _describe_shape(query: SearchQuery, filters: Iterable[str]) -> str:
    """What a search is like, without its words: "3 words, employer, place, published"."""
    words = min(len(query.q.split()), 20)
    return ", ".join([f"{words} words", *list(filters)[:5], query.sort])[: SearchUsage.MAX_KEY]


def flush_usage() -> None:
    """Adds what this process has counted to the database. Dropped where the database refuses: it is only statistics."""
    with _lock:
        used, missed = dict(_used), Counter(_missed)
        _used.clear()
        _missed.clear()
    if not used and not missed:
        return
    try:
        _write_used(used)
        _write_missed(missed)
    except DatabaseError as error:
        log.warning("The usage of the search could not be written (%s).", type(error).__name__)


def _write_used(used: Mapping[tuple[str, str], tuple[int, float]]) -> None:
    today = timezone.localdate()
    with transaction.atomic():
        rows = [SearchUsage(day=today, kind=kind, key=key) for kind, key in sorted(used)]
        SearchUsage.objects.bulk_create(rows, ignore_conflicts=True)
        for (kind, key), (number, seconds) in sorted(used.items()):
            row = SearchUsage.objects.filter(day=today, kind=kind, key=key)
            row.update(number=F("number") + number, seconds=Greatest("seconds", seconds))


def _write_missed(missed: Mapping[str, int]) -> None:
    today = timezone.localdate().isoformat()
    room = MAX_MISSED - MissedWord.objects.count() if missed else 0
    known = set(MissedWord.objects.filter(digest__in=map(compute_digest, missed)).values_list("digest", flat=True))
    for word, number in sorted(missed.items()):
        if compute_digest(word) not in known:
            if room <= 0:
                continue
            room -= 1
        with transaction.atomic():
            row, _is_new = MissedWord.objects.select_for_update().get_or_create(digest=compute_digest(word))
            row.days = [*(day for day in row.days if day != today), today][-KEPT_DAYS:]
            row.number += number
            row.last = timezone.now()
            if not row.word and len(row.days) >= MIN_DAYS and not _is_name(word):
                row.word = word
            row.save()


def _is_name(word: str) -> bool:
    return Contact.objects.filter(name__icontains=word).exists()


def compute_digest(word: str) -> str:
    """The keyed hash under which a word's days are counted."""
    return hmac.new(settings.SECRET_KEY.encode(), f"missed word {word}".encode(), "sha256").hexdigest()


def forget() -> None:
    """Drops what has not been written: for tests."""
    with _lock:
        _used.clear()
        _missed.clear()


def delete_old_usage(now: dt.datetime) -> int:
    """Deletes counts and words that are older than `KEPT_DAYS`; returns how many."""
    oldest = now - dt.timedelta(days=KEPT_DAYS)
    words = MissedWord.objects.filter(last__lt=oldest).delete()[0]
    return words + SearchUsage.objects.filter(day__lt=timezone.localdate(oldest)).delete()[0]
