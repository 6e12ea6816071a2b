"""Finder of suppressed identifiers in a text: every candidate is hashed and looked up.

The list has hashes only, so a text cannot be searched for a number or a name; but each number, address and sequence of words in
it can be hashed. A text of 500 words has 2,000 sequences of two to five words, which take some 4 ms.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import unquote

from jobsearch.vacancies.redaction.addresses import AddressFinder, canonicalise_address
from jobsearch.vacancies.redaction.digits import RUN, Group, split_groups
from jobsearch.vacancies.redaction.spans import Span, join_spans
from jobsearch.vacancies.redaction.tokens import Token, tokenise_text

from .identifiers import MAX_WORDS, MIN_DIGITS, Kind, hash_identifier, list_name_forms, normalise_phone

_MAX_DIGITS = 17  # of a written number: fifteen with "00" before them
_BETWEEN = re.compile(r"[\s.,'’`´\-_/\u2010-\u2015\u00ad\u200b-\u200d+]{0,3}")  # between the words of one name
_BEFORE_NUMBER = "+(\uff0b"


class Matcher:
    """Lookup of hashes. `hashes`: kind -> hashes, made with any of `keys`."""

    def __init__(self, hashes: Mapping[str, Collection[str]], keys: Sequence[bytes]) -> None:
        self._hashes: dict[str, frozenset[str]] = {kind: frozenset(found) for kind, found in hashes.items() if found}
        self._keys = keys
        self._addresses = AddressFinder()

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __eq__(self, other: object) -> bool:
        """Whether it finds the same: made of the same hashes and keys."""
        return isinstance(other, Matcher) and (self._hashes, self._keys) == (other._hashes, other._keys)

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up

    def find_spans(self, text: str) -> list[Span]:
        """The spans of suppressed identifiers in a plain text, in order."""
        found: list[Span] = []
        addresses = self._addresses.find(text) if self._hashes.keys() & {Kind.EMAIL, Kind.NAME} else []
        if Kind.EMAIL in self._hashes:
            found += [span for span in addresses if self.has(Kind.EMAIL, canonicalise_address(text[slice(*span)]))]
        if Kind.PHONE in self._hashes:
            found += self._find_phones(text)
        if Kind.NAME in self._hashes:
            for start, end in self._find_names(text):
                # "kari.nordmann@firma.no" is removed whole: what is left of it would still be an address.
                around = [span for span in addresses if span[0] < end and start < span[1]]
                found += around or [(start, end)]
        return join_spans(found)

    def matches_link(self, link: str) -> bool:
        """Whether a link contains a suppressed identifier, also where it is percent-encoded."""
        return bool(link) and bool(self.find_spans(unquote(link).replace("+", " ")) or self.find_spans(unquote(link)))

    def has(self, kind: str, value: str) -> bool:
        """Whether a normalised value is on the list."""
        hashes = self._hashes.get(kind, frozenset())
        return bool(hashes and value) and any(hash_identifier(kind, value, key) in hashes for key in self._keys)

    def _find_phones(self, text: str) -> Iterator[Span]:
        """Every sequence of groups of digits that is a suppressed number, whatever the groups and the signs between them."""
        for run in RUN.finditer(text):
            if run.end() - run.start() < MIN_DIGITS:
                continue
            groups = split_groups(text, run.start(), run.end())
            position = 0
            while position < len(groups):
                last = self._match_phone(groups, position)
                if last < 0:
                    position += 1
                    continue
                start = groups[position].start
                while start and text[start - 1] in _BEFORE_NUMBER:
                    start -= 1
                yield start, groups[last].end
                position = last + 1

    def _match_phone(self, groups: Sequence[Group], position: int) -> int:
        digits = ""
        for place in range(position, len(groups)):
            digits += groups[place].digits
            if len(digits) > _MAX_DIGITS:
                break
            if len(digits) >= MIN_DIGITS and self.has(Kind.PHONE, normalise_phone(digits)):
                return place
        return -1

    def _find_names(self, text: str) -> Iterator[Span]:
        tokens = tokenise_text(text)
        position = 0
        while position < len(tokens):
            last = self._match_name(text, tokens, position)
            if last < 0:
                position += 1
                continue
            yield (tokens[position].start, tokens[last].end)
            position = last + 1

    def _match_name(self, text: str, tokens: Sequence[Token], position: int) -> int:
        keys = [tokens[position].key]
        found = -1
        for place in range(position + 1, min(len(tokens), position + MAX_WORDS)):
            if not _BETWEEN.fullmatch(text, tokens[place - 1].end, tokens[place].start):
                break
            keys.append(tokens[place].key)
            if any(self.has(Kind.NAME, form) for form in list_name_forms(keys)):
                found = place  # the longest one, so that "Kari Anne Nordmann" leaves no "Nordmann"
        return found
