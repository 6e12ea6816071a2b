"""Parser for a contact's name field: the persons in it, without titles, labels, departments and companies.

"Avdelingsleder Anne Prøvesen, tlf 400 00 000" -> Anne Prøvesen; "Norsk Rekruttering v/ Python Hansen" -> Python Hansen;
"Butikksjef" -> no person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import words
from .tokens import Token, tokenise_text

FIELD_LENGTH = 300  # characters of a name field that are read
PERSONS = 6  # of one field
WORDS = 8  # of one name
_BY = re.compile(r"(?:\bv|\bc)\s?/\s?o?\b|\bved\b|\bv/", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/;|()\[\]{}:•·\n\t+<>\"]|\s[-\u2010-\u2015]{1,2}\s")
_PLAIN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)? [^\W\d_]+(?:-[^\W\d_]+)?")  # two words: none of the patterns below matches
_CALLED = re.compile(r" ?[(\"«“„]([^\W\d_]{2,40})[)\"»”“] ?(?=[^\W\d_])")  # "Ingrid (Inga) Testdal"
_AND = re.compile(r"\s(?:og|and|eller|or|samt|&)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name, given names first. `keys`: its words as folded by `tokens.fold_word`; an initial is one letter."""

    keys: tuple[str, ...]

    @property
    def strong(self) -> tuple[str, ...]:
        """The words of the name that are neither initials nor particles."""
        return tuple(key for key in self.keys if len(key) > 1 and key not in words.PARTICLES)


def parse_people(field: str) -> list[Person]:
    """The persons in a name field, from which e-mail addresses and phone numbers have been removed."""
    field = field[:FIELD_LENGTH]
    if _PLAIN.fullmatch(field):
        return _parse_listed(field)
    if called := _CALLED.search(field):
        rest = field[called.end() :]
        field = f"{field[: called.start()]} {rest}; {called[1]} {rest}"
    by = _BY.search(field)
    if by:
        # "Company v/ person", but also "Person v/ department" and "Person ved Company".
        before, after = _parse(field[: by.start()]), _parse(field[by.end() :])
        if any(_is_surely_person(person) for person in before):
            return [*before, *filter(_is_surely_person, after)][:PERSONS]
        return (after or before)[:PERSONS]
    return _parse(field)[:PERSONS]


def _parse(field: str) -> list[Person]:
    found: list[Person] = []
    for chunk in _SEPARATORS.split(field):
        if _is_company(chunk):
            continue
        for part in _AND.split(chunk):
            found += _parse_listed(part)
    return list(dict.fromkeys(found))


def _is_company(chunk: str) -> bool:
    """Whether a part of the field has a company form ("AS") and no given name."""
    keys = [token.key for token in tokenise_text(chunk)]
    return any(key in words.COMPANY_FORMS for key in keys[1:]) and not any(key in words.load_given_names() for key in keys)


def _parse_listed(part: str) -> list[Person]:
    """Parses names separated by commas; "Nordberg, Kari" is one name."""
    names = [name for piece in part.split(",") if (name := _strip_titles(tokenise_text(piece)))]
    found: list[Person] = []
    position = 0
    while position < len(names):
        name = names[position]
        following = names[position + 1] if position + 1 < len(names) else ()
        if following and _is_reversed(name, following):
            name = (*following, *name)
            position += 1
        position += 1
        person = Person(name[:WORDS])
        if person.strong and not all(words.is_no_name(key) for key in person.strong) and not _is_of_place(person):
            found.append(person)
    return found


def _is_reversed(surname: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Whether two parts around a comma are a surname and the given names of one person."""
    names = words.load_given_names()
    if len(surname) == 1:
        return True
    return len(given) == 1 and surname[0] not in names and given[0] in names


def _is_surely_person(person: Person) -> bool:
    return len(person.strong) > 1 and person.strong[0] in words.load_given_names()


def _is_of_place(person: Person) -> bool:
    """Whether a name is that of an organisation called after its place: "Bergen Brannvesen"."""
    return person.strong[0] in words.load_place_words() and words.load_given_names().isdisjoint(person.strong)


def _is_occupation(key: str) -> bool:
    return words.is_title(key) or (key in words.load_occupation_words() and len(key) > 3)


def _strip_titles(tokens: list[Token]) -> tuple[str, ...]:
    """The words of a name without titles before it, and without a title after it and everything that follows."""
    if any(token.capital for token in tokens):
        # "Avdelingsleder hjemmetjenesten Anne Prøvesen": words in lower case are not part of a capitalised name.
        tokens = [token for token in tokens if token.capital or token.key in words.PARTICLES]
    keys = [token.key for token in tokens]
    while keys and _is_occupation(keys[0]) and keys[0] not in words.load_given_names():
        if words.is_surname_too(keys[0]) and (len(keys) == 1 or keys[1] in words.load_given_names()):
            break  # a surname in "Baker Kari"; but the trade in "Snekker Andersen"
        keys.pop(0)
    for place, key in enumerate(keys):
        if words.is_title(key) and key not in words.PARTICLES and not (words.is_surname_too(key) and place < 2) and place:
            keys = keys[:place]
            break
    while keys and keys[-1] in words.PARTICLES:
        keys.pop()
    return tuple(keys)
