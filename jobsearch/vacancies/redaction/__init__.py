"""Redaction: contact information removed from an ad's texts. E-mail addresses, phone numbers and the contacts' names.

What reaches an index, a file, a feed, a mail or a search engine goes through a `Redactor`, for active ads too: searching for a
person finds nothing, and an index needs no cleaning of names when an ad closes. Which words, numbers and addresses go, and how
well that works, is in docs/decisions/0019-redaction.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Protocol

from . import words
from .addresses import AddressFinder
from .names import NameFinder
from .people import FIELD_LENGTH, Person, parse_people
from .phones import PhoneFinder, list_own_numbers
from .spans import Span, join_spans, remove_spans
from .tokens import WORD, fold_word

CONTACTS = 200  # contacts of one ad that are read; `record` stores no more
PERSONS = 300

_WRITTEN_PLAINLY = re.compile(r"[^\W\d_]+(?:[ \-][^\W\d_]+)*")  # nothing but words


class Contact(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...


class Redactor:
    """Removes contact information from the texts of one ad.

    `keep`: the names of its employer and places. A single word of them is never removed, so that the surname Berg doesn't take
    the municipality's name out of the ad.
    """

    def __init__(self, contacts: Iterable[Contact] = (), *keep: str) -> None:
        contacts = list(islice(contacts, CONTACTS))
        self._phones = PhoneFinder(
            list_own_numbers(value for contact in contacts for value in (contact.phone, contact.name) if value)
        )
        self._addresses = AddressFinder(
            part for contact in contacts for value in (contact.email, contact.name) if "@" in value for part in _parts(value)
        )
        named = _keys(*keep)
        self._names = NameFinder(self._persons(contacts, named))
        if self._names.has_word(named):
            # The employer "Tannlege Kari Nordmann": what is left of it without the whole name is its own.
            named = _keys(*(self.redact_title(text) for text in keep))
        self._kept = named

    def redact_text(self, text: str, keep: str = "") -> str:
        """A running text without contact information; line ends stay. `keep`: the ad's redacted title, kept like the names."""
        return remove_spans(text, self._find(text, self._kept | _keys(keep) if keep else self._kept))

    def find_spans(self, text: str, keep: str = "") -> list[Span]:
        """The spans that `redact_text` removes, in order, none touching another."""
        return self._find(text, self._kept | _keys(keep))

    def redact_title(self, text: str) -> str:
        """A title, or the name of an employer, an occupation or a place, without contact information.

        Only a whole name is removed: "Avdelingsleder hjemmetjenesten" stays whole with a contact called "Avdelingsleder Anne
        Prøvesen".
        """
        spans = self._find(text, frozenset(), title=True)
        return " ".join(remove_spans(text, spans).split()) if spans else text

    def _find(self, text: str, kept: frozenset[str], *, title: bool = False) -> list[Span]:
        taken = join_spans([*self._addresses.find(text), *self._phones.find(text)])
        names = self._names.find(text, taken, kept, title=title)
        return join_spans([*taken, *names]) if names else taken

    def _persons(self, contacts: list[Contact], named: frozenset[str]) -> list[Person]:
        """The persons among the contacts: a name that is the employer's and doesn't begin like a person's is none."""
        found: dict[Person, None] = {}
        for contact in contacts:
            field = contact.name[:FIELD_LENGTH]
            if not field:
                continue
            if not _WRITTEN_PLAINLY.fullmatch(field):
                field = remove_spans(field, join_spans([*self._addresses.find(field), *self._phones.find(field)]), ";")
            for person in parse_people(field):
                if not named.issuperset(person.strong) or person.strong[0] in words.load_given_names():
                    found[person] = None
        return list(found)[:PERSONS]


def redact_text(text: str, contacts: Iterable[Contact] = (), *keep: str) -> str:
    return Redactor(contacts, *keep).redact_text(text)


def redact_title(text: str, contacts: Iterable[Contact] = (), *keep: str) -> str:
    return Redactor(contacts, *keep).redact_title(text)


def _keys(*texts: str) -> frozenset[str]:
    return frozenset(fold_word(word) for text in texts for word in WORD.findall(text[:2000]))


def _parts(value: str) -> list[str]:
    """The addresses of a field that may hold several."""
    return [part for part in value[:500].replace(";", " ").replace(",", " ").split() if "@" in part]
