"""Document of an ad: what an engine indexes of a row of the database. It holds analysed words, no readable text."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.folding import fold, normalise
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, PLACES
from jobsearch.search.analysis.negation import find_negated
from jobsearch.search.analysis.requirements import find_requirements
from jobsearch.search.engines.base import Write
from jobsearch.search.facets import list_filters
from jobsearch.search.facets.base import Ad
from jobsearch.search.schema import ORDER_UUID_BITS
from jobsearch.search.timestamps import day_number, epoch
from jobsearch.vacancies import ad_names, pending, prepared_ads, redaction, visibility

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Location, Vacancy

_REFERENCE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,4}[0-9]{4,20}(?![A-Za-z0-9])")
_ADDRESS_READ, _MAX_REFERENCES = 1000, 20  # characters of an address, numbers of an ad


def make_removal(change: pending.Change, now: dt.datetime) -> Write | None:
    """The write for an ad that may not be shown, which needs no analysis; None for an active ad."""
    if change.vacancy is None:
        return Write(change.uuid, change.version, None, purge=True)
    if visibility.is_active(change.vacancy, now, hidden=change.hidden):
        return None
    return Write(change.uuid, change.version, None)


def make_write(change: pending.Change, now: dt.datetime) -> Write:
    """The write for this row: with a document while the ad may be shown, else without.

    Analyses in this process and without limits; indexing uses `analysis_process.analyse`.
    """
    if change.vacancy is None:
        return Write(change.uuid, change.version, None, purge=True)
    return make_removal(change, now) or Write(change.uuid, change.version, make_document(change.vacancy))


def pack_document(document: Mapping[str, Any] | None) -> bytes:
    """A document as bytes to keep in the database: 8.8 kB of JSON become 3.5."""
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 3)


def unpack_document(packed: bytes) -> Mapping[str, Any]:
    """The document of `pack_document`."""
    document: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    return document


def make_document(vacancy: Vacancy) -> Mapping[str, Any]:
    """Field -> value, for each field of `schema.FIELDS`; the facets give their own fields."""
    locations = prepared_ads.list_workplaces(vacancy)
    title, employer, named_jobs, named_places, text = _read_texts(vacancy, locations)
    body = normalise(text)
    title_words, employer_words = norwegian.analyse_text(title), norwegian.analyse_text(employer)
    job_words, location_words = _analyse_names(named_jobs), _analyse_names(named_places)
    body_words = norwegian.analyse_body(body)
    body_exact = [word.exact for word in body_words]
    negated = find_negated(body)
    body_denied = [norwegian.analyse_word(body[start:end]) for start, end in negated]
    stated, denied = _split_denied(body_exact, [word.exact for word in body_denied])
    stated_stems, denied_stems = _split_denied([word.stem for word in body_words], [word.stem for word in body_denied])
    if not any(location.path for location in locations):
        # Only the ad's text says where it is, so a place's name in the text counts as the place.
        named = {*body_exact} & PLACES - EVERYDAY_PLACES
        location_words += [norwegian.analyse_word(name) for name in sorted(named)]
    headline = {*title_words, *job_words, *employer_words, *location_words}
    together = norwegian.expand_shared_endings(title)
    parts = {part for word in {*title_words, *job_words} for part in norwegian.split_compound(word.stem)}
    folds = {form for word in headline if word.fold or not word.exact.isascii() for form in _folds(word)}
    folds |= {fold(stem) for stem in together if not stem.isascii()}
    ad = Ad(vacancy, employer)
    published = epoch(vacancy.published)
    deadline = day_number(vacancy.application_due) if vacancy.application_due else 0
    title_whole = " ".join(word.exact for word in title_words)[:300]
    return {
        "title": _exact(title_words),
        "job": _exact(job_words),
        "employer": _exact(employer_words),
        "location": _exact(location_words),
        "body": _set(stated),
        "body_text": " ".join(body_exact),
        "title_stem": _set(word.stem for word in title_words),
        "job_stem": _set(
            [*(word.stem for word in job_words), *(stem for name in named_jobs for stem in norwegian.expand_shared_endings(name))]
        ),
        "employer_stem": _set(word.stem for word in employer_words),
        "body_stem": _set(stated_stems),
        "body_denied": _set(denied),
        "body_denied_stem": _set(denied_stems),
        "requirement": _set(find_requirements(normalise(title), body, negated)),
        "parts": _set(parts),
        "joined": _set({norwegian.join_compound(a.exact, b.exact) for a, b in itertools.pairwise(title_words)} | together),
        "fold": _set(folds | {fold(part) for part in parts if not part.isascii()}),
        "title_fold": _set(form for word in title_words if word.fold or not word.exact.isascii() for form in _folds(word)),
        "body_fold": _set(fold(" ".join([exact for exact in stated if not exact.isascii()])).split(" ")),
        "title_whole": list(dict.fromkeys((title_whole, fold(title_whole)))),
        "reference": _list_references(vacancy.source_url, vacancy.application_url),
        "employer_whole": [norwegian.strip_company_form(word.exact for word in employer_words)[:300]],
        **{name: values for facet in list_filters() for name, values in facet.get_document_values(ad).items()},
        "first_seen": epoch(vacancy.first_seen),
        "visible_until": epoch(vacancy.visible_until),
        "deadline": max(0, deadline),
        "deadline_order": compute_deadline_order(deadline, published, vacancy.uuid),
        "order": compute_order(published, vacancy.uuid),
    }


class _Texts(NamedTuple):
    """The texts of an ad without contact information."""

    title: str
    employer: str
    jobs: list[str]
    places: list[str]
    body: str


def _read_texts(vacancy: Vacancy, locations: Sequence[prepared_ads.Workplace | Location]) -> _Texts:
    """From the prepared row, which has them redacted already (half the time of an analysis), if that holds the whole text."""
    place_names = ad_names.list_place_names(locations)
    if prepared := prepared_ads.get_whole_prepared(vacancy):
        redacted = prepared.redactions

        def redact(text: str) -> str:
            return str(redacted.get(text, text))

        job_names, body = prepared.job_names, prepared.text
    else:
        redactor = redaction.Redactor(list(vacancy.contacts.all()), vacancy.employer_name, *place_names)
        redact = redactor.redact_title
        job_names = list_job_names(vacancy)
        body = prepared_ads.redact_body(vacancy.description, redactor, redact(vacancy.title))
    titles = redact(vacancy.title), redact(vacancy.employer_name)
    return _Texts(*titles, [redact(name) for name in job_names], [redact(name) for name in place_names], body)


def _list_references(*addresses: str) -> list[str]:
    """Numbers of the ad in the systems that its addresses lead to, such as `?jobId=4512345678`."""
    numbers = (match.group().lower() for address in addresses for match in _REFERENCE.finditer(address[:_ADDRESS_READ]))
    return list(dict.fromkeys(numbers))[:_MAX_REFERENCES]


def _split_denied(words: list[str], denied: list[str]) -> tuple[set[str], set[str]]:
    """(stated, denied): words that the text states somewhere, and words that it only denies: "Det er ikke fast hjemmekontor"."""
    if not denied:
        return {*words}, set()
    negations = Counter(denied)
    uses = Counter([word for word in words if word in negations])  # the few that can be denied, not every word of the text
    only_denied = {word for word, number in uses.items() if number <= negations[word]}
    return {*words} - only_denied, only_denied


def compute_order(published: int, uuid: UUID) -> int:
    """One number to sort by, descending: the newest first, then by uuid. 34 bits of seconds, 29 of the uuid."""
    of_uuid = (1 << ORDER_UUID_BITS) - 1 - (uuid.int >> 128 - ORDER_UUID_BITS)
    return min(max(published, 0), 2**34 - 1) << ORDER_UUID_BITS | of_uuid


def compute_deadline_order(deadline: int, published: int, uuid: UUID) -> int:
    """One number to sort by, ascending: the next deadline first, then the newest, then by uuid.

    16 bits of days, 28 of minutes, 19 of the uuid.
    """
    days, minutes = min(max(deadline, 0), 2**16 - 1), min(max(published, 0) // 60, 2**28 - 1)
    return days << 47 | (2**28 - 1 - minutes) << 19 | uuid.int >> 109


def list_job_names(vacancy: Vacancy) -> list[str]:
    """Names of the ad's occupation, from its related rows."""
    return ad_names.list_job_names(vacancy.job_title, vacancy.categories.all(), vacancy.occupations.all())


def _analyse_names(names: Iterable[str]) -> list[norwegian.Word]:
    """The words of several names, kept apart so that no phrase is found across two of them."""
    found: list[norwegian.Word] = []
    for name in names:
        found += [norwegian.analyse_word("\n"), *norwegian.analyse_text(name)] if found else norwegian.analyse_text(name)
    return found


def _folds(word: norwegian.Word) -> tuple[str, str]:
    return fold(word.exact), word.fold or fold(word.stem)


def _exact(found: Iterable[norwegian.Word]) -> str:
    return " ".join([word.exact for word in found])


def _set(values: Iterable[str]) -> str:
    words = {*values}
    words.discard(norwegian.BREAK)
    words.discard("")
    return " ".join(words)
