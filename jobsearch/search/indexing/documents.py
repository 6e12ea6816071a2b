"""A row of the record -> the document that an engine indexes. Engines get analysed words; nothing readable is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from jobsearch.search.analysis import lexicon, negation, norwegian
from jobsearch.search.analysis import place_names as placenames
from jobsearch.search.analysis.folding import normalise
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, PLACES
from jobsearch.search.analysis.negation import find_negated
from jobsearch.search.engines.base import Write, epoch
from jobsearch.search.facets import areas
from jobsearch.search.facets.employers import employer_key
from jobsearch.search.facets.values import NOT_STATED
from jobsearch.taxonomy import catalogue, occupations, places
from jobsearch.vacancies import deadlines, html, pending, redaction, visibility

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

Kind = Literal["phrase", "word", "keyword", "number"]

ANALYSIS_VERSION = 3
"""Raise it by one when a change of code gives the same ad another document, so that every index is built anew.
`tests/search/test_pinned_documents.py` fails until that is done."""

# Every field of a document. phrase: analysed words with their positions; word: analysed words; keyword: whole values that
# are counted and filtered by; number: whole numbers, sorted and filtered by.
FIELDS: dict[str, Kind] = {
    "title": "phrase",
    "job": "phrase",
    "employer": "phrase",
    "location": "phrase",
    "body": "word",
    "body_text": "phrase",
    "title_stem": "word",
    "job_stem": "word",
    "employer_stem": "word",
    "body_stem": "word",
    "body_denied": "word",
    "body_denied_stem": "word",
    "parts": "word",
    "joined": "word",
    "title_fold": "word",
    "fold": "word",
    "body_fold": "word",
    "title_whole": "keyword",
    "employer_whole": "keyword",
    "place": "keyword",
    "area": "keyword",
    "occupation": "keyword",
    "engagement": "keyword",
    "extent": "keyword",
    "sector": "keyword",
    "employer_key": "keyword",
    "language": "keyword",
    "published": "number",
    "first_seen": "number",
    "visible_until": "number",
    "deadline": "number",
    "deadline_order": "number",
    "due": "number",
    "order": "number",
}
UNCOUNTED = {"title_whole", "employer_whole", "area"}
_UNIDENTIFIED = "Uoppgitt/ ikke identifiserbare"
_SEVERAL = re.compile(r",| og ")
_EPOCH_DAY = dt.date(1970, 1, 1)
_LISTS = (lexicon, placenames, negation, areas, places, occupations, catalogue)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
DUE_UNKNOWN, DUE_SOON, DUE_IN_WORDS = 0, 1, 2
"""What `due` holds in place of a day number: nothing is said, "as soon as possible" or "continuously" is, or something else
("by agreement"), which is within no number of days and yet not "not stated"."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes when the same ad could give another document or another index: one made before has to be made anew.

    Of code it knows only `ANALYSIS_VERSION`; of the lists that analysis reads their values, and of both engines their schemas.
    """
    from jobsearch.search import schema  # which needs FIELDS

    parts: list[object] = [ANALYSIS_VERSION, FIELDS, schema.mapping(), schema.settings(), schema.tantivy_fields()]
    for module in _LISTS:
        parts.append({name: value for name, value in vars(module).items() if _CONSTANT.fullmatch(name)})
    return hashlib.sha256(_stable(parts).encode()).hexdigest()[:16]


def _stable(value: object) -> str:
    """Plain data as text, the same in every process: sets and dictionaries in order; what is no data is left out."""
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_stable, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(map(_stable, value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_stable(key)}:{_stable(item)}' for key, item in value.items()))}}}"
    return ""


def removal_of(change: pending.Change, now: dt.datetime) -> Write | None:
    """The write for an ad that may not be shown, which needs no analysis; None for an active ad."""
    if change.vacancy is None:
        return Write(change.uuid, change.version, None, purge=True)
    if visibility.is_active(change.vacancy, now, hidden=change.hidden):
        return None
    return Write(change.uuid, change.version, None)


def write_of(change: pending.Change, now: dt.datetime) -> Write:
    """What an index has to do for this row: the document while the ad may be shown, else a stripped one.

    Analyses in this process and without a bound; `analyser.analyse` is what indexing uses.
    """
    if change.vacancy is None:
        return Write(change.uuid, change.version, None, purge=True)
    return removal_of(change, now) or Write(change.uuid, change.version, document(change.vacancy))


def day_number(day: dt.date) -> int:
    return (day - _EPOCH_DAY).days


def document(vacancy: Vacancy) -> Mapping[str, Any]:
    contacts = list(vacancy.contacts.all())
    locations = list(vacancy.locations.all())
    paths = sorted({location.path for location in locations if location.path})
    places_of = place_names(locations)
    jobs = list(vacancy.occupations.all())
    redactor = redaction.Redactor(contacts, vacancy.employer_name, *places_of)
    title, employer = redactor.redact_title(vacancy.title), redactor.redact_title(vacancy.employer_name)
    named_jobs = [redactor.redact_title(name) for name in job_names(vacancy)]
    body = normalise(redactor.redact_text(html.extract_text(vacancy.description), keep=title))
    title_words, employer_words = norwegian.words(title), norwegian.words(employer)
    job_words, location_words = _listed(named_jobs), _listed(map(redactor.redact_title, places_of))
    body_words = norwegian.body_words(body)
    body_exact = [word.exact for word in body_words]
    body_denied = [norwegian.word(body[start:end]) for start, end in find_negated(body)]
    stated, denied = _split_denied((word.exact for word in body_words), (word.exact for word in body_denied))
    stated_stems, denied_stems = _split_denied((word.stem for word in body_words), (word.stem for word in body_denied))
    if not paths:
        # The ad tells where it is in its text only, so there a place's name counts as the place.
        named = {*body_exact} & PLACES - EVERYDAY_PLACES
        location_words += [norwegian.word(name) for name in sorted(named)]
    headline = {*title_words, *job_words, *employer_words, *location_words}
    together = norwegian.written_out(title)
    parts = {part for word in {*title_words, *job_words} for part in norwegian.parts(word.stem)}
    folds = {form for word in headline if word.fold or not word.exact.isascii() for form in _folds(word)}
    folds |= {norwegian.fold(stem) for stem in together if not stem.isascii()}
    published = epoch(vacancy.published)
    deadline = day_number(vacancy.application_due) if vacancy.application_due else 0
    return {
        "title": _exact(title_words),
        "job": _exact(job_words),
        "employer": _exact(employer_words),
        "location": _exact(location_words),
        "body": _set(stated),
        "body_text": " ".join(body_exact),
        "title_stem": _set(word.stem for word in title_words),
        "job_stem": _set(
            [*(word.stem for word in job_words), *(stem for name in named_jobs for stem in norwegian.written_out(name))]
        ),
        "employer_stem": _set(word.stem for word in employer_words),
        "body_stem": _set(stated_stems),
        "body_denied": _set(denied),
        "body_denied_stem": _set(denied_stems),
        "parts": _set(parts),
        "joined": _set({norwegian.joined(a.exact, b.exact) for a, b in itertools.pairwise(title_words)} | together),
        "fold": _set(folds | {norwegian.fold(part) for part in parts if not part.isascii()}),
        "title_fold": _set(form for word in title_words if word.fold or not word.exact.isascii() for form in _folds(word)),
        "body_fold": _set({norwegian.fold(exact) for exact in stated if not exact.isascii()}),
        "title_whole": [" ".join(word.exact for word in title_words)[:300]],
        "employer_whole": [norwegian.bare_name(word.exact for word in employer_words)[:300]],
        "place": sorted({above for path in paths for above in places.list_ancestors(path)}) or [NOT_STATED],
        "area": sorted({name for location in locations for name in areas.names(location.path, location.postal_code)}),
        "occupation": sorted({p for job in jobs for p in (job.path, occupations.get_parent(job.path)) if p}) or [NOT_STATED],
        "engagement": [vacancy.engagement or NOT_STATED],
        "extent": [vacancy.extent or NOT_STATED],
        "sector": [vacancy.sector or NOT_STATED],
        "employer_key": [employer_key(vacancy.employer_orgnr, employer)],
        "language": [vacancy.language or NOT_STATED],
        "published": published,
        "first_seen": epoch(vacancy.first_seen),
        "visible_until": epoch(vacancy.visible_until),
        "deadline": max(0, deadline),
        "deadline_order": deadline_order(deadline, published, vacancy.uuid),
        "due": _due(vacancy),
        "order": order(published, vacancy.uuid),
    }


def _split_denied(words: Iterable[str], denied: Iterable[str]) -> tuple[set[str], set[str]]:
    """(stated, denied): words that the text states somewhere, and those that it only denies, "Det er ikke fast hjemmekontor"."""
    only = Counter(denied)
    if not only:
        return {*words}, set()
    every = Counter(words)
    stated = {word for word in every if every[word] > only[word]}
    return stated, {*every} - stated


def _due(vacancy: Vacancy) -> int:
    if vacancy.application_due:
        return max(day_number(vacancy.application_due), DUE_IN_WORDS)
    words = vacancy.application_due_text
    if deadlines.is_soon(words) or deadlines.is_continuous(words):
        return DUE_SOON
    return DUE_IN_WORDS if words else DUE_UNKNOWN


def order(published: int, uuid: UUID) -> int:
    """One number to sort by, downwards: the newest first, then by uuid. 34 bits of seconds, 29 of the uuid."""
    return min(max(published, 0), 2**34 - 1) << 29 | (2**29 - 1 - (uuid.int >> 99))


def deadline_order(deadline: int, published: int, uuid: UUID) -> int:
    """One number to sort by, upwards: the next deadline first, then the newest, then by uuid. 16 bits of days, 28 of
    minutes, 19 of the uuid."""
    days, minutes = min(max(deadline, 0), 2**16 - 1), min(max(published, 0) // 60, 2**28 - 1)
    return days << 47 | (2**28 - 1 - minutes) << 19 | uuid.int >> 109


def place_names(locations: Iterable[Any]) -> list[str]:
    """Every name of where the ad is: municipalities, counties and countries, cities, postal codes."""
    names: dict[str, None] = {}
    for location in locations:
        parts = location.path.split("/") if location.path else []
        names.update(dict.fromkeys(places.get_label(part) for part in parts if part != places.ABROAD))
        names.update(dict.fromkeys(name for name in (location.city, location.postal_code) if name))
    return list(names)


def job_names(vacancy: Vacancy) -> list[str]:
    """What the ad's occupation is called: by the employer, and in each classification that the ad stands in."""
    names = [vacancy.job_title, *(category.name for category in vacancy.categories.all())]
    names += [_job_name(job.path, finer=any(names)) for job in vacancy.occupations.all()]
    return list(dict.fromkeys(filter(None, names)))


def _job_name(path: str, finer: bool) -> str:
    """The lower of the two levels. The upper one is a facet: "Transport og lager" makes no ad one of a "lager". Neither is a
    name of several kinds of work taken for this ad's where a classification has told it more finely ("Frisør og velvære")."""
    above, name = occupations.get_parent(path), occupations.get_label(path)
    if _UNIDENTIFIED in (path, above) or (above and finer and _SEVERAL.search(name)):
        return ""
    return name


def _listed(names: Iterable[str]) -> list[norwegian.Word]:
    """The words of several names, kept apart so that no phrase is found across two of them."""
    found: list[norwegian.Word] = []
    for name in names:
        found += [norwegian.word("\n"), *norwegian.words(name)] if found else norwegian.words(name)
    return found


def _folds(word: norwegian.Word) -> tuple[str, str]:
    return norwegian.fold(word.exact), word.fold or norwegian.fold(word.stem)


def _exact(found: Iterable[norwegian.Word]) -> str:
    return " ".join([word.exact for word in found])


def _set(values: Iterable[str]) -> str:
    return " ".join({*values} - {norwegian.BREAK, ""})
