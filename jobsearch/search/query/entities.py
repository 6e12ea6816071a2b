"""Words of a query that name a value of a facet: a place, a region, part-time, a summer job, the public sector.

They still are words: an ad that is called so is found as well as one that is filed so. The page shows each as what can be
taken away or turned into a filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jobsearch.search.analysis import norwegian, place_names
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, STOP_WORDS
from jobsearch.taxonomy import catalogue


@dataclass(frozen=True, slots=True)
class Recognised:
    """`words` as they were typed name this `value` of the `facet`. A region, or a name that several places have, comes once a
    value."""

    words: str
    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a run of words names. `filed`: the ad's own words need not say it, so the facet is asked too."""

    facet: str
    values: tuple[str, ...]
    filed: bool = True


Key = tuple[str, ...]

_TERMS: dict[str, dict[tuple[str, ...], str]] = {
    "engagement": {
        ("Fast",): "fast, fast stilling, faste stillinger, fast jobb, fast ansettelse, fast tilsetting, fast arbeid, permanent, "
        "permanent position, permanent job",
        ("Vikariat",): "vikariat, vikariater, vikariatet, vikarstilling, vikarstillinger, vikarjobb, temporary position",
        ("Vikariat", "Engasjement", "Prosjekt"): "midlertidig, midlertidig stilling, mellombels, temporary",
        ("Engasjement",): "engasjement, engasjementsstilling",
        ("Prosjekt",): "prosjektstilling, prosjektansettelse",
        ("Åremål",): "åremål, åremålsstilling, åremålsstillinger",
        ("Sesong", "Feriejobb"): "sesongarbeid, sesongjobb, sesongstilling, sesong, seasonal, seasonal work, seasonal job, "
        "sæsonarbejde, säsongsarbete",
        ("Feriejobb", "Sesong"): "sommerjobb, sommerjobber, sommarjobb, sommarjobbar, feriejobb, feriejobber, sommervikar, "
        "sommarvikar, ferievikar, ferievikarer, ferievikarar, ferievikariat, sommerarbeid, summer job, summer jobs, sommarjobb",
        ("Trainee",): "trainee, traineestilling, traineeprogram, traineeprogrammet",
        ("Lærling",): "lærling, lærlinger, lærlingar, læreplass, læreplasser, lærlingplass, lærlingeplass, apprentice, "
        "apprenticeship",
        ("Selvstendig næringsdrivende",): "selvstendig næringsdrivende, self employed, self-employed",
        ("Frilanser",): "frilans, frilanser, frilansar, frilansoppdrag, freelance, freelancer",
    },
    "extent": {
        ("Deltid",): "deltid, deltidsjobb, deltidsjobber, deltidsstilling, deltidsstillinger, deltidsarbeid, deltids, part time, "
        "part-time, parttime, part time job",
        ("Heltid",): "heltid, heltidsstilling, heltidsjobb, heiltid, heiltidsstilling, heiltidsjobb, "
        "fulltid, fulltidsjobb, fulltidsstilling, full time, full-time, "
        "fulltime",
    },
    "occupation": {
        ("IT",): "ikt, it-bransjen, informasjonsteknologi",
        ("Håndverkere",): "håndverker, håndverk, handverkar, handverk",
        ("Bygg og anlegg",): "bygg & anlegg, byggebransjen, anleggsbransjen, construction industry",
        ("Industri og produksjon",): "industri, industrien",
        ("Transport og lager",): "transport, transportbransjen",
        ("Helse og sosial",): "helse og omsorg, helse og sosial, helse- og sosial, helse & sosial",
        ("Reiseliv og mat",): "hotell og restaurant, reiseliv",
    },
    "language": {("en",): "english speaking, english-speaking, in english, english jobs, english job, english language"},
    "sector": {
        ("Offentlig",): "offentlig sektor, offentleg sektor, det offentlige, public sector",
        ("Privat",): "privat sektor, det private, private sector",
    },
}

# What is called after a place is not that place: "Bergen kommune", "Universitetet i Oslo".
_BODIES_AFTER = frozenset("kommune kommunes fylkeskommune herad tingrett universitetssykehus politidistrikt bispedømme".split())
_BODIES_BEFORE = frozenset(
    """
    kommune universitetet sykehuset sjukehuset høgskolen høyskolen høgskulen helse sparebanken sparebank statsforvalteren
    statsforvaltaren fylkesmannen nav studentsamskipnaden helseforetaket
    """.split()
)
_PUBLIC = frozenset("kommune fylkeskommune herad".split())
_LINKS = frozenset("i på ved for avd".split())


@lru_cache(maxsize=1)
def _meanings() -> dict[Key, Meaning]:
    found: dict[Key, Meaning] = {}
    for facet, rows in _TERMS.items():
        for values, names in rows.items():
            found |= dict.fromkeys((_key(name) for name in names.split(", ")), Meaning(facet, values))
    for level1 in catalogue.OCCUPATIONS:
        found[_key(level1)] = Meaning("occupation", (level1,))
    found |= {_key(name): Meaning("place", paths) for name, paths in place_names.REGIONS.items()}
    for name, paths in place_names.COUNTIES_OF.items():
        for form in (name, *place_names.each_language(name)):
            key = _key(form)
            # The words of one name are among the words of where an ad is; of several, the places may be different ones.
            found.setdefault(key, Meaning("place", paths, filed=len(key) > 1))
    for county in catalogue.COUNTIES:
        found[_key(county)] = Meaning("place", (county,), filed=" " in county)
        found[(*_key(county), "fylke")] = Meaning("place", (county,))
    for key in list(found):
        folded = tuple(map(norwegian.fold, key))
        if min(map(len, key)) > 3 or len(key) > 1:
            found.setdefault(folded, found[key])
    return found


def _key(name: str) -> Key:
    return tuple(word.exact for word in norwegian.words(name))


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _meanings()))


def find(words: Sequence[norwegian.Word], start: int, posts: bool) -> tuple[int, Meaning | None]:
    """(how many words, what they name) of the longest name that begins at `start`; no words where none does, and no meaning
    where a place's name is part of an employer's. `posts`: an occupation is asked for too, so that a place whose name is an
    everyday word is meant as the place."""
    meanings = _meanings()
    for end in range(min(len(words), start + _longest()), start, -1):
        meaning = meanings.get(tuple(word.exact for word in words[start:end]))
        if meaning and meaning.facet == "place" and _is_a_body(words, start, end):
            return end - start, None
        if meaning:
            everyday = end - start == 1 and words[start].exact in EVERYDAY_PLACES
            if not everyday or posts or len(words) == 1:
                return end - start, meaning
    return 0, None


def is_public_body(words: Sequence[norwegian.Word]) -> bool:
    """Whether the words are what a municipality or a county is called as an employer: "Bergen kommune", "Voss herad"."""
    return len(words) > 1 and words[-1].exact in _PUBLIC and tuple(word.exact for word in words[:-1]) in _places_without_links()


@lru_cache(maxsize=1)
def _places_without_links() -> frozenset[Key]:
    keys = {tuple(part for part in key if part not in STOP_WORDS) for key, one in _meanings().items() if one.facet == "place"}
    return frozenset(keys)


def _is_a_body(words: Sequence[norwegian.Word], start: int, end: int) -> bool:
    if end < len(words) and words[end].exact in _BODIES_AFTER:
        return True
    before = [word.exact for word in words[:start]]
    if before and before[-1] in _LINKS:
        before.pop()
    return bool(before) and before[-1] in _BODIES_BEFORE
