"""Ads as the statistics count them: when they opened and closed, and by which values."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from jobsearch.core.batches import batched
from jobsearch.vacancies.models import Location, Moderation, Occupation, PastAd, Vacancy
from jobsearch.vacancies.organisation_numbers import parse_orgnr
from jobsearch.vacancies.visibility import get_oslo_date

from . import dimensions

BATCH = 1_000  # ads read at a time
EARLIEST = dt.date(2000, 1, 1)
MAX_DAYS_OPEN = 999
Cell = tuple[int, int, int]
"""Occupation, place, sector."""


@dataclass(frozen=True, slots=True)
class CountedAd:
    """An ad with the cells in which it is counted. `closed` is None while it is open."""

    uuid: UUID
    first_seen: dt.datetime
    opened: dt.date
    closed: dt.date | None
    days_open: int | None
    """None where it is not known when the ad opened."""

    orgnr: int
    """0 for an employer without a valid organisation number."""

    employer_name: str
    occupations: tuple[str, ...]
    places: tuple[str, ...]
    sector: str

    def list_cells(self) -> Iterator[Cell]:
        """The cells of the daily counts."""
        return product(
            [dimensions.get_number("occupation", value) for value in self.occupations],
            [dimensions.get_number("place", value) for value in self.places],
            [dimensions.get_number("sector", self.sector)],
        )

    def list_total_cells(self) -> Iterator[Cell]:
        """The cells of the weekly counts, with those of the totals."""
        return product(
            dimensions.number_with_totals("occupation", self.occupations),
            dimensions.number_with_totals("place", self.places),
            dimensions.number_with_totals("sector", (self.sector,)),
        )


def read_ads(uuids: Sequence[UUID]) -> Iterator[CountedAd]:
    """The ads with these uuids, without those that an administrator hides. One pass in batches, three queries each."""
    dates = ("first_seen", "published", "closed_at", "visible_until")
    columns = ("uuid", *dates, "employer_orgnr", "employer_name", "sector")
    for batch in batched(uuids, BATCH):
        hidden = Moderation.find_hidden(batch)
        occupations, places = _read_paths(Occupation, batch), _read_paths(Location, batch)
        for row in Vacancy.objects.filter(uuid__in=batch).values_list(*columns, named=True):
            if row.uuid in hidden:
                continue
            opened = max(get_oslo_date(min(row.published or row.first_seen, row.first_seen)), EARLIEST)
            closed_at = min(row.closed_at, row.visible_until) if row.closed_at else None
            closed = max(get_oslo_date(closed_at), opened) if closed_at else None
            yield CountedAd(
                row.uuid,
                row.first_seen,
                opened,
                closed,
                min((closed - opened).days, MAX_DAYS_OPEN) if closed else 0,
                int(parse_orgnr(row.employer_orgnr) or 0),
                row.employer_name,
                tuple(dimensions.clean_occupations(occupations[row.uuid])),
                tuple(dimensions.clean_places(places[row.uuid])),
                dimensions.clean_sector(row.sector),
            )


def describe_past_ad(row: PastAd) -> tuple[CountedAd, bool]:
    """An ad of which only lines are known, and whether it is known when it opened."""
    if row.closed is None:
        raise ValueError("an ad that has not ended is no past ad")
    opened = min(row.opened, row.closed) if row.opened else row.closed
    days = (get_oslo_date(row.closed) - get_oslo_date(opened)).days
    return CountedAd(
        uuid=row.uuid,
        first_seen=opened,
        opened=get_oslo_date(opened),
        closed=get_oslo_date(row.closed),
        days_open=min(days, MAX_DAYS_OPEN) if row.opened else None,
        orgnr=0,
        employer_name="",
        occupations=tuple(dimensions.clean_occupations(())),
        places=tuple(dimensions.clean_places((row.place,))),
        sector=dimensions.clean_sector(""),
    ), row.opened is not None


def _read_paths(model: type[Occupation] | type[Location], uuids: Sequence[UUID]) -> defaultdict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for uuid, path in model.objects.filter(vacancy__in=uuids).order_by("pk").values_list("vacancy_id", "path"):
        found[uuid].append(path)
    return found
