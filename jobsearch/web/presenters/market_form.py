"""Presenter of the form on the market's page: one value each of occupation, place and sector."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from jobsearch.search.facets import FACETS
from jobsearch.statistics import market
from jobsearch.taxonomy import occupations
from jobsearch.taxonomy.catalogue import COUNTIES, SECTORS
from jobsearch.taxonomy.places import ABROAD


@dataclass(frozen=True, slots=True)
class Option:
    """A value of the form; `parts` are shown under it."""

    value: str
    label: str
    parts: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A select of the form. `whole`: the label of the choice without a value."""

    name: str
    label: str
    whole: str
    options: list[Option]
    chosen: tuple[str, ...]


def build_fields(selection: market.Selection) -> list[Field]:
    """The form: one value of each dimension."""
    municipalities = {county: [f"{county}/{name}" for name in COUNTIES[county] if name != county] for county in COUNTIES}
    jobs = {group: list(paths) for group, paths in occupations.PATHS.items() if group != occupations.UNKNOWN}
    offered: dict[str, tuple[str, dict[str, list[str]]]] = {
        "occupation": (_("Alle yrker"), jobs),
        "place": (_("Hele landet"), municipalities | {ABROAD: []}),
        "sector": (_("Alle sektorer"), {sector: [] for sector in SECTORS}),
    }
    return [
        Field(
            name,
            str(FACETS[name].label),
            whole,
            [_build_group(name, value, parts) for value, parts in groups.items()],
            getattr(selection, name),
        )
        for name, (whole, groups) in offered.items()
    ]


def _build_group(name: str, value: str, parts: list[str]) -> Option:
    label = FACETS[name].label_value
    return Option(value, label(value), tuple(Option(part, label(part)) for part in parts))
