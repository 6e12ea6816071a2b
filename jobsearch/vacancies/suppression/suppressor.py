"""Removal of suppressed persons from an ad: its contacts, texts, links and the raw copy, before they are written.

A contact with any suppressed identifier is dropped whole, and what its fields said is removed from the ad's texts as well: a
person who gave a phone number is not left in the text by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from jobsearch.core.text_values import unescape_html
from jobsearch.vacancies import duplicates, html, language
from jobsearch.vacancies.cleaning import CleanedVacancy, list_place_names
from jobsearch.vacancies.models import Category, Contact, Location, Occupation, Vacancy
from jobsearch.vacancies.redaction import Redactor
from jobsearch.vacancies.redaction.spans import Span, join_spans, remove_spans

from .matcher import Matcher

_TITLES = ("title", "job_title", "employer_name")
_LINES = ("application_due_text", "start_text", "source", "sector", "extent", "engagement")
_TEXTS = ("description", "employer_description")
_LINKS = ("employer_homepage", "source_url", "application_url")
_CONTACT_FIELDS = ("name", "email", "phone", "role", "title")
_PART_FIELDS: dict[type, tuple[str, ...]] = {
    Location: ("raw_country", "raw_county", "raw_municipality", "city", "address", "path"),
    Occupation: ("raw_level1", "raw_level2", "path"),
    Category: ("raw_code", "raw_name", "code", "name"),
}
_TAG = re.compile(r"<[^<>]*>")
_CHARACTER = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});|.", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|li|h[1-6]|div|br|hr|t[drh]|ul|ol|table|section|blockquote|dl|dt|dd|pre)\b")
_HREF = re.compile(r'<a href="([^"]*)"[^<>]*>')


class Suppressor:
    """Removes suppressed persons from ads. False where the list is empty."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def __bool__(self) -> bool:
        return bool(self._matcher)

    def __eq__(self, other: object) -> bool:
        """Whether it has the same list, and so cleans every ad in the same way."""
        return isinstance(other, Suppressor) and self._matcher == other._matcher

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    def clean(self, ad: CleanedVacancy) -> CleanedVacancy:
        """The ad without suppressed persons. Changes the rows of `ad`; returns `ad` itself where there are none in it."""
        if not self:
            return ad
        dropped = [contact for contact in ad.contacts if self._is_suppressed(contact)]
        cleaner = _AdCleaner(self._matcher, dropped, ad)
        changed = cleaner.clean_vacancy(ad.vacancy)
        for part in (*ad.locations, *ad.occupations, *ad.categories):
            changed = cleaner.clean_fields(part, _PART_FIELDS[type(part)]) or changed
        if not changed and not dropped:
            return ad
        # What `cleaning.clean_vacancy` computed from the text, computed again from what is left of it.
        text = html.extract_text(ad.vacancy.description)
        ad.vacancy.language = language.guess_language(text)
        ad.vacancy.body_hash = (
            duplicates.compute_body_hash(ad.vacancy.employer_name, text, list_place_names(ad.locations)) if text else ""
        )
        return replace(ad, contacts=[contact for contact in ad.contacts if contact not in dropped])

    def clean_line(self, text: str) -> str:
        """A plain text without suppressed persons, for texts that are not an ad's."""
        return remove_spans(text, self._matcher.find_spans(text)) if self else text

    def _is_suppressed(self, contact: Contact) -> bool:
        # Each field alone, and all of them as one text: a number may be in the name's field, a name split over two.
        values = [str(getattr(contact, name)) for name in _CONTACT_FIELDS]
        return any(self._matcher.find_spans(value) for value in (*values, "\n".join(values)) if value)


class _AdCleaner:
    """Cleaner of one ad's texts: suppressed identifiers, and the values of the dropped contacts' fields."""

    def __init__(self, matcher: Matcher, dropped: list[Contact], ad: CleanedVacancy) -> None:
        self._matcher = matcher
        places = [place.city for place in ad.locations if place.city]
        self._redactor = Redactor(dropped, ad.vacancy.employer_name, *places) if dropped else None
        self._own = [value.casefold() for one in dropped for value in (one.name, one.email, one.phone) if len(value) > 4]

    def clean_vacancy(self, row: Vacancy) -> bool:
        changed = self.clean_fields(row, (*_TITLES, *_LINES))
        for name in _TEXTS:
            before = getattr(row, name)
            after = self.clean_html(before)
            if after != before:
                setattr(row, name, after)
                changed = True
        for name in _LINKS:
            if self._is_suppressed_link(getattr(row, name)):
                setattr(row, name, "")
                changed = True
        if isinstance(row.raw, dict):
            raw = self.clean_json(row.raw)
            if raw != row.raw:
                row.raw, changed = raw, True
        return changed

    def clean_fields(self, row: object, names: tuple[str, ...]) -> bool:
        """Cleans short plain texts of a row; returns whether any changed."""
        changed = False
        for name in names:
            before = getattr(row, name)
            after = self.clean_line(before)
            if after != before:
                setattr(row, name, after)
                changed = True
        return changed

    def clean_line(self, text: str) -> str:
        if not text:
            return text
        spans = self._matcher.find_spans(text)
        after = " ".join(remove_spans(text, spans).split()) if spans else text
        return self._redactor.redact_title(after) if self._redactor else after

    def clean_html(self, value: str) -> str:
        """Sanitised HTML without suppressed persons; a name that is half in bold is found too."""
        if not value:
            return value
        after = _HREF.sub(lambda match: "<a>" if self._is_suppressed_link(unescape_html(match[1])) else match[0], value)
        text, places = _read_characters(after)
        spans = self._find_spans(text)
        if spans:
            after = _remove_characters(after, [places[place] for span in spans for place in range(*span)])
        return html.sanitise_html(after) if after != value else value

    def clean_json(self, value: Any) -> Any:
        """The raw copy, each of its texts and keys cleaned. A text with HTML that names a person becomes plain text."""
        if isinstance(value, str):
            text = html.extract_text(value) if "<" in value or "&" in value else value
            spans = self._find_spans(text)
            if spans:
                return remove_spans(text, spans)
            # A name within a tag, such as in the address of a link.
            return "" if self._is_suppressed_link(value) else value
        if isinstance(value, list):
            return [self.clean_json(item) for item in value]
        if isinstance(value, dict):
            return {self.clean_json(key): self.clean_json(item) for key, item in value.items()}
        if isinstance(value, int) and not isinstance(value, bool) and self._matcher.find_spans(str(value)):
            return None
        return value

    def _find_spans(self, text: str) -> list[Span]:
        found = self._matcher.find_spans(text)
        return join_spans([*found, *self._redactor.find_spans(text)]) if self._redactor else found

    def _is_suppressed_link(self, link: str) -> bool:
        if not link:
            return False
        if self._matcher.matches_link(link):
            return True
        decoded = unquote(link).casefold()
        return any(value in decoded for value in self._own)


def _read_characters(value: str) -> tuple[str, list[Span]]:
    """The text of sanitised HTML, and where each of its characters is written; tags of blocks are line breaks."""
    text: list[str] = []
    places: list[Span] = []
    for start, end, is_tag in _split_tags(value):
        if is_tag:
            if _BLOCK.match(value, start):
                text.append("\n")
                places.append((start, start))
            continue
        for match in _CHARACTER.finditer(value, start, end):
            written = match.group()
            # A reference to several characters or none counts as one sign, so that places and text stay aligned.
            sign = written if len(written) == 1 else unescape_html(written)
            text.append(sign if len(sign) == 1 else " ")
            places.append(match.span())
    return "".join(text), places


def _split_tags(value: str) -> Iterator[tuple[int, int, bool]]:
    position = 0
    for match in _TAG.finditer(value):
        if match.start() > position:
            yield position, match.start(), False
        yield match.start(), match.end(), True
        position = match.end()
    if position < len(value):
        yield position, len(value), False


def _remove_characters(value: str, places: list[Span]) -> str:
    """The HTML with these characters removed, and a space in place of each run of them; tags between them stay."""
    parts: list[str] = []
    position = 0
    for start, end in places:
        if start < end:
            parts += [value[position:start], " " if start != position or not parts else ""]
            position = end
    return "".join([*parts, value[position:]])
