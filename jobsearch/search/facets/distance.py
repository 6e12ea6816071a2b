"""Within so many kilometres of a place: what is typed becomes a municipality or postal code, and that the names in reach.

The engines know no geometry. An ad carries the names of the places where it is (`areas`), a search near
somewhere is a list of such names, made anew for each search from the points known then. So both engines agree, and other
points need no other index.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from jobsearch.search.analysis.folding import normalise, sketch
from jobsearch.search.conditions import Node, Terms
from jobsearch.search.input_errors import Problem
from jobsearch.search.query.personal_data import find_private
from jobsearch.taxonomy import geography, places
from jobsearch.vacancies.gazetteer import find_unlocated, read_gazetteer

from .areas import uncertain

KILOMETRES = (5, 10, 25, 50, 100)
DEFAULT_KM = 25
_CODE = re.compile(r"(?:NO?[- ])?([0-9]{4})(?![0-9])[ ,]*+(.*)", re.IGNORECASE)
_KINDS = (" kommune", " kommuna", " herad", " by")


@dataclass(frozen=True, slots=True)
class NearProblem(Problem):
    """`code`: unknown, ambiguous (then `names` are those to choose from), no_point, or no_table."""

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
        return _("Vi vet ikke hvor «%s» er. Skriv en kommune eller et postnummer.") % self.value


def read(near: str, km: str, problems: list[Problem]) -> tuple[str, int]:
    """The place and the kilometres that two cleaned parameters ask for; ("", DEFAULT_KM) for no such filter."""
    kilometres = DEFAULT_KM
    if km:
        if km in map(str, KILOMETRES):
            kilometres = int(km)
        elif near:
            problems.append(Problem("km", km, "unknown"))
    if not near:
        return "", DEFAULT_KM
    if kind := find_private(near):
        problems.append(Problem("near", "", kind, blocks=True))  # a place is any text, so it is looked at as one
        return "", DEFAULT_KM
    found = resolve(near)
    if isinstance(found, Problem):
        problems.append(found)
        return "", DEFAULT_KM
    return found, kilometres


def resolve(typed: str) -> str | NearProblem:
    """What is meant: `VESTLAND/VOSS` or `5700`, for "voss", "Voss, Vestland", "5700 Voss" and the like."""
    typed = normalise(typed)
    path = typed.upper()
    if path in geography.load_centres():
        return path
    name = typed
    problem = NearProblem("near", typed, "unknown")
    if found := _CODE.fullmatch(typed):
        code, name = found.groups()
        known = read_gazetteer().codes
        if code in known:
            return code
        problem = NearProblem("near", code, "no_point" if known else "no_table")
    paths = _named(name) if name else ()
    if len(paths) == 1:
        return paths[0]
    if paths:
        return NearProblem("near", name, "ambiguous", names=tuple(label(path) for path in paths))
    return _post_town(name) or problem


def label(near: str) -> str:
    """The place as people write it: "Bergen", "Herøy (Nordland)", "5700 Voss"."""
    if near in geography.load_centres():
        return places.get_label(near)
    known = read_gazetteer().codes.get(near)
    return f"{near} {known.name}" if known else near


def knows_postal_codes() -> bool:
    """Whether there is a table of postal codes, so that one can be asked for."""
    return bool(read_gazetteer().codes)


@lru_cache(maxsize=1)
def proposals() -> tuple[str, ...]:
    """The municipalities, for a form to propose; each is understood as it stands."""
    names = map(places.get_label, geography.load_centres())
    return tuple(sorted(names, key=lambda name: name.casefold().translate(_ALPHABET)))


def condition(near: str, km: int) -> Node:
    """Ads of which a place lies so near: where its postal code is, or else where its municipality is."""
    known = read_gazetteer()
    reach = known.find_near(near, km)
    if not known.codes:
        return Terms("place", reach.paths)
    paths = set(reach.paths)
    by_path = (uncertain(code, path) for code, path in find_unlocated(known) if path in paths)
    return Terms("area", (*reach.codes, *reach.paths, *by_path))


_ALPHABET = str.maketrans({"æ": "{", "ø": "|", "å": "}", "á": "a"})  # the three stand behind z


def _key(name: str) -> str:
    """A name as it is compared: "Tromsø kommune" is "tromso"."""
    name = " ".join(re.sub(r"[^\w ]+", " ", sketch(normalise(name))).split())
    return name.removesuffix(next(filter(name.endswith, _KINDS), ""))


def _named(typed: str) -> tuple[str, ...]:
    """The municipalities of that name, or else those whose centre has it. After a comma the county may stand."""
    name, _comma, county = typed.partition(",")
    for names in _names():
        found = names.get(_key(typed)) or names.get(_key(name), ())
        if len(found) > 1 and county:
            found = tuple(path for path in found if _key(places.get_parent(path)) == _key(county)) or found
        if found:
            return found
    return ()


@lru_cache(maxsize=1)
def _names() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Names of municipalities, with those of the Sámi and Kven languages, and of their centres -> paths."""
    municipalities: dict[str, dict[str, None]] = {}
    towns: dict[str, dict[str, None]] = {}
    for path, centre in geography.load_centres().items():
        name = path.partition("/")[2]
        for one in {name, name.partition(" (")[0], *places.list_other_names(name)}:
            municipalities.setdefault(_key(one), {})[path] = None
        towns.setdefault(_key(centre.name), {})[path] = None
    return tuple({name: tuple(paths) for name, paths in kind.items()} for kind in (municipalities, towns))


def _post_town(typed: str) -> str:
    """The first postal code of a place of that name, "" for none."""
    return _post_towns(read_gazetteer()).get(_key(typed), "") if typed else ""


@lru_cache(maxsize=1)
def _post_towns(known: geography.Gazetteer) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, centre in sorted(known.codes.items()):
        found.setdefault(_key(centre.name), code)
    return found
