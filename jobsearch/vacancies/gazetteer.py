"""Gazetteer of the database: the points of municipalities and of the postal codes that have been loaded."""

from __future__ import annotations

import datetime as dt
import time
from functools import lru_cache

from jobsearch.taxonomy.geography import Centre, Gazetteer, Point, parse_postal_code

from .models import Location, PostalCode


def read_gazetteer() -> Gazetteer:
    """The municipalities and the postal codes now in the database; one small query tells whether others were loaded."""
    return _gazetteer(PostalCode.objects.order_by("code").values_list("loaded", flat=True).first())


def find_unlocated(known: Gazetteer) -> tuple[tuple[str, str], ...]:
    """Postal codes of ads that have no point of their own, each with the path of such an ad: it counts where that is.

    Looked for anew whenever a place has been written since, and each minute: of two that write at once the later number
    may be seen first.
    """
    newest = Location.objects.order_by("-id").values_list("id", flat=True).first()
    return _unlocated(known, newest, int(time.monotonic() // 60))


@lru_cache(maxsize=1)
def _unlocated(known: Gazetteer, newest: int | None, minute: int) -> tuple[tuple[str, str], ...]:
    stated = Location.objects.values_list("postal_code", "path").order_by().distinct()
    pairs = {(parse_postal_code(code), path) for code, path in stated}
    return tuple(sorted((code, path) for code, path in pairs if code and path and code not in known.codes))


@lru_cache(maxsize=1)
def _gazetteer(loaded: dt.datetime | None) -> Gazetteer:
    rows = PostalCode.objects.filter(loaded=loaded) if loaded else PostalCode.objects.none()
    return Gazetteer({row.code: Centre(row.name, Point(row.latitude, row.longitude)) for row in rows.order_by("code")})
