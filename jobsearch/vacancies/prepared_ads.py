"""Prepared ads: what lists show of an ad, computed once instead of at each request (denormalised rows).

Measured before: a page of 25 hits with snippets redacted 25 texts, parsed their HTML and read five tables, most of the time of
the page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from jobsearch.core.batches import batched

from . import ad_names, cleaning, duplicates, html, language
from .models import Location, PreparedAd, Vacancy
from .redaction import Redactor

log = logging.getLogger(__name__)

VERSION = 2
"""Of the computation. Raise it with each change of what `prepare_ad` returns: rows of an earlier version are made again."""

MAX_HTML_LENGTH = 20_000
"""Characters of an ad's HTML in which a snippet is looked for, at most: the whole of nearly every ad."""
_DROPPED_END = 200  # characters at the end of a cut text, where half an e-mail address or name would escape redaction
CHUNK = 100  # ads of one transaction
_BLANKS = re.compile(r"[^\S\n]+")
_RELATED = ("contacts", "locations", "occupations", "categories")


class Workplace(NamedTuple):
    """A workplace in `PreparedAd.locations`."""

    path: str
    city: str
    postal_code: str
    address: str
    raw_country: str


def prepare_ad(ad: cleaning.CleanedVacancy) -> PreparedAd:
    """The unsaved prepared row of an ad. Never raises: an ad that cannot be prepared is shown without snippet and marks."""
    try:
        return compute_prepared(ad)
    except Exception:
        log.exception("Ad %s cannot be prepared for lists", ad.vacancy.uuid)
    prepared = _begin_row(ad)
    # Without a text for any of them, nothing in them is marked.
    prepared.redactions = {ad.vacancy.title: "", ad.vacancy.employer_name: ""}
    return prepared


def compute_prepared(ad: cleaning.CleanedVacancy) -> PreparedAd:
    """`prepare_ad` that raises where an ad cannot be prepared."""
    vacancy = ad.vacancy
    prepared = _begin_row(ad)
    place_names = ad_names.list_place_names(ad.locations)
    redactor = Redactor(ad.contacts, vacancy.employer_name, *place_names)
    prepared.job_names = ad_names.list_job_names(vacancy.job_title, ad.categories, ad.occupations)
    names = (vacancy.title, vacancy.employer_name, *prepared.job_names, *place_names)
    redacted = {text: redactor.redact_title(text) for text in names}
    prepared.text = _extract_text(vacancy.description, redactor, redacted[vacancy.title])
    prepared.redactions = {text: changed for text, changed in redacted.items() if changed != text}
    prepared.title_language = language.guess_title_language(vacancy.title, vacancy.language)
    prepared.duplicate_key = _build_duplicate_key(ad)
    return prepared


def get_whole_prepared(vacancy: Vacancy) -> PreparedAd | None:
    """The prepared row that was read along with an ad, if its text is the whole text and nothing failed when it was made."""
    prepared = get_prepared(vacancy)
    if prepared is None or len(vacancy.description) >= MAX_HTML_LENGTH:
        return None
    # A failure leaves an empty text and title. Both can also be the result of redaction: then they are only computed again.
    failed = (vacancy.description and not prepared.text) or prepared.redactions.get(vacancy.title) == ""
    return None if failed else prepared


def prefetch_incomplete(vacancies: Iterable[Vacancy]) -> None:
    """Reads the related rows of the ads whose prepared row is not enough to make their document; few in most batches."""
    if incomplete := [vacancy for vacancy in vacancies if not get_whole_prepared(vacancy)]:
        prefetch_related_objects(incomplete, *_RELATED)


def redact_body(description: str, redactor: Redactor, title: str) -> str:
    """The plain text of an ad's HTML without its contacts, with single spaces. `title`: the ad's title, redacted."""
    return _BLANKS.sub(" ", redactor.redact_text(html.extract_text(description), keep=title))


def get_prepared(vacancy: Vacancy) -> PreparedAd | None:
    """The prepared row that was read along with an ad (`for_lists`); None where it is missing or of another version."""
    prepared = vacancy._state.fields_cache.get("prepared")  # not the attribute, which would query for a row that was not read
    return prepared if isinstance(prepared, PreparedAd) and prepared.version == VERSION else None


def list_workplaces(vacancy: Vacancy) -> Sequence[Workplace | Location]:
    """The places of an ad, from its prepared row where that was read."""
    prepared = get_prepared(vacancy)
    return [Workplace(*values) for values in prepared.locations] if prepared else list(vacancy.locations.all())


def list_occupation_paths(vacancy: Vacancy) -> list[str]:
    """The paths of an ad's occupations, from its prepared row where that was read."""
    prepared = get_prepared(vacancy)
    return list(prepared.occupations) if prepared else [job.path for job in vacancy.occupations.all()]


def get_title_language(vacancy: Vacancy) -> str:
    """The language of an ad's title, which may differ from that of its text; "no" (bokmål or nynorsk) where it is too short."""
    prepared = get_prepared(vacancy)
    found = prepared.title_language if prepared else language.guess_title_language(vacancy.title, vacancy.language)
    return found or "no"


def complete_prepared(vacancies: Sequence[Vacancy]) -> None:
    """Computes the prepared rows that are missing, in memory: for ads that `prepare_stored_ads` has not reached yet.

    At most a page of ads, with five queries for all of them.
    """
    missing = [vacancy for vacancy in vacancies if not get_prepared(vacancy)]
    if not missing:
        return
    prefetch_related_objects(missing, *_RELATED)
    for vacancy in missing:
        vacancy.prepared = prepare_from_related(vacancy)


def prepare_stored_ads(limit: int = 1000) -> int:
    """Prepares at most `limit` ads whose prepared row has another version. Returns how many.

    The version of each row decides, so an interrupted run is continued by the next one, and a new `VERSION` makes every row
    again. The migration that added the table gave every active ad a row of version 0.
    """
    outdated = PreparedAd.objects.filter(Q(version__lt=VERSION) | Q(version__gt=VERSION))
    uuids = sorted(outdated.values_list("pk", flat=True)[:limit])
    for chunk in batched(uuids, CHUNK):
        with transaction.atomic():  # locked, so that an ad that is closed meanwhile gets no row
            rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=chunk)
            active = rows.filter(status=Vacancy.Status.ACTIVE).defer("raw").prefetch_related(*_RELATED)
            found = list(map(prepare_from_related, active))
            save_prepared(found)
            # What is left is of ads that were closed in a way that deletes no rows, such as an administrator's SQL.
            ready = {prepared.pk for prepared in found}
            PreparedAd.objects.filter(pk__in=[uuid for uuid in chunk if uuid not in ready]).delete()
    return len(uuids)


def save_prepared(rows: Iterable[PreparedAd]) -> None:
    """Stores prepared rows in place of the present ones."""
    fields = [field.name for field in PreparedAd._meta.concrete_fields if not field.primary_key]
    PreparedAd.objects.bulk_create(list(rows), update_conflicts=True, unique_fields=["vacancy"], update_fields=fields)


def prepare_from_related(vacancy: Vacancy) -> PreparedAd:
    """`prepare_ad` of a stored ad, whose related rows the caller should have prefetched."""
    rows = {name: list(getattr(vacancy, name).all()) for name in _RELATED}
    return prepare_ad(cleaning.CleanedVacancy(vacancy, **rows))


def _begin_row(ad: cleaning.CleanedVacancy) -> PreparedAd:
    prepared = PreparedAd(vacancy_id=ad.vacancy.uuid, version=VERSION)
    prepared.locations = [[getattr(location, name) for name in Workplace._fields] for location in ad.locations]
    prepared.occupations = [job.path for job in ad.occupations]
    return prepared


def _build_duplicate_key(ad: cleaning.CleanedVacancy) -> str:
    """Text and title without place names, equal for duplicates."""
    vacancy = ad.vacancy
    if not (vacancy.body_hash and vacancy.employer_name):
        return ""
    return f"{vacancy.body_hash} {duplicates.normalise_words(vacancy.title, cleaning.list_place_names(ad.locations))}"


def _extract_text(description: str, redactor: Redactor, title: str) -> str:
    """`redact_body` of the opening of a text: of the whole, for nearly every ad."""
    opening, is_cut = description[:MAX_HTML_LENGTH], len(description) >= MAX_HTML_LENGTH
    if is_cut and opening.rfind("<") > opening.rfind(">"):
        opening = opening[: opening.rfind("<")]
    text = redact_body(opening, redactor, title)
    return text[: max(0, text.rfind(" ", 0, max(0, len(text) - _DROPPED_END)))] if is_cut else text
