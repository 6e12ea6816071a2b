"""Titles of the ads: a base title in the variants that employers write."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from .places import DISTRICTS, Place
from .seeded_random import pick, to_fraction

_DATA: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "titles.toml").read_text(encoding="utf-8")
)
_CUT = re.compile(
    r"/| \d|, | \(| til | søkes| søkjast| - | ledig| for | à | med | ved | i | deltid| natt| kveld| helg"
    r"| barnehage$| barnevern$| hjemmetjenesten| heimetenesta| sesong$| ungdoms"
)
_NOUNS = {
    # Base titles that are not the name of a job, with the noun to use in a sentence.
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
def job_noun(base: str, language: str) -> str:
    """Converts a base title to the name of the job in a sentence: *Spesialsykepleier/sykepleier natt* → *spesialsykepleier*."""
    head = _CUT.split(base, maxsplit=1)[0]
    if language == "en":
        return _NOUNS.get(base.lower(), base.split(" (")[0])
    low = lower_first(head)
    return _NOUNS.get(base.lower(), _NOUNS.get(low, low))


@lru_cache(maxsize=2048)
def lower_first(base: str) -> str:
    """Converts the first letter to lower case, unless the title begins with an acronym or a programming language."""
    return base if _ACRONYM.match(base) or not base else base[0].lower() + base[1:]


def chain_title(base: str, place: Place, d: tuple[int, ...]) -> str:
    """Makes the title of an ad of a chain: the same words with the place of each shop."""
    pattern = ("{b} {s}", "{b}, {s}", "{b} - {s}")[d[8] % 3]
    return pattern.format(b=base, s=place.name)


def decorate_title(base: str, place: Place, unit: str, percent: int, engagement: str, language: str, d: tuple[int, ...]) -> str:
    """Makes the title of an ad: half are plain, the others have a percentage, place, unit, "wanted" phrase or emoji."""
    odds = to_fraction(d[8])
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
                b=base, l=job_noun(base, language) if kind == "seek" else lower_first(base), s=named, p=percent, e=unit
            )
    spice = d[15] & 0x3FF
    if spice < 26:
        return title.upper()
    if spice < 52:
        return f"{title} "
    if spice < 58:
        return f" {title}  "
    return title


def revise_title(title: str, language: str, draw: int) -> str:
    """Makes the title of an edited ad; one in three edits changes it."""
    if draw % 3:
        return title
    return title.rstrip() + pick(_DATA[language if language in ("nn", "en") else "nb"]["revised"], draw)
