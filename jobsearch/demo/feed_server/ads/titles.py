"""Titles: a base title dressed the many ways advertisers dress it."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from .places import DISTRICTS, Place
from .seeded_random import pick, share

_DATA: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "titles.toml").read_text(encoding="utf-8")
)
_CUT = re.compile(
    r"/| \d|, | \(| til | søkes| søkjast| - | ledig| for | à | med | ved | i | deltid| natt| kveld| helg"
    r"| barnehage$| barnevern$| hjemmetjenesten| heimetenesta| sesong$| ungdoms"
)
_NOUNS = {
    # Base titles that cannot stand in a sentence as the name of a job.
    "vil du være med på laget?": "medarbeider",
    "bli en av oss": "medarbeider",
    "åpen søknad": "medarbeider",
    "open søknad": "medarbeidar",
    "ledige stillinger": "medarbeidere",
    "ledige stillingar": "medarbeidarar",
    "diverse stillinger": "medarbeidere",
    "utesalg": "selger",
    "innesalg": "selger",
    "fastlegehjemmel": "fastlege",
    "fastlegeheimel": "fastlege",
    "driftstilskudd fysioterapeut": "fysioterapeut",
    "leie stol i salong": "frisør",
    "hjemmehjelp": "hjemmehjelper",
    "open application": "colleague",
    "medarbeider til kassen": "butikkmedarbeider",
    "direktør": "direktør",
}
_ACRONYM = re.compile(r"^(?:[A-ZÆØÅ]{2,}|[A-Z][#+.]|\.NET|Ph\.d|[A-Z][a-z]*[A-Z])")


@lru_cache(maxsize=2048)
def noun(base: str, language: str) -> str:
    """A base title as the name of the job in running text: *Spesialsykepleier/sykepleier natt* → *spesialsykepleier*."""
    head = _CUT.split(base, maxsplit=1)[0]
    if language == "en":
        return _NOUNS.get(base.lower(), base.split(" (")[0])
    low = lowered(head)
    return _NOUNS.get(base.lower(), _NOUNS.get(low, low))


@lru_cache(maxsize=2048)
def lowered(base: str) -> str:
    """The base with a small first letter, unless it begins with an acronym or the name of a language."""
    return base if _ACRONYM.match(base) or not base else base[0].lower() + base[1:]


def chained(base: str, place: Place, d: tuple[int, ...]) -> str:
    """A chain's title: the same words with the place of each shop."""
    pattern = ("{b} {s}", "{b}, {s}", "{b} - {s}")[d[8] % 3]
    return pattern.format(b=base, s=place.name)


def decorated(base: str, place: Place, unit: str, percent: int, engagement: str, language: str, d: tuple[int, ...]) -> str:
    """The title of one ad: half of them plain, the others with percent, place, unit, a plea, or decoration."""
    odds = share(d[8])
    if odds < 0.46:
        title = base
    else:
        patterns = _DATA[language if language in ("nn", "en") else "nb"]
        short = len(base) < 34 and not base.endswith("?")
        if percent < 100 and odds < 0.66 and short and "%" not in base:
            kind = "temporary" if engagement == "Vikariat" and odds < 0.55 and "vikar" not in base.lower() else "percent"
        elif odds < 0.56:
            kind = {"Fast": "fixed", "Vikariat": "temporary"}.get(engagement, "place")
            kind = "place" if kind == "temporary" and "ikar" in base else kind
        elif odds < 0.72:
            kind = "place"
        elif odds < 0.81:
            kind = "unit" if unit[0].isupper() and " i " not in base and " ved " not in base else "place"
        elif odds < 0.92 and short:
            kind = "seek"
        else:
            kind = "emoji" if odds > 0.985 else ""
        if not kind:
            title = base
        else:
            named = place.name
            districts = DISTRICTS.get(place.municipal)
            if districts and d[9] & 64:
                named = pick(districts, d[9])
            if kind == "fixed" and percent == 100:
                pattern = patterns[kind][d[9] % 2 if len(patterns[kind]) > 1 else 0]
            else:
                pattern = pick(patterns[kind], d[9])
            title = pattern.format(
                b=base, l=noun(base, language) if kind == "seek" else lowered(base), s=named, p=percent, e=unit
            )
    spice = d[15] & 0x3FF
    if spice < 26:
        return title.upper()
    if spice < 52:
        return f"{title} "
    if spice < 58:
        return f" {title}  "
    return title


def revised(title: str, language: str, draw: int) -> str:
    """An edited ad's title; every third edit shows in it."""
    if draw % 3:
        return title
    return title.rstrip() + pick(_DATA[language if language in ("nn", "en") else "nb"]["revised"], draw)
