"""Cleaning of an ad before it is stored: values of a source to unsaved rows, each field cleaned and bounded in length.

Pages, the index and the consistency check read these rows and clean nothing again. Pure functions: no database, `now` is an
argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from jobsearch.core import characters
from jobsearch.core.json_values import sanitise_json
from jobsearch.core.text_values import READ_FACTOR, clean_line, collapse_whitespace, is_blank_value
from jobsearch.taxonomy import occupations, places
from jobsearch.taxonomy.catalogue import ENGAGEMENTS, EXTENTS, NOT_STATED, SECTORS

from . import deadlines, duplicates, html, language
from .ad_data import VacancyData
from .links import sanitise_link
from .models import Category, Contact, Location, Occupation, Vacancy
from .organisation_numbers import parse_orgnr
from .visibility import compute_visible_until, get_oslo_date

PARTS = 200  # of an ad's places, contacts, occupations and categories at most so many of each are kept
TITLE, NAME, WORDS, CODE = 500, 200, 300, 100  # characters of short fields

# What employers' own systems send in place of NAV's values.
_SYNONYMS = {
    "offentleg": "Offentlig",
    "offentlig sektor": "Offentlig",
    "offentleg sektor": "Offentlig",
    "privat sektor": "Privat",
    "fulltid": "Heltid",
    "full-time": "Heltid",
    "full time": "Heltid",
    "part-time": "Deltid",
    "part time": "Deltid",
    "fast stilling": "Fast",
    "fast ansettelse": "Fast",
    "permanent": "Fast",
    "sommerjobb": "Feriejobb",
    "ikkje oppgitt": NOT_STATED,
}
_SPELLINGS = {value.casefold(): value for value in (*SECTORS, *EXTENTS, *ENGAGEMENTS, NOT_STATED)} | _SYNONYMS


@dataclass(frozen=True, slots=True)
class CleanedVacancy:
    """An open ad and its related rows, unsaved where they come from the feed. `occupations` contains each path once."""

    vacancy: Vacancy
    locations: list[Location]
    contacts: list[Contact]
    occupations: list[Occupation]
    categories: list[Category]


def clean_vacancy(entry: VacancyData, now: dt.datetime, first_seen: dt.datetime | None = None) -> CleanedVacancy:
    """Cleans an ad that is stored at `now`. `first_seen`: when it was first stored, if the database had it before."""
    first_seen = first_seen or now
    row = _clean_vacancy(entry, now, first_seen)
    locations = [
        Location(
            vacancy=row,
            position=position,
            raw_country=clean_line(place.country, NAME),
            raw_county=clean_line(place.county, NAME),
            raw_municipality=clean_line(place.municipality, NAME),
            city=clean_line(place.city, NAME),
            postal_code=clean_line(place.postal_code, 40),
            address=clean_line(place.address, WORDS),
        )
        for position, place in enumerate(entry.locations[:PARTS])
    ]
    for location in locations:
        location.path = places.build_path(location.raw_country, location.raw_county, location.raw_municipality)
    text = html.extract_text(row.description)
    row.language = language.guess_language(text)
    row.body_hash = duplicates.compute_body_hash(row.employer_name, text, list_place_names(locations))
    return CleanedVacancy(
        row, locations, _clean_contacts(entry, row), _clean_occupations(entry, row), _clean_categories(entry, row)
    )


def correct_published(published: dt.datetime | None, first_seen: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The publishing time; a time in the future is replaced by the time when the ad was first seen.

    So list, chart, order and JobPosting agree, and no ad stays at the top until 2030.
    """
    return first_seen if published is not None and published > now else published


def normalise_value(value: str) -> str:
    """A value of NAV's lists in NAV's spelling ("FAST" becomes "Fast"); any other value as it is."""
    return _SPELLINGS.get(value.casefold().rstrip(" .,;"), value)


def clean_orgnr(value: str) -> str:
    """An organisation number as nine digits; any other text at most 20 characters long, tags included."""
    value = collapse_whitespace(value[: 20 * READ_FACTOR])
    return parse_orgnr(value) or ("" if is_blank_value(value) else characters.cut_text(value, 20))


def list_place_names(locations: Iterable[Location]) -> list[str]:
    """The names of an ad's own places, for `duplicates`."""
    fields = ("raw_county", "raw_municipality", "city", "address", "postal_code")
    return [name for location in locations for field in fields if (name := getattr(location, field))]


def _clean_vacancy(entry: VacancyData, now: dt.datetime, first_seen: dt.datetime) -> Vacancy:
    published = correct_published(entry.published, first_seen, now)
    due = clean_line(entry.application_due)
    return Vacancy(
        uuid=entry.uuid,
        status=Vacancy.Status.ACTIVE,
        title=clean_line(entry.title, TITLE),
        job_title=clean_line(entry.job_title, WORDS),
        employer_name=clean_line(entry.employer_name, NAME),
        employer_orgnr=clean_orgnr(entry.employer_orgnr),
        employer_homepage=sanitise_link(entry.employer_homepage),
        employer_description=html.sanitise_html(entry.employer_description),
        description=html.sanitise_html(entry.description),
        source=clean_line(entry.source, CODE),
        source_url=sanitise_link(entry.source_url),
        application_url=sanitise_link(entry.application_url),
        application_due_text=due,
        application_due=deadlines.parse_deadline(due, get_oslo_date(published or first_seen)),
        published=published,
        expires=entry.expires,
        visible_until=compute_visible_until(entry.expires),
        updated=entry.updated,
        sector=normalise_value(clean_line(entry.sector, CODE)),
        extent=normalise_value(clean_line(entry.extent, CODE)),
        engagement=normalise_value(clean_line(entry.engagement, CODE)),
        start_text=clean_line(entry.start),
        position_count=_parse_count(clean_line(entry.position_count, 20)),
        raw=sanitise_json(entry.raw),
        first_seen=first_seen,
        changed=now,
        checked=now,
    )


def _clean_contacts(entry: VacancyData, row: Vacancy) -> list[Contact]:
    found = []
    for position, person in enumerate(entry.contacts[:PARTS]):
        values = {name: clean_line(getattr(person, name), WORDS) for name in ("name", "email", "phone", "role", "title")}
        if any(values.values()):
            found.append(Contact(vacancy=row, position=position, **values))
    return found


def _clean_occupations(entry: VacancyData, row: Vacancy) -> list[Occupation]:
    paths: dict[str, Occupation] = {}
    for job in entry.occupations[:PARTS]:
        names = {"raw_level1": clean_line(job.level1, NAME), "raw_level2": clean_line(job.level2, NAME)}
        if path := occupations.build_path(*names.values()):
            paths.setdefault(path, Occupation(vacancy=row, path=path, **names))
    return list(paths.values())


def _clean_categories(entry: VacancyData, row: Vacancy) -> list[Category]:
    return [
        Category(
            vacancy=row,
            type=clean_line(category.type, 40),
            raw_code=clean_line(category.code, WORDS),
            raw_name=clean_line(category.name, WORDS),
            code=clean_line(category.code, NAME).lower()[:NAME],  # the feed spells the same ESCO code c9112 and C9112
            name=clean_line(category.name, WORDS).rstrip("; "),
        )
        for category in entry.categories[:PARTS]
    ]


def _parse_count(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else None
