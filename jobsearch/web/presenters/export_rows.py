"""Presenter of the files of a search: an ad as a row of cells.

A file outlives its ads, so contacts' names, numbers and addresses are redacted as in the search index, and the only link is to
the ad's page on this site, which shows whether the ad has ended.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse

from jobsearch.core.batches import batched
from jobsearch.taxonomy import occupations, places
from jobsearch.taxonomy.municipality_numbers import load_numbers
from jobsearch.vacancies import deadlines
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import list_occupation_paths, list_workplaces
from jobsearch.vacancies.visibility import get_oslo_date

from . import dates
from .ad_rows import format_location, list_active_ads
from .redacted import RedactedAd

# Not translated: programs that read the file rely on these names.
COLUMNS = (
    "Tittel",
    "Arbeidsgiver",
    "Organisasjonsnummer",
    "Yrke",
    "Sted",
    "Kommune",
    "Kommunenummer",
    "Frist",
    "Publisert",
    "Først sett",
    "Dager ute",
    "Ansettelse",
    "Omfang",
    "Sektor",
    "Lenke",
)
CHUNK = 200  # ads read from the database at a time
_SEPARATOR = " / "


def iterate_rows(uuids: Sequence[UUID], home: str) -> Iterator[list[tuple[str, ...]]]:
    """The rows of those of the ads that are active when they are read, in chunks. `home`: the address of this site."""
    today = dates.get_today()
    for chunk in batched(uuids, CHUNK):
        vacancies = list_active_ads(chunk)
        prefetch_related_objects(vacancies, "contacts", "locations")
        yield [_build_row(vacancy, home, today) for vacancy in vacancies]


def _build_row(vacancy: Vacancy, home: str, today: dt.date) -> tuple[str, ...]:
    """The cells of an ad. Dates are ISO 8601."""
    redacted = RedactedAd(vacancy, list(vacancy.contacts.all()))
    names = (redacted.redactor.redact_title(format_location(location)) for location in vacancy.locations.all())
    jobs = (redacted.redactor.redact_title(occupations.get_label(path)) for path in list_occupation_paths(vacancy))
    municipalities = [
        path for path in (place.path for place in list_workplaces(vacancy)) if "/" in path and places.is_known(path)
    ]
    municipalities = list(dict.fromkeys(municipalities))
    due, published, first_seen = vacancy.application_due, vacancy.published, get_oslo_date(vacancy.first_seen)
    opened = min(get_oslo_date(published), first_seen) if published else first_seen
    return (
        redacted.title,
        redacted.employer,
        vacancy.employer_orgnr,
        _join(jobs),
        _join(names),
        _join(places.get_label(path) for path in municipalities),
        _join(load_numbers().get(path, "") for path in municipalities),
        due.isoformat() if due else redacted.redactor.redact_text(deadlines.strip_label(vacancy.application_due_text)).strip(),
        get_oslo_date(published).isoformat() if published else "",
        first_seen.isoformat(),
        str((today - opened).days),
        vacancy.engagement,
        vacancy.extent,
        vacancy.sector,
        home.rstrip("/") + reverse("web:ad", args=[vacancy.uuid]),
    )


def _join(values: Iterable[str]) -> str:
    return _SEPARATOR.join(dict.fromkeys(filter(None, values)))
