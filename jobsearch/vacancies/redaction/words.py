"""Word lists that distinguish names from other words: titles, companies, everyday words, given names, places, occupations.

All words are folded by `tokens.fold_word`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jobsearch.taxonomy import catalogue

from .tokens import WORD, fold_word

_FOLDER = Path(__file__).parent
CONJUNCTIONS = frozenset("og eller and or samt & eller/og og/eller".split())
PARTICLES = frozenset(
    "van von der den de da do dos del di du el al bin ibn ben abu la le ter ten zu zum af av mac mc st san d y e".split()
)
"""Small words inside names, which are no name by themselves."""
COMPANY_FORMS = frozenset("as asa ans ltd limited inc gmbh ab aps oy plc llc bemanning rekruttering kommune consulting".split())
# Occupations that are also surnames: the last word of "Markus Baker" is not a title.
_SURNAMES = frozenset(
    "baker smed prest maler fisker moeller skredder snekker murer kokk jeger vekter bonde skriver feier page".split()
)
_INSTITUTIONS = tuple(
    fold_word(end)
    for end in """
    skole skolen skule skulen skolar hage hagen hagar hjem hjemmet heim heimen senter senteret kommune kirke kyrkje kirken
    hus huset kontor kontoret bygg transport klinikk klinikken gård gard gården stasjon park brygge kai hotell fabrikk
    verk verksted auto maskin eiendom torg sone sonen bolig bolag vgs sykehus sjukehus bofellesskap menighet sokn krets
    idrettslag mølle bruk verft hall arena museum bibliotek terrasse kafé restaurant butikk bakeri apotek bad brannstasjon
    """.split()
)


def _read(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.lower().split())


@lru_cache(maxsize=1)
def _titles() -> tuple[frozenset[str], tuple[str, ...]]:
    """Titles: whole words, and endings of compounds."""
    listed = _read("titles.txt")
    ends = tuple(fold_word(word[1:]) for word in sorted(listed) if word.startswith("-"))
    whole = {fold_word(part) for word in listed for part in WORD.findall(word)}
    return frozenset(whole), ends


@lru_cache(maxsize=1)
def load_given_names() -> frozenset[str]:
    """Given names in Norway."""
    return frozenset(map(fold_word, _read("given_names.txt")))


@lru_cache(maxsize=1)
def load_everyday_words() -> frozenset[str]:
    """Everyday words, names of languages, and NAV's kinds of engagement, extent and sector."""
    names = [*catalogue.LANGUAGES.values(), *catalogue.ENGAGEMENTS, *catalogue.EXTENTS, *catalogue.SECTORS]
    return frozenset(map(fold_word, [*_read("everyday_words.txt"), *(word for name in names for word in WORD.findall(name))]))


@lru_cache(maxsize=1)
def load_name_words() -> frozenset[str]:
    """Everyday words that are also names of people: "stein", "berg"."""
    return frozenset(map(fold_word, _read("name_words.txt")))


@lru_cache(maxsize=1)
def load_place_words() -> frozenset[str]:
    """Words of the names of counties, municipalities and countries."""
    names = [*catalogue.COUNTIES, *(name for names in catalogue.COUNTIES.values() for name in names), *catalogue.COUNTRIES]
    return frozenset(fold_word(word) for name in names for word in WORD.findall(name))


@lru_cache(maxsize=1)
def load_occupation_words() -> frozenset[str]:
    """Words of NAV's occupations."""
    names = [*catalogue.OCCUPATIONS, *(name for names in catalogue.OCCUPATIONS.values() for name in names)]
    return frozenset(fold_word(word) for name in names for word in WORD.findall(name))


@lru_cache(maxsize=10_000)
def is_title(key: str) -> bool:
    """Whether a word is a title, role, unit, label or company form: "avdelingsleder", "tlf", "rekruttering", "AS"."""
    whole, ends = _titles()
    return len(key) > 1 and (key in whole or key.endswith(ends))


@lru_cache(maxsize=10_000)
def is_surname_too(key: str) -> bool:
    """Whether an occupation is also a surname: "baker"."""
    return key in _SURNAMES


@lru_cache(maxsize=10_000)
def is_common(key: str) -> bool:
    """Whether a word is an everyday word, a language, a place, an occupation or a title, even if it is also a name."""
    return (
        key in load_everyday_words()
        or key in load_name_words()
        or key in load_place_words()
        or key in load_occupation_words()
        or is_title(key)
    )


@lru_cache(maxsize=10_000)
def is_no_name(key: str) -> bool:
    """Whether a word in a name field is certainly not a person's name."""
    names = key in load_given_names() or key in load_name_words() or key in _SURNAMES
    return not names and (
        key in load_everyday_words() or key in load_place_words() or key in load_occupation_words() or is_title(key)
    )


@lru_cache(maxsize=10_000)
def is_institution(key: str) -> bool:
    """Whether a word after a name makes it a place or a company: "Berg skole", "Moen Transport AS"."""
    return key in COMPANY_FORMS or key.endswith(_INSTITUTIONS)
