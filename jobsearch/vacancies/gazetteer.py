"""Gazetteer from the database: coordinates of municipalities and of the loaded postal codes, cached in each process."""

from __future__ import annotations

import time
from functools import lru_cache

from jobsearch.core.compiled_select import CompiledSelect
from jobsearch.taxonomy.geography import Centre, Gazetteer, Point, parse_postal_code

from .models import Location, PostalCode


def read_gazetteer() -> Gazetteer:
    """The gazetteer with the postal codes in the database. Cached: one small query checks whether others have been loaded."""
    loaded = _loaded.fetch_rows()
    return _gazetteer(str(loaded[0][0]) if loaded else "")


_loaded = CompiledSelect(lambda: PostalCode.objects.order_by("code").values_list("loaded")[:1])


def find_unlocated(known: Gazetteer) -> tuple[tuple[str, str], ...]:
    """Postal codes of ads that the gazetteer does not have, each with the path of such an ad, which is used as its place.

    Cached until another place is stored, and for a minute at most: of two concurrent transactions the one with the higher id
    may be committed first.
    """
    newest = Location.objects.order_by("-id").values_list("id", flat=True).first()
    return _unlocated(known, newest, int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _unlocated(known: Gazetteer, newest: int | None, minute: int) -> tuple[tuple[str, str], ...]:
    stated = Location.objects.values_list("postal_code", "path").order_by().distinct()
    pairs = {(parse_postal_code(code), path) for code, path in stated}
    return tuple(sorted((code, path) for code, path in pairs if code and path and code not in known.codes))


@lru_cache(maxsize=1)
def _gazetteer(_loaded: str) -> Gazetteer:
    """The gazetteer of the codes in the database. `_loaded`, when they were loaded, is an argument for the cache only."""
    rows = list(PostalCode.objects.order_by("code"))
    return Gazetteer({row.code: Centre(row.name, Point(row.latitude, row.longitude)) for row in rows})
