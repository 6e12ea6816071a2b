"""Employers of the ads: municipalities, other public bodies, and invented companies."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from .occupations import Occupation
from .people import slug
from .places import Place, display_name
from .seeded_random import pick, to_fraction

_FOLDER = Path(__file__).parent / "data"
_DATA: dict[str, Any] = tomllib.loads((_FOLDER / "employers.toml").read_text(encoding="utf-8"))
GROUPS: dict[str, dict[str, Any]] = tomllib.loads((_FOLDER / "groups.toml").read_text(encoding="utf-8"))
CHAINS: list[list[str]] = _DATA["chains"]["list"]
_FIRMS: list[str] = _DATA["firms"]
_ROOTS: list[str] = _DATA["roots"]
_KINDS: dict[str, list[str]] = _DATA["kinds"]
_HOSPITALS: dict[str, list[str]] = _DATA["public"]["hospitals"]
_UNIVERSITIES: dict[str, list[str]] = _DATA["public"]["universities"]
_STATE: list[str] = _DATA["public"]["state"]
_GUARD: list[str] = _DATA["public"]["guard"]
_KIND_BY_OCCUPATION: dict[str, str] = _DATA["by_occupation"]
_HERAD = {"KVAM", "ULVIK", "VOSS"}
_OFFICES = {"kontor", "jus", "ingenior", "it", "okonomi"}
_AGENCY_GROUPS = {"omsorg", "lager", "bygg", "industri", "elektro", "servering", "kontor", "it", "renhold"}
_CONTROL_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_NYNORSK_WORDS = (
    ("videregående skole", "vidaregåande skule"),
    ("skole", "skule"),
    ("hjemme", "heime"),
    ("tjenesten", "tenesta"),
    ("avdelingen", "avdelinga"),
    ("sykehjem", "sjukeheim"),
    ("sykehus", "sjukehus"),
    ("bofellesskap", "bufellesskap"),
    ("veien", "vegen"),
    ("sentrum", "sentrum"),
    ("gården", "garden"),
    ("enhet for", "eining for"),
    ("samfunn og utvikling", "samfunn og utvikling"),
    ("kommunedirektørens stab", "staben til kommunedirektøren"),
    ("verkstedet", "verkstaden"),
    ("fabrikken", "fabrikken"),
)


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer; `unit` is the workplace, as named in a text."""

    name: str
    unit: str
    public: bool


def municipality_name(place: Place) -> str:
    """The name of the municipality as an employer."""
    return f"{place.name} {'herad' if place.municipal in _HERAD else 'kommune'}"


def _county_authority_name(place: Place) -> str:
    """The name of the county authority; in Oslo the municipality has that role."""
    return "Oslo kommune" if place.county == "OSLO" else f"{display_name(place.county)} fylkeskommune"


def _public_name(group: str, place: Place, which: int, unit: str) -> str:
    """The name of the public employer of this kind of workplace in this place."""
    odds = to_fraction(which)
    if place.county == "SVALBARD":
        return "Longyearbyen lokalstyre"
    if group in ("sykehus", "lab") or (group == "lege" and odds < 0.5):
        return pick(_HOSPITALS[place.county], which)
    if group == "universitet":
        return pick(_UNIVERSITIES[place.county], which)
    if group in ("vgs", "tannlege"):
        return _county_authority_name(place)
    if group == "beredskap":
        return pick(_GUARD, which).format(sted=place.name)
    if group == "forsvar":
        return "Forsvaret"
    if group == "kirke":
        return f"{place.name} kirkelige fellesråd"
    if group in _OFFICES and odds > 0.6:
        return pick(_STATE, which * 7 & 0xFFFFFFFF) if odds < 0.85 else _county_authority_name(place)
    name = municipality_name(place)
    if odds < 0.06:
        return name.upper()
    if odds < 0.3 and unit[0].isupper() and group not in _OFFICES:
        return f"{name}, {unit}" if odds < 0.15 else unit
    return name


def choose_employer(occupation: Occupation, base: str, place: Place, d: tuple[int, ...], nynorsk: bool) -> Employer:
    """Chooses the employer by these draws (3: public or not, 4: template, 5: company, 14: unit)."""
    group = occupation.group
    facts = GROUPS[group]
    root = pick(_ROOTS, d[14] * 31 & 0xFFFFFFFF)
    at_home = group == "omsorg" and ("hjem" in base.lower() or "heim" in base.lower()) and "sykehjem" not in base
    pattern = "hjemmetjenesten i {sted}" if at_home else pick(facts["unit"], d[14])
    unit = pattern.format(root=root, sted=place.name, n=2 + (d[14] >> 7) % 8)
    if nynorsk:
        for bokmaal, other in _NYNORSK_WORDS:
            unit = unit.replace(bokmaal, other)
    if to_fraction(d[3]) < facts["public"]:
        return Employer(_public_name(group, place, d[4], unit), unit, True)
    agency = group in _AGENCY_GROUPS and d[4] % 100 < 7
    kind = "bemanning" if agency else _KIND_BY_OCCUPATION.get(occupation.key, facts["private"])
    pattern = pick(_KINDS[kind], d[4])
    name = pattern.format(firm=pick(_FIRMS, d[5]), root=root, sted=place.name)
    if pattern.startswith("{root}"):
        unit = name.removesuffix(" SA").removesuffix(" AS").removesuffix(" DA")
    return Employer(name.upper() if d[5] % 17 == 0 else name, unit, False)


def organisation_number(name: str) -> str:
    """Generates nine digits that pass the register's mod 11 check, the same for the same name."""
    base = 80_000_000 + crc32(name.encode()) % 19_999_999
    while True:
        digits = str(base)
        rest = sum(int(digit) * weight for digit, weight in zip(digits, _CONTROL_WEIGHTS, strict=True)) % 11
        if rest != 1:  # A remainder of 1 would need the control digit 10, so such numbers are never issued.
            return digits + str(0 if rest == 0 else 11 - rest)
        base += 1


def make_domain(name: str) -> str:
    """Generates the employer's domain, under `example.no`, which is reserved for examples."""
    plain = name.split(",")[0].removesuffix(" AS").removesuffix(" HF")
    if plain.lower().endswith(" kommune"):
        return f"{slug(plain[: -len(' kommune')], '-')}.kommune.example.no"
    return f"{slug(plain)[:40] or 'arbeidsgiver'}.example.no"


def homepage(name: str, random: Random) -> str:
    """Generates a home page as employers enter it: often without scheme, sometimes empty."""
    host = make_domain(name)
    return random.choice(
        (f"www.{host}", f"www.{host}", f"https://www.{host}", f"https://{host}/", f"http://www.{host}", host, "", "")
    )
