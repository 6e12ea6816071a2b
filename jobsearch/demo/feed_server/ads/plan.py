"""Plan of an ad: the choices made before its text is generated (occupation, place, employer, language, title, chain).

A plan takes only a few microseconds: a feed line needs nothing more.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from . import titles
from .employers import CHAINS, GROUPS, Employer, choose_employer
from .occupations import ANY, BY_KEY, Occupation
from .places import ANYWHERE, CITIES, COASTAL, SVALBARD, TOWNS, Place
from .seeded_random import Weighted, draws, pick, to_fraction

BLOCK = 10_000
"""Number of ads among which chains of copies are distributed; each block has the same chain sizes."""

_CHAIN_SIZES = (44, 28, 22, 18, 15, 12, 10, 9, 8, 7, 6, 6, 5, 5, 5, *[4] * 6, *[3] * 12, *[2] * 42)
_CHAIN_ENDS = tuple(accumulate(_CHAIN_SIZES))
_CHAIN_OF_SLOT = tuple(index for index, size in enumerate(_CHAIN_SIZES) for _ in range(size))
_COPIED = _CHAIN_ENDS[-1]
_SCATTER = 7919
"""Coprime to BLOCK, so that multiplication spreads a chain's copies over the whole block."""

_ENGAGEMENTS: Weighted[str] = Weighted(
    (
        ("Fast", 716.0),
        ("Vikariat", 152.0),
        ("Engasjement", 46.0),
        ("Annet", 41.0),
        ("Prosjekt", 13.0),
        ("Åremål", 10.0),
        ("Sesong", 6.0),
        ("Lærling", 5.0),
        ("Trainee", 2.0),
        ("Feriejobb", 3.0),
        ("Selvstendig næringsdrivende", 6.0),
        ("Frilanser", 3.0),
        ("", 1.0),
    )
)
_SOURCES: Weighted[str] = Weighted((("IMPORTAPI", 806.0), ("Stillingsregistrering", 186.0), ("AMEDIA", 7.0), ("EURES", 1.0)))
_PART_TIME = (10, 15, 20, 20, 25, 30, 40, 40, 50, 50, 50, 60, 60, 70, 75, 75, 80, 80, 80, 90)
_NYNORSK_COUNTIES = {"VESTLAND": 0.09, "MØRE OG ROMSDAL": 0.13, "ROGALAND": 0.025, "TELEMARK": 0.04, "INNLANDET": 0.01}
_COASTAL_GROUPS = {"sjo", "havbruk", "energi"}
_CITY_GROUPS = {"it", "jus", "eiendom"}
_SELF_EMPLOYED = {"lege", "rehab", "klinikk", "fritid", "bolig"}
_TOWN_GROUPS = {"universitet", "sykehus", "vgs"}


@dataclass(slots=True)
class Plan:
    """The choices for one ad. `shape` is the kind of location (one, county, none, abroad, svalbard), `percent` the post's size.

    `contradiction` is what the text states against the fields: full, part, temp or nothing.
    `chain` is the name shared by copies of one description, or None; `reposted` copies share all other values as well.
    """

    number: int
    seed: int
    occupation: Occupation
    place: Place
    shape: str
    employer: Employer
    language: str
    base: str
    title: str
    source: str
    engagement: str
    part_time: bool
    percent: int
    contradiction: str
    chain: str | None
    reposted: bool
    d: tuple[int, ...]


def _find_chain(number: int) -> tuple[int, int] | None:
    """Finds the block and the chain of an ad; None for an ad without copies."""
    block, slot = divmod(number, BLOCK)
    slot = (slot * _SCATTER + block * 37) % BLOCK
    return (block, _CHAIN_OF_SLOT[slot]) if slot < _COPIED else None


def _choose_place(group: str, d: tuple[int, ...]) -> Place:
    """Chooses a place where this kind of work exists."""
    odds = d[2] & 0xFF
    if group in _COASTAL_GROUPS and odds < 170:
        return COASTAL.by(d[2])
    if group in _CITY_GROUPS and odds < 140:
        return CITIES.by(d[2])
    if group in _TOWN_GROUPS and odds < 244:
        return TOWNS.by(d[2])
    return ANYWHERE.by(d[2])


def _choose_shape(draw: int) -> str:
    """Chooses the kind of location: usually one real place."""
    odds = to_fraction(draw)
    if odds > 0.019:
        return "one"
    if odds < 0.003:
        return "abroad"
    if odds < 0.005:
        return "svalbard"
    return "county" if odds < 0.011 else "none"


def _choose_language(group: str, place: Place, draw: int) -> str:
    """Chooses the language: nb, nn, en, mixed, or rarely pl, lt or se."""
    odds = to_fraction(draw)
    english = GROUPS[group]["english"] * 1.17
    if odds < english:
        return "en"
    odds = (odds - english) / (1 - english)
    if odds > 0.992:
        return "mixed"
    if odds > 0.98 and group in ("industri", "bygg", "lager", "renhold"):
        return "pl" if odds > 0.985 else "lt"
    if (
        odds > 0.45
        and place.county == "FINNMARK"
        and " " in place.municipal
        and group in ("barnehage", "skole", "kultur", "omsorg")
    ):
        return "se"
    nynorsk = 0.74 if place.nynorsk else _NYNORSK_COUNTIES.get(place.county, 0.002)
    return "nn" if odds < nynorsk else "nb"


def _choose_engagement(base: str, draw: int) -> str:
    """Chooses the engagement type that the title implies, else one of the usual mix."""
    low = base.lower()
    if "lærling" in low:
        return "Lærling"
    if "trainee" in low or "graduate" in low:
        return "Trainee"
    if "sommer" in low or "sommar" in low or "ferie" in low or "sesong" in low:
        return ("Vikariat", "Sesong", "Feriejobb")[draw % 3]
    if "vikar" in low:
        return "Vikariat"
    if "stipendiat" in low or "phd" in low or "postdoc" in low or "postdok" in low or "vitenskapelig ass" in low:
        return "Åremål" if draw % 3 else "Engasjement"
    return _ENGAGEMENTS.by(draw)


def _choose_contradiction(part_time: bool, engagement: str, draw: int) -> str:
    """Chooses the field that the text contradicts; 1.8, 1.2 and 2.6 % of all ads in the samples."""
    odds = to_fraction(draw * 2654435761 & 0xFFFFFFFF)
    if part_time:
        return "full" if odds < 0.038 else ""
    if odds < 0.026:
        return "part"
    return "temp" if engagement == "Fast" and odds < 0.07 else ""


@lru_cache(maxsize=64)
def _chain_draws(seed: int, block: int, index: int) -> tuple[int, ...]:
    return draws(seed, block * 1000 + index, "chain")


def plan_ad(number: int, seed: int = 1) -> Plan:
    """Makes the choices for one ad."""
    d = draws(seed, number)
    member = _find_chain(number)
    chain: str | None = None
    named: list[str] | None = None
    if member:
        chain = f"{seed}.{member[0]}.{member[1]}"
        common = _chain_draws(seed, *member)
        if member[1] < 15 or common[0] % 2:
            named = CHAINS[member[1]] if member[1] < 15 and member[0] == 0 else pick(CHAINS, common[1])
            d = (d[0], d[1], d[2], *common[3:])
        else:
            d = common
    if named:
        occupation = BY_KEY[named[1]]
        shape = "one"
        place = ANYWHERE.by(d[2])
        language = "nb"
    else:
        occupation = ANY.by(d[1])
        shape = _choose_shape(d[0])
        place = SVALBARD if shape == "svalbard" else _choose_place(occupation.group, d)
        language = _choose_language(occupation.group, place, d[6])
    base = pick(occupation.titles["nb" if language not in ("nn", "en") else language], d[7])
    nynorsk = language == "nn"
    who = Employer(named[0], "avdelingene våre", False) if named else choose_employer(occupation, base, place, d, nynorsk)
    part_time = to_fraction(d[11]) < GROUPS[occupation.group]["part"] * 0.83
    percent = pick(_PART_TIME, d[13]) if part_time else 100
    engagement = _choose_engagement(base, d[12])
    if who.public and engagement in ("Selvstendig næringsdrivende", "Frilanser") and occupation.group not in _SELF_EMPLOYED:
        engagement = "Engasjement"
    if named:
        title = titles.chain_title(base, place, d)
    else:
        title = titles.decorate_title(base, place, who.unit, percent, engagement, language, d)
    return Plan(
        number=number,
        seed=seed,
        occupation=occupation,
        place=place,
        shape=shape,
        employer=who,
        language=language,
        base=base,
        title=title,
        source=_SOURCES.by(d[10]),
        engagement=engagement,
        part_time=part_time,
        percent=percent,
        contradiction=_choose_contradiction(part_time, engagement, d[12]),
        chain=chain,
        reposted=chain is not None and named is None,
        d=d,
    )
