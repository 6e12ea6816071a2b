"""Precomputed ads: an ad as it will be stored, made before the transaction that stores it and used only if nothing has changed.

Cleaning, the prepared row and the search document take 5 ms, of which none needs a lock. The result is a function of what
`PrecomputedAd.is_valid` compares; where anything differs, `store` computes all of it itself, as it does without one.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from . import cleaning, prepared_ads, prepared_documents
from .ad_data import VacancyData
from .models import PreparedAd, Vacancy
from .suppression import Suppressor

MAX_AGE = dt.timedelta(seconds=30)
"""Of a precomputed ad: a new one gets its moment as `first_seen`, and the market counts what was first seen two minutes ago."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What is computed of an ad at a moment, the unsaved rows included. `document` is None where the ad's rows are not enough."""

    moment: dt.datetime
    ad: cleaning.CleanedVacancy
    prepared: PreparedAd
    analysis: str
    document: bytes | None


@dataclass(frozen=True, slots=True)
class PrecomputedAd:
    """A computed ad, and what it was computed of. `first_seen`: that of the stored ad; None for one that was not stored."""

    entry: VacancyData
    first_seen: dt.datetime | None
    suppressor: Suppressor
    computed: Computed

    def is_valid(self, entry: VacancyData, first_seen: dt.datetime | None, suppressor: Suppressor, now: dt.datetime) -> bool:
        """Whether the same would be computed now: of this ad, by this suppression list."""
        moment = self.computed.moment
        return (
            entry is self.entry
            and first_seen == self.first_seen
            and suppressor == self.suppressor
            and dt.timedelta(0) <= now - moment <= MAX_AGE
            # A publishing time in the future is replaced, see `cleaning.correct_published`.
            and (entry.published is None or (entry.published > moment) == (entry.published > now))
        )


@dataclass(frozen=True, slots=True)
class StoredAd:
    """What decides, before an ad is locked, whether and how it is computed."""

    first_seen: dt.datetime
    content_hash: str
    """Empty for a closed ad."""


def read_stored(uuids: Collection[UUID]) -> dict[UUID, StoredAd]:
    """The stored ones of these ads, without a lock."""
    rows = Vacancy.objects.filter(uuid__in=uuids).values_list("uuid", "first_seen", "content_hash")
    return {uuid: StoredAd(first_seen, content_hash) for uuid, first_seen, content_hash in rows}


def compute_ad(entry: VacancyData, first_seen: dt.datetime | None, suppressor: Suppressor) -> Computed:
    """Computes what `store` would. Uses no database. Raises where `store` stores an ad although a part of it fails."""
    now = timezone.now()
    ad = suppressor.clean(cleaning.clean_vacancy(entry, now, first_seen))
    prepared = prepared_ads.compute_prepared(ad)
    ad.vacancy.prepared = prepared  # as if both were read from the database
    maker = prepared_documents.get_maker()
    document = maker.make_document(ad.vacancy) if maker and prepared_ads.get_whole_prepared(ad.vacancy) else None
    return Computed(now, ad, prepared, maker.get_analysis() if maker else "", document)


def pack_computed(computed: Computed) -> bytes:
    """Bytes of a computed ad, for `unpack_computed` in the process that this one was forked from."""
    return pickle.dumps(computed, pickle.HIGHEST_PROTOCOL)


def unpack_computed(packed: bytes) -> Computed:
    """The computed ad of `pack_computed`; another copy each time, since storing changes it."""
    computed: Computed = pickle.loads(packed)  # noqa: S301 - from our own child process
    return computed
