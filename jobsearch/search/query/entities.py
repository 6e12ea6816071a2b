"""Entity recognition: words of a query that name a facet value, such as a place, a region, part-time or the public sector.

They are still searched for as words: an ad matches by its words or by its facet value. The page shows each recognised entity,
to be removed from the query or turned into a filter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jobsearch.search.analysis import norwegian, place_names
from jobsearch.search.analysis.folding import fold
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, STOP_WORDS
from jobsearch.taxonomy import catalogue


@dataclass(frozen=True, slots=True)
class RecognisedEntity:
    """An entity for the page: the typed `words` name this `value` of the `facet`.

    A region, or a name that several places share, gives one of these for each value.
    """

    words: str
    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Entity:
    """The facet values that some words name.

    `match_facet`: ads are matched by the facet value too, because their words need not contain the name.
    """

    facet: str
    values: tuple[str, ...]
    match_facet: bool = True


Key = tuple[str, ...]

# Facet -> values -> the words that name them.
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
        "sommarvikar, ferievikar, ferievikarer, ferievikarar, ferievikariat, sommerarbeid, summer job, summer jobs",
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

# An employer named after a place is not the place: "Bergen kommune", "Universitetet i Oslo".
_EMPLOYER_WORDS_AFTER = frozenset(
    "kommune kommunes fylkeskommune herad tingrett universitetssykehus politidistrikt bispedømme".split()
)
_EMPLOYER_WORDS_BEFORE = frozenset(
    """
    kommune universitetet sykehuset sjukehuset høgskolen høyskolen høgskulen helse sparebanken sparebank statsforvalteren
    statsforvaltaren fylkesmannen nav studentsamskipnaden helseforetaket
    """.split()
)
_PUBLIC_BODIES = frozenset("kommune fylkeskommune herad".split())
_PREPOSITIONS = frozenset("i på ved for avd".split())


@lru_cache(maxsize=1)
def _entities_by_key() -> dict[Key, Entity]:
    entities: dict[Key, Entity] = {}
    for facet, rows in _TERMS.items():
        for values, names in rows.items():
            entities |= dict.fromkeys((_name_key(name) for name in names.split(", ")), Entity(facet, values))
    for level1 in catalogue.OCCUPATIONS:
        entities[_name_key(level1)] = Entity("occupation", (level1,))
    entities |= {_name_key(name): Entity("place", paths) for name, paths in place_names.REGIONS.items()}
    for name, paths in place_names.COUNTIES_OF.items():
        for form in (name, *place_names.split_languages(name)):
            key = _name_key(form)
            # A name of one word is in the ad's location field. The words of a longer name may come from different places.
            entities.setdefault(key, Entity("place", paths, match_facet=len(key) > 1))
    for county in catalogue.COUNTIES:
        entities[_name_key(county)] = Entity("place", (county,), match_facet=" " in county)
        entities[(*_name_key(county), "fylke")] = Entity("place", (county,))
    for key in list(entities):
        folded = tuple(map(fold, key))
        if min(map(len, key)) > 3 or len(key) > 1:
            entities.setdefault(folded, entities[key])
    return entities


def _name_key(name: str) -> Key:
    return tuple(word.exact for word in norwegian.analyse_text(name))


@lru_cache(maxsize=1)
def _longest_key_length() -> int:
    return max(map(len, _entities_by_key()))


def find_entity(words: Sequence[norwegian.Word], start: int, has_occupation: bool) -> tuple[int, Entity | None]:
    """(number of words, entity) of the longest name that begins at `start`.

    (0, None) where none does; a number of words and None where a place name is part of an employer's name. `has_occupation`:
    the query also names an occupation, so a place whose name is an everyday word is meant as the place.
    """
    entities = _entities_by_key()
    for end in range(min(len(words), start + _longest_key_length()), start, -1):
        entity = entities.get(tuple(word.exact for word in words[start:end]))
        if entity and entity.facet == "place" and _is_in_employer_name(words, start, end):
            return end - start, None
        if entity:
            is_everyday_word = end - start == 1 and words[start].exact in EVERYDAY_PLACES
            if not is_everyday_word or has_occupation or len(words) == 1:
                return end - start, entity
    return 0, None


def is_own_name(words: Sequence[norwegian.Word], entity: Entity) -> bool:
    """Whether the words are the name of the entity's only value, rather than another name for it."""
    return len(entity.values) == 1 and tuple(word.exact for word in words) == _name_key(entity.values[0])


def list_names(facet: str, values: Collection[str]) -> list[Key]:
    """The names that mean only these values of a facet."""
    wanted = set(values)
    by_value = _keys_by_value()
    keys = dict.fromkeys(key for value in sorted(wanted) for key in by_value.get((facet, value), ()))
    return [key for key in keys if wanted.issuperset(_entities_by_key()[key].values)]


@lru_cache(maxsize=1)
def _keys_by_value() -> dict[tuple[str, str], list[Key]]:
    keys: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key, entity in _entities_by_key().items():
        for value in entity.values:
            keys[entity.facet, value].append(key)
    return dict(keys)


def is_public_body(words: Sequence[norwegian.Word]) -> bool:
    """Whether the words are a municipality's or a county's name as an employer: "Bergen kommune", "Voss herad"."""
    if len(words) < 2 or words[-1].exact not in _PUBLIC_BODIES:
        return False
    return tuple(word.exact for word in words[:-1]) in _place_keys_without_stop_words()


@lru_cache(maxsize=1)
def _place_keys_without_stop_words() -> frozenset[Key]:
    place_keys = (key for key, entity in _entities_by_key().items() if entity.facet == "place")
    return frozenset(tuple(word for word in key if word not in STOP_WORDS) for key in place_keys)


def _is_in_employer_name(words: Sequence[norwegian.Word], start: int, end: int) -> bool:
    if end < len(words) and words[end].exact in _EMPLOYER_WORDS_AFTER:
        return True
    before = [word.exact for word in words[:start]]
    if before and before[-1] in _PREPOSITIONS:
        before.pop()
    return bool(before) and before[-1] in _EMPLOYER_WORDS_BEFORE
