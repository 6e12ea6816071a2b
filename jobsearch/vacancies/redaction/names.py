"""Finder of names of an ad's contacts in its texts.

A whole name is two words of a person's name side by side, in any order and spelling; it is removed everywhere. A single word of
a name is removed only where the text uses it as a name: after "kontakt", "ring", "v/" or a title, or next to a phone number, an
e-mail address or another name. The text is split into words once and words are looked up in dictionaries: the time is linear in
the text plus the names, never their product, and no regular expression is built from a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import itemgetter, or_

from . import words
from .context import BESIDE_REACH, CONTACT, find_beside, is_listed, is_named, is_protected
from .people import Person
from .spans import Span, join_spans
from .tokens import (
    LONGEST,
    WORD,
    Token,
    fold_word,
    list_forms,
    remove_invisible,
    shorten_key,
    squash_text,
    strip_genitive,
    tokenise_text,
)

_FEW_WORDS = 30  # up to so many words of names are searched as substrings, before a text is split into words
_REGION = 300  # characters around a word of a name that are read: more than any context rule needs
_MIDDLES = 2  # words between two words of the same name: "Kari B. Nordmann"; in "Jan van der Meulen" they are particles
_DOUBLES = {"a": ("aa", "ae"), "o": ("oe",), "u": ("ue",)}  # å, æ, ø and ü as they are typed on other keyboards
_SECONDS = frozenset("ae")
_GAP = re.compile(r"[\s,.\-_'’`´/\u2010-\u2015\u2212]{0,6}")
_MIDDLE_GAP = re.compile(r"[^\S\n]{0,2}(?:\.[^\S\n]{0,2}|[-\u2010-\u2015'’´`][^\S\n]?)?")


class NameFinder:
    """Finder of the names of some persons. `persons` are stored as bits of an integer: bit n is the person with index n."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self._persons = persons
        keys = self._keys = {key for person in persons for key in person.strong}
        self._halves = {half for key in keys if len(key) > 6 for half in _find_halves(key)}
        self._sought = _list_spellings(keys | self._halves) if len(keys) <= _FEW_WORDS else ()
        self._ready = False

    def _build_tables(self) -> None:
        """Builds the tables, when the first text seems to contain a name; most ads need none."""
        self._people: defaultdict[str, int] = defaultdict(int)
        self._firsts: defaultdict[str, int] = defaultdict(int)
        self._lasts: defaultdict[str, int] = defaultdict(int)
        self._letters: defaultdict[str, int] = defaultdict(int)  # initials of the words of a name
        self._initials: defaultdict[str, int] = defaultdict(int)  # initials that are written in the contact's name
        self._wholes: set[str] = set()
        self._particles = {key for person in self._persons for key in person.keys if key in words.PARTICLES}
        self._single: set[str] = set()
        for number, person in enumerate(self._persons):
            self._add_person(person, 1 << number)
        self._known = {*self._people, *self._wholes}
        self._ready = True

    def _add_person(self, person: Person, bit: int) -> None:
        strong = person.strong
        for key in strong:
            for form in {key, shorten_key(key)}:
                self._people[form] |= bit
                self._letters[form[0]] |= bit
            self._single.update(form for form in {key, shorten_key(key)} if form == key or len(form) >= 4)
        for key in person.keys:
            if len(key) == 1:
                self._initials[key] |= bit
                self._letters[key] |= bit
        for form in {strong[0], shorten_key(strong[0])}:
            self._firsts[form] |= bit
        for form in {strong[-1], shorten_key(strong[-1])}:
            self._lasts[form] |= bit
        for place, (one, other) in enumerate(zip(person.keys, person.keys[1:], strict=False)):
            for joined in {one + other, shorten_key(one + other)}:
                if len(person.keys) == 2:
                    self._wholes.add(joined)
                elif len(one) > 1:
                    self._people[joined] |= bit
                    if place == 0:
                        self._firsts[joined] |= bit
                    if place == len(person.keys) - 2:
                        self._lasts[joined] |= bit
        if len(strong) > 1:
            self._wholes |= {"".join(person.keys), strong[0] + strong[-1]}

    def has_word(self, keys: frozenset[str]) -> bool:
        """Whether a word of a name is among these keys."""
        return not self._keys.isdisjoint(keys)

    def find(self, text: str, taken: Sequence[Span], kept: frozenset[str], *, title: bool = False) -> list[Span]:
        """The spans of names.

        `taken`: spans of phone numbers and addresses, in order. `kept`: keys of words that are never removed as single words.
        `title`: find whole names only.
        """
        found: list[Span] = []
        for start, end in self._find_regions(text) if self._persons else ():
            tokens = self._join_halves(text, tokenise_text(text, start, end))
            masks = [self._look_up(self._people, token.key) for token in tokens]
            whole = self._find_whole(text, tokens, masks, title=title)
            found += [(tokens[first].start, tokens[last].end) for first, last in whole]
            if not title:
                inside = _select_spans(taken, start, end)
                used = {place for first, last in whole for place in range(first, last + 1)}
                if inside:
                    names = {tokens[place].start for place in used}
                    tokens = _select_outside(tokens, inside)
                    used = {place for place, token in enumerate(tokens) if token.start in names}
                near = _select_spans(taken, start - BESIDE_REACH, end + BESIDE_REACH)
                found += [(tokens[place].start, tokens[place].end) for place in self._find_single(text, tokens, used, near, kept)]
        return [_extend_by_genitive(text, span) for span in found]

    def _find_regions(self, text: str) -> list[Span]:
        """The parts of the text that may contain names: around words that begin like a word of a name."""
        squashed = squash_text(text) if self._sought else None
        if squashed is None:
            if not self._ready:
                self._build_tables()
            return [(0, len(text))] if self._mentions_name(text) else []
        found = []
        for word in self._sought:
            position = squashed.find(word)
            while position >= 0:
                if position == 0 or not text[position - 1].isalpha():
                    found.append((max(0, position - _REGION), min(len(text), position + _REGION)))
                position = squashed.find(word, position + 1)
        if found and not self._ready:
            self._build_tables()
        return [_extend_to_words(text, *region) for region in join_spans(found)] if found else []

    def _mentions_name(self, text: str) -> bool:
        """Whether the text contains a word of a name."""
        return any(
            not self._known.isdisjoint(list_forms(word)) or fold_word(word) in self._halves for word in {*WORD.findall(text)}
        )

    def _look_up(self, table: defaultdict[str, int], key: str) -> int:
        """The persons that the table has for a word, as bits."""
        for form in list_forms(key):
            if found := table.get(form, 0):
                return found
        return 0

    def _join_halves(self, text: str, tokens: list[Token]) -> list[Token]:
        """The tokens, where two tokens that a name writes as one word become one: "Anne-Marie" for Annemarie."""
        atoms: list[Token] = []
        position = 0
        while position < len(tokens):
            token = tokens[position]
            following = tokens[position + 1] if position + 1 < len(tokens) else None
            if following and token.key in self._halves and following.start - token.end <= 2:
                joined = token.key + following.key
                if joined in self._people and text[token.end : following.start].strip(" -\u2010\u2011\u00a0") == "":
                    token = Token(token.start, following.end, joined, token.capital)
                    position += 1
            atoms.append(token)
            position += 1
        return atoms

    def _find_whole(self, text: str, tokens: list[Token], masks: list[int], *, title: bool) -> list[Span]:
        """Whole names, as the indexes of their first and last tokens."""
        found: list[Span] = []  # each is within one name; the spans of one name overlap
        previous = -1  # the last token that is a word of a name
        for place, token in enumerate(tokens):
            if not masks[place]:
                if self._is_whole_word(token.key):
                    found.append((place, place))
                continue
            if previous >= 0 and self._is_one_name(text, tokens, masks, previous, place):
                found.append((previous, place))
            elif start := self._find_initial(text, tokens, place):
                found.append((start - 1, place))
            elif self._has_initial(text, tokens, place, 1):
                found.append((place, place + 1))
            previous = place
        names: list[Span] = []
        for start, end in found:
            if names and start <= names[-1][1]:
                names[-1] = (names[-1][0], max(end, names[-1][1]))
            else:
                names.append((start, end))
        if title:
            names = [name for name in names if self._is_complete(tokens, *name)]
        return [self._extend_by_particles(text, tokens, span) for span in names]

    def _is_complete(self, tokens: list[Token], start: int, end: int) -> bool:
        """Whether a name has its first and its last word: for "Kari Berg Hansen" not "Kari Berg" and not "Berg Hansen"."""
        keys = [token.key for token in tokens[start : end + 1]]
        firsts = reduce(or_, (self._look_up(self._firsts, key) for key in keys))
        lasts = reduce(or_, (self._look_up(self._lasts, key) for key in keys))
        return bool(firsts & lasts) or len(keys) == 1 or (bool(firsts | lasts) and any(len(key) == 1 for key in keys))

    def _find_initial(self, text: str, tokens: list[Token], place: int) -> int:
        """The index after an initial before a word of a name, with particles or initials between; 0 if there is none."""
        starts = [place]
        while starts[-1] > 1 and len(starts) <= 3:
            before, after = tokens[starts[-1] - 1], tokens[starts[-1]]
            gap = text[before.end : after.start]
            if not (before.key in self._particles and gap.isspace()) and not (len(before.key) == 1 and gap in {".", ". "}):
                break
            starts.append(starts[-1] - 1)
        for first in starts:
            if first and self._has_initial(text, tokens, place, first - 1 - place):
                return first
        return 0

    def _is_whole_word(self, key: str) -> bool:
        return key in self._wholes or (key.endswith("s") and key[:-1] in self._wholes)

    def _is_one_name(self, text: str, tokens: list[Token], masks: list[int], one: int, other: int) -> bool:
        first, last = tokens[one], tokens[other]
        if not masks[one] & masks[other] or strip_genitive(first.key) == strip_genitive(last.key) or other - one - 1 > _MIDDLES:
            return False
        firsts, lasts = self._look_up(self._firsts, first.key), self._look_up(self._lasts, last.key)
        in_order = firsts & lasts
        backwards = self._look_up(self._lasts, first.key) & self._look_up(self._firsts, last.key)
        common = words.is_common(first.key) and words.is_common(last.key)
        if common and other - one == 1:
            # "vår dag", "Stein, berg og jord": two everyday words are a name only if both have capitals and nothing between.
            gap = remove_invisible(text[first.end : last.start])
            if not (first.capital and last.capital) or not (gap.strip() in {"", "-"} or (backwards and gap.strip() == ",")):
                return False
        if other - one == 1:
            gap = remove_invisible(text[first.end : last.start])
            return bool(_GAP.fullmatch(gap)) and ("," not in gap or bool(in_order or backwards))
        particles = all(token.key in words.PARTICLES for token in tokens[one + 1 : other])
        if not (in_order or backwards or particles) or not (first.capital and last.capital):
            return False
        for place in range(one, other):
            before, after = tokens[place], tokens[place + 1]
            if after is not last and not (after.capital or after.key in words.PARTICLES):
                return False
            if after.key in words.CONJUNCTIONS or after.key in CONTACT:
                return False
            if common and after is not last and len(after.key) > 1:
                return False
            gap = remove_invisible(text[before.end : after.start])
            if not _MIDDLE_GAP.fullmatch(gap) or ("." in gap and len(before.key) > 2):
                return False
        return True

    def _has_initial(self, text: str, tokens: list[Token], place: int, step: int) -> bool:
        """Whether a word and the initial or name next to it (`step` -1 or 1) are a whole name.

        "K. Nordmann", "Kari N.", or "Kari Nordmann" for a contact "K. Nordmann".
        """
        beside = place + step
        if not 0 <= beside < len(tokens) or not tokens[beside].capital:
            return False
        token, other = tokens[place], tokens[beside]
        near = tokens[beside + 1] if step < 0 else token
        gap = remove_invisible(text[other.end : near.start] if step < 0 else text[token.end : other.start])
        if len(other.key) == 1:
            if step < 0:
                return gap in {". ", "."} and bool(self._look_up(self._lasts, token.key) & self._letters.get(other.key, 0))
            dotted = text[other.end : other.end + 1] == "." or other.end == len(text)
            known = self._look_up(self._firsts, token.key) | self._look_up(self._lasts, token.key)
            persons = known & self._letters.get(other.key, 0)
            return gap in {" ", ", "} and token.capital and dotted and bool(persons) and not words.is_common(token.key)
        persons = self._look_up(self._lasts, token.key) & self._initials.get(other.key[:1], 0)
        return step < 0 and gap.isspace() and "\n" not in gap and bool(persons) and other.key not in CONTACT

    def _extend_by_particles(self, text: str, tokens: list[Token], span: Span) -> Span:
        """Extends a name by initials and particles before it: "A. M. Nordmann", "Van der Berg, Johan"."""
        start, end = span
        while start > 0:
            before, gap = tokens[start - 1], text[tokens[start - 1].end : tokens[start].start]
            initial = len(before.key) == 1 and before.capital and gap in {".", ". "}
            if not initial and not (before.key in self._particles and gap in {" ", "-", "'", "’", "\u00a0"}):
                break
            start -= 1
        following = tokens[end + 1] if end + 1 < len(tokens) else None
        if following and following.capital:
            gap = text[tokens[end].end : following.start]
            # "Moe-Berg" for Moe, "Nordmann, Kari Beate" for Kari Nordmann
            turned = "," in text[tokens[start].start : tokens[end].start] and following.key in words.load_given_names()
            if gap in {"-", "\u2011"} or (gap == " " and turned):
                end += 1
        return start, end

    def _find_single(
        self, text: str, tokens: list[Token], used: set[int], taken: Sequence[Span], kept: frozenset[str]
    ) -> list[int]:
        """Indexes of single words that the text uses as names."""
        candidates = [
            place for place, token in enumerate(tokens) if place not in used and self._may_be_single(tokens[place], kept)
        ]
        if not candidates:
            return []
        beside = find_beside(text, tokens, taken)
        found = {
            place
            for place in candidates
            if is_named(text, tokens, place, place in beside) and not is_protected(text, tokens, place, place in beside)
        }
        # A name in a list with another name: "Kari og Ola Nordmann". Searched forwards, then backwards.
        known = used | found
        for order, step in ((candidates, -1), (candidates[::-1], 1)):
            for place in order:
                if place not in known and is_listed(text, tokens, place, step, known):
                    found.add(place)
                    known.add(place)
        return sorted(found)

    def _may_be_single(self, token: Token, kept: frozenset[str]) -> bool:
        if not token.capital or len(token.key) < 2 or self._single.isdisjoint(list_forms(token.key)):
            return False
        return kept.isdisjoint((token.key, strip_genitive(token.key)))


def _find_halves(key: str) -> list[str]:
    """The first halves of a word that consists of two given names, since it may be written as two words."""
    names = words.load_given_names()
    if key.startswith("mc"):
        return ["mc"]
    return [key[:at] for at in range(3, len(key) - 2) if key[:at] in names and key[at:] in names]


def _list_spellings(keys: Iterable[str]) -> tuple[bytes, ...]:
    """The forms in which these words, in any spelling, appear in a text after `tokens.squash_text`."""
    found: set[str] = set()
    for key in keys:
        found.add(key)
        for double, single in (("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u")):
            if double in key:
                found |= {spelled.replace(double, single) for spelled in found}
    # A text may write "Haakon" for "Hakon". One letter at a time: a name with two such letters is spelled the same way in both.
    found |= {
        spelled[:place] + double + spelled[place + 1 :]
        for spelled in [*found]
        for place, letter in enumerate(spelled)
        for double in _DOUBLES.get(letter, ())
        if spelled[place + 1 : place + 2] not in _SECONDS
    }
    return tuple(key.encode() for key in found if key.isascii())


def _extend_to_words(text: str, start: int, end: int) -> Span:
    """Extends a span to whole words, unless the word at its end is longer than any name."""
    low, high = start, end
    while low > 0 and start - low < LONGEST and not text[low - 1].isspace():
        low -= 1
    while high < len(text) and high - end < LONGEST and not text[high].isspace():
        high += 1
    return low, high


def _select_spans(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    """Those of the sorted spans that are inside `start` to `end` or overlap it."""
    low = bisect_left(spans, start, key=itemgetter(1))
    return spans[low : bisect_left(spans, end, low, key=itemgetter(0))]


def _select_outside(tokens: list[Token], taken: Sequence[Span]) -> list[Token]:
    """The tokens that overlap none of the sorted spans."""
    if not taken:
        return tokens
    kept: list[Token] = []
    position = 0
    for token in tokens:
        while position < len(taken) and taken[position][1] <= token.start:
            position += 1
        if position == len(taken) or token.end <= taken[position][0]:
            kept.append(token)
    return kept


def _extend_by_genitive(text: str, span: Span) -> Span:
    """Extends a span by the "'s" or "'" of a genitive after it: "Nordmann's", "Hans'"."""
    start, end = span
    rest = text[end : end + 2]
    if rest[:1] in {"'", "’", "´", "`"}:
        if rest[1:2] in {"s", "S"} and not text[end + 2 : end + 3].isalpha():
            return start, end + 2
        if not rest[1:2].isalpha():
            return start, end + 1
    return span
