"""Distance: within some kilometres of a municipality or postal code.

The engines compute no geometry. A document has the names of the areas where the ad is (`areas`), and a search near a place
is a list of such names, computed for each search from the points of that moment. So both engines agree, and new points need
no new index.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import build_comparison_key, normalise, normalise_spelling
from jobsearch.search.analysis.place_names import TOWNS
from jobsearch.search.conditions import Node, Terms
from jobsearch.search.input_errors import Problem
from jobsearch.search.parameters import Parameters, read_last
from jobsearch.search.query.personal_data import find_personal_data
from jobsearch.taxonomy import geography, places
from jobsearch.vacancies.gazetteer import find_unlocated, read_gazetteer
from jobsearch.vacancies.prepared_ads import list_workplaces

from .areas import format_uncertain, list_areas
from .base import VALUE_LENGTH, Ad, Selection, SingleFacet, quote

KILOMETRES = (5, 10, 25, 50, 100)
ONLY_THERE = 0
"""In the municipality itself, however large it is. A postal code has no such choice."""
CHOICES = (ONLY_THERE, *KILOMETRES)
DEFAULT_KM = 25
_CODE = re.compile(r"(?:NO?[- ])?([0-9]{4})(?![0-9])[ ,]*+(.*)", re.IGNORECASE)
_UNKNOWN = gettext_lazy("Vi vet ikke hvor «%s» er. Skriv en kommune eller et postnummer.")
_KINDS = (" kommune", " kommuna", " herad", " by")


@dataclass(frozen=True, slots=True)
class NearProblem(Problem):
    """A place that was not found. `code`: unknown, ambiguous (`names`: the places to choose from), no_point or no_table."""

    names: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        if self.code == "ambiguous":
            return _("Flere steder heter «%(name)s». Skriv ett av disse: %(names)s.") % {
                "name": self.value,
                "names": ", ".join(self.names),
            }
        if self.code == "no_table":
            return _("Vi kan ikke måle avstand fra postnummer ennå. Skriv kommunen i stedet for «%s».") % self.value
        if self.code == "no_point":
            return _("Vi kjenner ikke postnummeret «%s». Skriv et annet, eller kommunen.") % self.value
        return str(_UNKNOWN) % self.value


class DistanceFilter(SingleFacet):
    """Within `km` kilometres of the place `near`, or in that municipality.

    Chosen like a facet's value, as `25 VESTLAND/BERGEN`, but not counted.
    """

    name = "near"
    label = gettext_lazy("Avstand")
    unknown = _UNKNOWN
    field = "area"
    counted = False

    @property
    def defaults(self) -> Mapping[str, Any]:
        return {"near": "", "km": DEFAULT_KM}

    def parse_parameters(self, params: Parameters, problems: list[Problem]) -> dict[str, Any]:
        near, km = clean_parameter(read_last(params, "near"), VALUE_LENGTH), clean_parameter(read_last(params, "km"), 20)
        if km and near and km not in map(str, CHOICES):
            unknown = gettext_lazy("Vi kan ikke søke innen «%s» km. Velg en av avstandene i listen.")
            problems.append(Problem("km", km, "unknown", unknown=unknown))
            km = ""
        if not near:
            return {}
        if kind := find_personal_data(near):  # any text may be typed as a place
            problems.append(Problem("near", "", kind, blocks=True))
            return {}
        found = find_place(near)
        if isinstance(found, Problem):
            problems.append(found)
            return {}
        chosen = int(km) if km else DEFAULT_KM
        is_code = found not in geography.load_centres()
        return {"near": found, "km": KILOMETRES[0] if is_code and chosen == ONLY_THERE else chosen}

    def format_parameters(self, query: Selection) -> list[tuple[str, str]]:
        if not query["near"]:
            return []
        return [("near", query["near"]), *([("km", str(query["km"]))] if query["km"] != DEFAULT_KM else [])]

    def list_chosen(self, query: Selection) -> tuple[str, ...]:
        return (f"{query['km']} {query['near']}",) if query["near"] else ()

    def add_value(self, query: Selection, value: str) -> dict[str, Any]:
        km, _blank, near = value.partition(" ")
        return {"near": near, "km": int(km)}

    def label_value(self, value: str) -> str:
        km, _blank, near = value.partition(" ")
        if not _is_distance(value):
            return quote(value)
        if int(km) == ONLY_THERE:
            return _("Bare %(place)s") % {"place": label_place(near)}
        return _("Innen %(km)s km fra %(place)s") % {"km": km, "place": label_place(near)}

    def label_chip(self, value: str) -> str:
        return self.label_value(value) if _is_distance(value) else f"{self.label} {quote(value)}"

    def label_removal(self, value: str) -> str:
        if not _is_distance(value):
            return self.label_chip(value)
        km, _blank, near = value.partition(" ")
        if int(km) == ONLY_THERE:
            return _("kommunen %(place)s") % {"place": label_place(near)}
        return _("grensen på %(km)s km fra %(place)s") % {"km": km, "place": label_place(near)}

    def build_filter(self, query: Selection, now: dt.datetime) -> Node | None:
        return build_condition(query["near"], query["km"]) if query["near"] else None

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        locations = list_workplaces(ad.vacancy)
        return {self.field: sorted({name for one in locations for name in list_areas(one.path, one.postal_code)})}


def _is_distance(value: str) -> bool:
    """Whether the value is a distance from a known place, not a text that could not be read."""
    km, _blank, near = value.partition(" ")
    return bool(near) and km in map(str, CHOICES)


def find_place(typed: str, read_known: Callable[[], geography.Gazetteer] = read_gazetteer) -> str | NearProblem:
    """The municipality's path or the postal code of a typed place.

    `VESTLAND/VOSS` or `5700` for "voss", "Voss, Vestland", "5700 Voss". `read_known`: for several places, one that reads once.
    """
    typed = normalise(typed)
    path = typed.upper()
    if path in geography.load_centres():
        return path
    name = typed
    problem = NearProblem("near", typed, "unknown")
    if found := _CODE.fullmatch(typed):
        code, name = found.groups()
        known = read_known().codes
        if code in known:
            return code
        problem = NearProblem("near", code, "no_point" if known else "no_table")
    paths = _find_municipalities(name) if name else ()
    if len(paths) == 1:
        return paths[0]
    if paths:
        return NearProblem("near", name, "ambiguous", names=tuple(label_place(path) for path in paths))
    return _find_post_town(name, read_known) or _find_district(name) or problem


def label_place(near: str) -> str:
    """The place as people write it: "Bergen", "Herøy (Nordland)", "5700 Voss"."""
    if not near:
        return ""
    if near in geography.load_centres():
        return places.get_label(near)
    known = read_gazetteer().codes.get(near)
    return f"{near} {known.name}" if known else near


def has_postal_codes() -> bool:
    """Whether the database has the table of postal codes, so that one can be searched for."""
    return bool(read_gazetteer().codes)


@lru_cache(maxsize=1)
def list_proposals() -> tuple[str, ...]:
    """The municipalities, for a form to propose; each can be typed as it is."""
    return tuple(name for name, _point in list_municipalities())


@lru_cache(maxsize=1)
def list_municipalities() -> tuple[tuple[str, geography.Point], ...]:
    """(name, point of its centre) of each municipality, in alphabetical order."""
    named = ((places.get_label(path), centre.point) for path, centre in geography.load_centres().items())
    return tuple(sorted(named, key=lambda one: one[0].casefold().translate(_ALPHABET)))


def build_condition(near: str, km: int) -> Node:
    """Condition: one of the ad's places is within `km` kilometres, by its postal code or else by its municipality.

    A municipality without kilometres around it is found by its name, wherever in it the ad is.
    """
    known = read_gazetteer()
    reach = known.find_near(near, km)
    if not known.codes or km == ONLY_THERE:
        return Terms("place", reach.paths)
    paths = set(reach.paths)
    uncertain = (format_uncertain(code, path) for code, path in find_unlocated(known) if path in paths)
    return Terms("area", (*reach.codes, *reach.paths, *uncertain))


def make_ruler(near: str) -> Callable[[Iterable[tuple[str, str]]], int | None]:
    """A function that measures whole kilometres from a place to the nearest workplace, each given as (path, postal code).

    It returns None where no point is known. One query, however many ads are measured.
    """
    known = read_gazetteer()
    start = known.find_point(near)

    def measure(workplaces: Iterable[tuple[str, str]]) -> int | None:
        found = []
        for path, code in workplaces:
            point = known.find_point(geography.parse_postal_code(code)) or known.find_point(path)
            if start and point:
                found.append(geography.measure_distance(start, point))
        return round(min(found)) if found else None

    return measure


_ALPHABET = str.maketrans({"æ": "{", "ø": "|", "å": "}", "á": "a"})  # the three come after z


def _normalise_name(name: str) -> str:
    """A name in the form in which names are compared: "Tromsø kommune" is "tromso"."""
    name = " ".join(re.sub(r"[^\w ]+", " ", build_comparison_key(normalise(name))).split())
    return name.removesuffix(next(filter(name.endswith, _KINDS), ""))


def _find_municipalities(typed: str) -> tuple[str, ...]:
    """The municipalities with that name, or else those whose centre has it. The county may follow after a comma."""
    name, _comma, county = typed.partition(",")
    for names in _index_names():
        found = names.get(_normalise_name(typed)) or names.get(_normalise_name(name), ())
        if len(found) > 1 and county:
            found = tuple(path for path in found if _normalise_name(places.get_parent(path)) == _normalise_name(county)) or found
        if found:
            return found
    return ()


@lru_cache(maxsize=1)
def _index_names() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Names of municipalities, with those of the Sámi and Kven languages, and of their centres -> paths."""
    municipalities: dict[str, dict[str, None]] = {}
    towns: dict[str, dict[str, None]] = {}
    for path, centre in geography.load_centres().items():
        name = path.partition("/")[2]
        for one in {name, name.partition(" (")[0], *places.list_other_names(name)}:
            municipalities.setdefault(_normalise_name(one), {})[path] = None
        towns.setdefault(_normalise_name(centre.name), {})[path] = None
    return tuple({name: tuple(paths) for name, paths in kind.items()} for kind in (municipalities, towns))


def _find_post_town(typed: str, read_known: Callable[[], geography.Gazetteer]) -> str:
    """The lowest postal code of a place with that name, "" for none."""
    return _index_post_towns(read_known()).get(_normalise_name(typed), "") if typed else ""


def _find_district(typed: str) -> str:
    """The municipality of a town, village or city district: Bergen for Åsane. "" where none, or more than one, has that name."""
    paths = TOWNS.get(normalise_spelling(normalise(typed).strip().lower()), ())
    return paths[0] if len(paths) == 1 and paths[0] in geography.load_centres() else ""


@lru_cache(maxsize=1)
def _index_post_towns(known: geography.Gazetteer) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, centre in sorted(known.codes.items()):
        found.setdefault(_normalise_name(centre.name), code)
    return found
