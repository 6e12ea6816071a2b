"""Paths of places: one path for each place, `VESTLAND/BERGEN`, `VESTLAND`, `UTLAND/SVERIGE`, or "" if unknown.

The feed spells a place in many ways: mixed case, counties that no longer exist, municipalities with and without the county
that distinguishes them, Sámi double names. The raw names are stored next to the path.
"""

from __future__ import annotations

from functools import lru_cache

from jobsearch.core.text_values import clean_line

from .catalogue import COUNTIES, COUNTRIES

ABROAD = "UTLAND"
_NORWAY = {"", "NORGE", "NOREG", "NORWAY", "NO", "NOR"}
_SVALBARD = {"SVALBARD OG JAN MAYEN", "SVALBARD", "SJ"}

# Old counties that became part of one new county. For those that were split (VIKEN …) the municipality decides.
_MERGED = {
    "HEDMARK": "INNLANDET",
    "OPPLAND": "INNLANDET",
    "HORDALAND": "VESTLAND",
    "SOGN OG FJORDANE": "VESTLAND",
    "AUST-AGDER": "AGDER",
    "VEST-AGDER": "AGDER",
    "SØR-TRØNDELAG": "TRØNDELAG",
    "NORD-TRØNDELAG": "TRØNDELAG",
    "TRØNDELAG - TRÖÖNDELAGE": "TRØNDELAG",
    "TROMS - ROMSA - TROMSSA": "TROMS",
    "FINNMARK - FINNMÁRKU - FINMARKKU": "FINNMARK",
    "NORDLAND - NORDLÁNNDA": "NORDLAND",
}
_SPLIT = {"VIKEN", "VESTFOLD OG TELEMARK", "TROMS OG FINNMARK"}

_COUNTIES_OF: dict[str, list[str]] = {}
for _county, _municipalities in COUNTIES.items():
    for _municipality in _municipalities:
        _COUNTIES_OF.setdefault(_municipality, []).append(_county)
        # "NES (AKERSHUS)" is also written "NES"; "DEATNU TANA" also "TANA" and "DEATNU".
        _bare = _municipality.partition(" (")[0]
        if _bare != _municipality:
            _COUNTIES_OF.setdefault(_bare, []).append(_county)

_DOUBLE = {
    "KÅFJORD": "GÁIVUOTNA KÅFJORD",
    "GÁIVUOTNA": "GÁIVUOTNA KÅFJORD",
    "GAIVUOTNA KÅFJORD": "GÁIVUOTNA KÅFJORD",
    "KARASJOK": "KARASJOHKA KARASJOK",
    "KARASJOHKA": "KARASJOHKA KARASJOK",
    "KÁRÁŠJOHKA KARASJOK": "KARASJOHKA KARASJOK",
    "KAUTOKEINO": "GUOVDAGEAIDNU KAUTOKEINO",
    "GUOVDAGEAIDNU": "GUOVDAGEAIDNU KAUTOKEINO",
    "PORSANGER": "PORSANGER PORSÁNGU PORSANKI",
    "PORSÁNGU": "PORSANGER PORSÁNGU PORSANKI",
    "TANA": "DEATNU TANA",
    "DEATNU": "DEATNU TANA",
    "NESSEBY": "UNJARGGA NESSEBY",
    "UNJÁRGGA NESSEBY": "UNJARGGA NESSEBY",
    "UNJÁRGGA": "UNJARGGA NESSEBY",
}


@lru_cache(maxsize=10_000)
def build_path(country: str, county: str, municipality: str) -> str:
    """The path of a location from the feed's names of its country, county and municipality; "" if ambiguous or empty."""
    country, county, municipality = (_normalise_name(name) for name in (country, county, municipality))
    if country in _SVALBARD:
        county = county or "SVALBARD"
    elif country not in _NORWAY and not (county in COUNTIES and country == ABROAD):
        # The "county" of a place abroad is a region of that country.
        return f"{ABROAD}/{country}"
    county = _MERGED.get(county, county)
    if not municipality:
        return county
    municipality = _DOUBLE.get(municipality, municipality)
    bare, _, inside = municipality.partition(" (")
    if municipality not in _COUNTIES_OF and inside:
        municipality = bare  # "NES (VIKEN)": distinguished by a county that no longer exists
    if not county or county in _SPLIT:
        owners = _COUNTIES_OF.get(municipality, [])
        if county in _SPLIT:
            owners = [owner for owner in owners if owner in _HEIRS[county]] or owners
        if len(owners) == 1:
            county = owners[0]
    if not county:
        return ""  # a municipality name that several counties have, without its county
    own = COUNTIES.get(county, ())
    if municipality not in own and f"{bare} ({county})" in own:
        municipality = f"{bare} ({county})"
    return f"{county}/{municipality}"


_HEIRS = {
    "VIKEN": {"AKERSHUS", "BUSKERUD", "ØSTFOLD"},
    "VESTFOLD OG TELEMARK": {"VESTFOLD", "TELEMARK"},
    "TROMS OG FINNMARK": {"TROMS", "FINNMARK"},
}


def is_norwegian(country: str, path: str) -> bool:
    """Whether a location is in Norway for certain: by its country, or because its path is in the catalogue."""
    if path.partition("/")[0] == ABROAD:
        return False
    name = _normalise_name(country)
    return (bool(name) and name in _NORWAY | _SVALBARD) or is_known(path)


def list_other_names(municipality: str) -> list[str]:
    """Other names of a municipality of the catalogue: `DEATNU TANA` is also "TANA" and "DEATNU"."""
    return [other for other, name in _DOUBLE.items() if name == municipality]


def list_ancestors(path: str) -> tuple[str, ...]:
    """The path and the paths that contain it, the widest first: `VESTLAND/BERGEN` -> `VESTLAND`, `VESTLAND/BERGEN`."""
    county, slash, _ = path.partition("/")
    return (county, path) if slash else ((county,) if county else ())


def get_parent(path: str) -> str:
    """The county or country group of a path; "" for one of those."""
    return path.partition("/")[0] if "/" in path else ""


_COUNTRY_NAMES = {name.upper(): name for name in COUNTRIES}


@lru_cache(maxsize=2_000)
def get_label(path: str) -> str:
    """The last name of a path as Norwegians write it: `MØRE OG ROMSDAL` -> "Møre og Romsdal", `UTLAND/USA` -> "USA"."""
    name = path.rpartition("/")[2]
    if name in _COUNTRY_NAMES:
        return _COUNTRY_NAMES[name]
    words = []
    for word in name.lower().split(" "):
        words.append(word if word in {"og", "i"} else "-".join(_capitalise(part) for part in word.split("-")))
    return " ".join(words)


def list_paths() -> tuple[str, ...]:
    """Every path of the catalogue: counties with their municipalities, and the countries."""
    norwegian = [f"{county}/{name}" for county, municipalities in COUNTIES.items() for name in municipalities]
    return (*COUNTIES, *norwegian, ABROAD, *(f"{ABROAD}/{name}" for name in _COUNTRY_NAMES))


def is_known(path: str) -> bool:
    """Whether the path is in the catalogue. The path of an ad need not be."""
    county, slash, municipality = path.partition("/")
    if county == ABROAD and not slash:
        return True
    return county in COUNTIES and (not slash or municipality in COUNTIES[county])


def _capitalise(word: str) -> str:
    return f"({word[1:2].upper()}{word[2:]}" if word.startswith("(") else word[:1].upper() + word[1:]


def _normalise_name(name: str) -> str:
    # A slash in a name would become part of the path. The feed's names have none, but nothing guarantees that.
    return clean_line(name, 90).upper().replace("/", "-")[:90]
