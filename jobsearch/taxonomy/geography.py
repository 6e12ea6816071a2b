"""Where places are: a point for each municipality, and for each postal code that has been loaded.

Angles are degrees of WGS 84, distances kilometres along a great circle. The engines know none of this: what lies near is
told to them as names.
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
_KEPT = 500  # answers that a gazetteer remembers
_POSTAL_CODE = re.compile(r"[0-9]{4}")


class Point(NamedTuple):
    latitude: float
    longitude: float


class Centre(NamedTuple):
    """A municipality's administrative centre."""

    name: str
    point: Point


def measure_distance(one: Point, other: Point) -> float:
    """Kilometres between two points."""
    (x, y, z), (u, v, w) = _unit(one), _unit(other)
    half_chord = math.sqrt((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2) / 2
    return 2 * EARTH_KM * math.asin(min(1.0, half_chord))


@lru_cache(maxsize=1)
def load_centres() -> Mapping[str, Centre]:
    """Path -> centre, of each municipality of the catalogue."""
    found = {}
    for line in Path(__file__).with_name("centres.csv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            path, name, latitude, longitude = line.split(";")
            found[path] = Centre(name, Point(float(latitude), float(longitude)))
    return found


def parse_postal_code(value: str) -> str:
    """The Norwegian postal code that an ad states, "" for none."""
    code = value.replace(" ", "")
    return code if _POSTAL_CODE.fullmatch(code) and code != "0000" else ""


class Reach(NamedTuple):
    """What lies within a distance: of the postal codes with a point of their own those that do, and the municipalities.

    A county with one municipality is named with it, since an ad that states the county then says as much.
    """

    codes: tuple[str, ...]
    paths: tuple[str, ...]


class Gazetteer:
    """The points known at one moment. `codes`: postal code -> place name and point; empty before any were loaded."""

    def __init__(self, codes: Mapping[str, Centre]) -> None:
        self.codes = codes
        self._codes = [(code, *_unit(centre.point)) for code, centre in codes.items()]
        self._paths = [(path, *_unit(centre.point)) for path, centre in load_centres().items()]
        self._reaches: dict[tuple[str, float], Reach] = {}

    def find_point(self, place: str) -> Point | None:
        """The point of a municipality's path or a postal code; None where neither is known."""
        found = load_centres().get(place) or self.codes.get(place)
        return found.point if found else None

    def find_near(self, place: str, km: float) -> Reach:
        """What lies within so many kilometres of a municipality or postal code; nothing, if that is not known."""
        found = self._reaches.get((place, km))
        if found is None:
            if len(self._reaches) >= _KEPT:
                self._reaches.clear()
            found = self._reaches[place, km] = self._find_near(place, km)
        return found

    def _find_near(self, place: str, km: float) -> Reach:
        point = self.find_point(place)
        if point is None:
            return Reach((), ())
        x, y, z = _unit(point)
        # As a chord squared: no trigonometry for each of five thousand codes.
        most = (2 * math.sin(min(km / EARTH_KM, math.pi) / 2)) ** 2

        def within(named: list[tuple[str, float, float, float]]) -> list[str]:
            return [name for name, u, v, w in named if (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2 <= most]

        paths = within(self._paths)
        paths += [county for path in paths if len(COUNTIES[county := places.get_parent(path)]) == 1]
        return Reach(tuple(within(self._codes)), tuple(paths))


def _unit(point: Point) -> tuple[float, float, float]:
    latitude, longitude = math.radians(point.latitude), math.radians(point.longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )
