"""Redaction of personal data: removes e-mail addresses, phone numbers and names of contacts from the texts of an ad.

Every text for an index, a file, a feed, a mail or an external search engine goes through a `Redactor`, for active ads too: a
search for a person finds nothing, and an index needs no change of texts when an ad closes. Which words, numbers and addresses
are removed, with precision and recall, is in docs/decisions/0019-redaction.md.
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

CONTACTS = 200  # contacts of one ad that are read; `store` stores no more
PERSONS = 300  # persons of one ad whose names are searched

_WRITTEN_PLAINLY = re.compile(r"[^\W\d_]+(?:[ \-][^\W\d_]+)*")  # nothing but words


class Contact(Protocol):
    """A contact of an ad: `models.Contact` or `ad_data.ContactData`."""

    @property
    def name(self) -> str:
        """As the source has it: often with a title or a company."""

    @property
    def email(self) -> str:
        """One or several e-mail addresses."""

    @property
    def phone(self) -> str:
        """One or several phone numbers."""


class Redactor:
    """Redactor for the texts of one ad.

    `keep`: the names of its employer and places. A single word of these is never removed, so that a contact with the surname
    Berg does not remove the municipality Berg from the ad.
    """

    def __init__(self, contacts: Iterable[Contact] = (), *keep: str) -> None:
        contacts = list(islice(contacts, CONTACTS))
        self._phones = PhoneFinder(
            list_own_numbers(value for contact in contacts for value in (contact.phone, contact.name) if value)
        )
        self._addresses = AddressFinder(
            part
            for contact in contacts
            for value in (contact.email, contact.name)
            if "@" in value
            for part in _split_addresses(value)
        )
        named = _fold_words(*keep)
        self._names = NameFinder(self._parse_persons(contacts, named))
        if self._names.has_word(named):
            # The employer "Tannlege Kari Nordmann": keep only the words outside the contact's whole name.
            named = _fold_words(*(self.redact_title(text) for text in keep))
        self._kept = named

    def redact_text(self, text: str, keep: str = "") -> str:
        """Running text without contact information; line breaks stay. `keep`: the ad's redacted title, whose words stay too."""
        return remove_spans(text, self._find_all(text, self._kept | _fold_words(keep) if keep else self._kept))

    def find_spans(self, text: str, keep: str = "") -> list[Span]:
        """The spans that `redact_text` removes, in order; no two touch."""
        return self._find_all(text, self._kept | _fold_words(keep))

    def redact_title(self, text: str) -> str:
        """A title, or a name of an employer, an occupation or a place, without contact information.

        Only whole names are removed: "Avdelingsleder hjemmetjenesten" is unchanged for a contact "Avdelingsleder Anne Prøvesen".
        """
        spans = self._find_all(text, frozenset(), title=True)
        return " ".join(remove_spans(text, spans).split()) if spans else text

    def _find_all(self, text: str, kept: frozenset[str], *, title: bool = False) -> list[Span]:
        taken = join_spans([*self._addresses.find(text), *self._phones.find(text)])
        names = self._names.find(text, taken, kept, title=title)
        return join_spans([*taken, *names]) if names else taken

    def _parse_persons(self, contacts: list[Contact], named: frozenset[str]) -> list[Person]:
        """The persons among the contacts.

        A name with only words of the employer's name (`named`) is a person only if it begins with a given name.
        """
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


def redact_title(text: str) -> str:
    """`Redactor.redact_title` for a single title, without known contacts."""
    return Redactor().redact_title(text)


def _fold_words(*texts: str) -> frozenset[str]:
    return frozenset(fold_word(word) for text in texts for word in WORD.findall(text[:2000]))


def _split_addresses(value: str) -> list[str]:
    """The e-mail addresses of a field that may contain several."""
    return [part for part in value[:500].replace(";", " ").replace(",", " ").split() if "@" in part]
