"""Data classes for an ad as a source sends it: the input of `store.store_vacancies`. Names and texts are raw, not cleaned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LocationData:
    """One workplace of an ad."""

    country: str = ""
    county: str = ""
    municipality: str = ""
    city: str = ""
    postal_code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ContactData:
    """One contact person of an ad."""

    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class OccupationData:
    """One of an ad's occupations in NAV's classification."""

    level1: str
    level2: str = ""


@dataclass(frozen=True, slots=True)
class CategoryData:
    """One of an ad's categories in another classification. `type` is its name, such as ESCO or STYRK08."""

    type: str
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class VacancyData:
    """One ad as its source has it now. Times are aware; `expires` is on the last day on which the ad is active."""

    uuid: UUID
    expires: dt.datetime
    title: str = ""
    description: str = ""
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    employer_name: str = ""
    employer_orgnr: str = ""
    employer_homepage: str = ""
    employer_description: str = ""
    job_title: str = ""
    source: str = ""
    source_url: str = ""
    application_url: str = ""
    application_due: str = ""
    engagement: str = ""
    extent: str = ""
    sector: str = ""
    start: str = ""
    position_count: str = ""
    locations: tuple[LocationData, ...] = ()
    contacts: tuple[ContactData, ...] = ()
    occupations: tuple[OccupationData, ...] = ()
    categories: tuple[CategoryData, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)
    """The source's own object, without the contacts."""
