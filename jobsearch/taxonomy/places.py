"""Place names of the feed -> one path a place has: `VESTLAND/BERGEN`, `VESTLAND`, `UTLAND/SVERIGE`, or "" for none.

The feed spells places in many ways: mixed case, counties that no longer exist, municipalities with and without the
county that tells them apart, Sámi double names. The raw names are stored beside the path.
"""

from __future__ import annotations

from functools import lru_cache

from jobsearch.core.text_values import clean_line

from .catalogue import COUNTIES, COUNTRIES

ABROAD = "UTLAND"
_NORWAY = {"", "NORGE", "NOREG", "NORWAY", "NO", "NOR"}
_SVALBARD = {"SVALBARD OG JAN MAYEN", "SVALBARD", "SJ"}

# Counties that were merged whole; those that were split (VIKEN …) are told by the municipality.
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
    """The path of a location, from the three names as the feed has them."""
    country, county, municipality = (_key(name) for name in (country, county, municipality))
    if country in _SVALBARD:
        county = county or "SVALBARD"
    elif country not in _NORWAY and not (county in COUNTIES and country == ABROAD):
        # A foreign ad's county, where it has one, is a region of that country.
        return f"{ABROAD}/{country}"
    county = _MERGED.get(county, county)
    if not municipality:
        return county
    municipality = _DOUBLE.get(municipality, municipality)
    bare, _, inside = municipality.partition(" (")
    if municipality not in _COUNTIES_OF and inside:
        municipality = bare  # "NES (VIKEN)": told apart by a county that is gone
    if not county or county in _SPLIT:
        owners = _COUNTIES_OF.get(municipality, [])
        if county in _SPLIT:
            owners = [owner for owner in owners if owner in _HEIRS[county]] or owners
        if len(owners) == 1:
            county = owners[0]
    if not county:
        return ""  # a municipality that several counties have, and no word of which
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
    """Whether a location is known to be in Norway: its country says so, or its path is one of the catalogue's counties."""
    return path.partition("/")[0] != ABROAD and ((bool(_key(country)) and _key(country) in _NORWAY | _SVALBARD) or is_known(path))


def list_other_names(municipality: str) -> list[str]:
    """What else a municipality of the catalogue is called: `DEATNU TANA` is "TANA" and "DEATNU" too."""
    return [other for other, name in _DOUBLE.items() if name == municipality]


def list_ancestors(path: str) -> tuple[str, ...]:
    """The path and what it lies in, the widest first: `VESTLAND/BERGEN` -> `VESTLAND`, `VESTLAND/BERGEN`."""
    county, slash, _ = path.partition("/")
    return (county, path) if slash else ((county,) if county else ())


def get_parent(path: str) -> str:
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
        words.append(word if word in {"og", "i"} else "-".join(_capital(part) for part in word.split("-")))
    return " ".join(words)


def is_known(path: str) -> bool:
    """Whether the path is in the catalogue; an ad may still stand in a place that is not."""
    county, slash, municipality = path.partition("/")
    if county == ABROAD and not slash:
        return True
    return county in COUNTIES and (not slash or municipality in COUNTIES[county])


def _capital(word: str) -> str:
    return f"({word[1:2].upper()}{word[2:]}" if word.startswith("(") else word[:1].upper() + word[1:]


def _key(name: str) -> str:
    # A slash would end up inside a path; the feed's own names have none, but nothing promises it.
    return clean_line(name, 90).upper().replace("/", "-")[:90]
