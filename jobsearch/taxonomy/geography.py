"""Gazetteer: coordinates of municipalities and postal codes, and what lies within a distance of one.

Angles are degrees of WGS 84, distances kilometres along a great circle. The search engines get no coordinates: a distance is
resolved here to the names of the places within it, and the engines filter by names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from . import places
from .catalogue import COUNTIES

EARTH_KM = 6371.0  # mean radius
_MAX_CACHED = 500  # distance queries that a gazetteer caches
_POSTAL_CODE = re.compile(r"[0-9]{4}")


class Point(NamedTuple):
    """Coordinates in degrees of WGS 84."""

    latitude: float
    longitude: float


class Centre(NamedTuple):
    """A municipality's administrative centre."""

    name: str
    point: Point


def measure_distance(one: Point, other: Point) -> float:
    """Kilometres between two points along a great circle."""
    (x, y, z), (u, v, w) = _to_unit_vector(one), _to_unit_vector(other)
    half_chord = math.sqrt((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2) / 2
    return 2 * EARTH_KM * math.asin(min(1.0, half_chord))


@lru_cache(maxsize=1)
def load_centres() -> Mapping[str, Centre]:
    """Path -> administrative centre, for each municipality of the catalogue."""
    found = {}
    for line in Path(__file__).with_name("centres.csv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            path, name, latitude, longitude = line.split(";")
            found[path] = Centre(name, Point(float(latitude), float(longitude)))
    return found


def parse_postal_code(value: str) -> str:
    """The four digits of a Norwegian postal code ("50 03" -> "5003"), or "" if the text is not one."""
    code = value.replace(" ", "")
    return code if _POSTAL_CODE.fullmatch(code) and code != "0000" else ""


class Reach(NamedTuple):
    """What lies within a distance: postal codes with coordinates, and paths of municipalities.

    A county with a single municipality (Oslo) is included with it, since an ad that states only the county means the same place.
    """

    codes: tuple[str, ...]
    paths: tuple[str, ...]


class Gazetteer:
    """Coordinates of all municipalities and of the loaded postal codes.

    `codes`: postal code -> place name and point; empty if no postal codes are loaded.
    """

    def __init__(self, codes: Mapping[str, Centre]) -> None:
        self.codes = codes
        self._codes = [(code, *_to_unit_vector(centre.point)) for code, centre in codes.items()]
        self._paths = [(path, *_to_unit_vector(centre.point)) for path, centre in load_centres().items()]
        self._reaches: dict[tuple[str, float], Reach] = {}

    def find_point(self, place: str) -> Point | None:
        """The point of a municipality's path or of a postal code; None if it is unknown."""
        found = load_centres().get(place) or self.codes.get(place)
        return found.point if found else None

    def find_near(self, place: str, km: float) -> Reach:
        """What lies within `km` kilometres of a municipality or postal code; an empty `Reach` if that is unknown."""
        found = self._reaches.get((place, km))
        if found is None:
            if len(self._reaches) >= _MAX_CACHED:
                self._reaches.clear()
            found = self._reaches[place, km] = self._find_near(place, km)
        return found

    def _find_near(self, place: str, km: float) -> Reach:
        point = self.find_point(place)
        if point is None:
            return Reach((), ())
        x, y, z = _to_unit_vector(point)
        # Compared as squared chords: no trigonometry for each of the five thousand postal codes.
        max_chord = (2 * math.sin(min(km / EARTH_KM, math.pi) / 2)) ** 2

        def filter_near(vectors: list[tuple[str, float, float, float]]) -> list[str]:
            return [name for name, u, v, w in vectors if (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2 <= max_chord]

        paths = filter_near(self._paths)
        paths += [county for path in paths if len(COUNTIES[county := places.get_parent(path)]) == 1]
        return Reach(tuple(filter_near(self._codes)), tuple(paths))


def _to_unit_vector(point: Point) -> tuple[float, float, float]:
    latitude, longitude = math.radians(point.latitude), math.radians(point.longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )
