"""Finder of phone numbers, as distinct from dates, times, amounts, and numbers of cases and advertisements.

A run of digits and separators is split into groups. A phone number is: a contact's own number in any grouping; a number with a
country code; a number after a label ("tlf", "ring"); or a Norwegian number in the usual grouping (8, 3-2-3 or 2-2-2-2 digits)
that `phonenumbers` accepts and that no word around it makes an amount, a date or a reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import phonenumbers

from .digits import RUN, Group, extract_digits, is_series, is_time_or_date, is_written_date, looks_like_amount, split_groups
from .phone_words import (
    FILLERS,
    GLUED_REFERENCES,
    LABEL_ENDS,
    LABELS,
    REFERENCE_ENDS,
    REFERENCES,
    SHORT_LABELS,
    UNIT_STARTS,
    UNITS,
)
from .spans import Span
from .tokens import fold_word, remove_invisible

_PREFIX = re.compile(r"(?:[(\[]?[+\uff0b][(\[]?\s?)$")
_LETTERS = re.compile(r"[^\W\d_]+")
_UNIT = re.compile(r"[\s\-–(]{0,3}(?:[%‰€$£°]|,-|:-|([^\W\d_]{1,24}[²³]?\d?))")
_JOINED = re.compile(r"[\s,;/&|()]{0,4}(?:(?:og|eller|or|and|samt|evt\.?|alt\.?)\s)?\s?[(+]{0,2}", re.IGNORECASE)
_LABEL_REACH = 48  # characters before a number in which labels are searched
_GROUP = re.compile(r"\d")
_LIST = re.compile(r"[,;/|]|[^\W\d_]+")  # separators between several numbers of one field
LIBRARY_CALLS = 100  # calls of `phonenumbers` for one text; further numbers are accepted by their grouping alone
LEAST_DIGITS = 5  # a shorter number is not a phone number

_SEPARATING = frozenset("/-\u2010\u2011\u2012\u2013\u2014")
_SHAPES = ((8,), (3, 2, 3), (2, 2, 2, 2))


def list_own_numbers(values: Iterable[str]) -> frozenset[str]:
    """The digits of contacts' own numbers, with and without Norway's country code. A field may contain several numbers."""
    found: set[str] = set()
    for value in values:
        value = value[:300]
        if not _GROUP.search(value):
            continue
        found |= _list_forms(extract_digits(value[:60]))
        if _LIST.search(value):
            for part in _LIST.split(value):
                found |= _list_forms(extract_digits(part))
    return frozenset(found)


def _list_forms(digits: str) -> set[str]:
    bare = digits.removeprefix("00")
    national = bare.removeprefix("47") if len(bare) == 10 else bare
    forms = {digits, bare, national, f"47{national}", f"0047{national}"} if len(national) == 8 else {digits, bare, f"00{bare}"}
    return {form for form in forms if LEAST_DIGITS <= len(form) <= 17 and len(national) >= LEAST_DIGITS}


class PhoneFinder:
    """Finder of phone numbers. `own`: digits of contacts' own numbers, from `list_own_numbers`."""

    def __init__(self, own: frozenset[str] = frozenset()) -> None:
        self._own = own
        self._longest = max(map(len, own), default=0)

    def find(self, text: str) -> list[Span]:
        """The spans of phone numbers, in order."""
        found: list[Span] = []
        search = _Search(text)
        for run in RUN.finditer(text):
            if run.end() - run.start() < LEAST_DIGITS:
                continue
            groups = split_groups(text, run.start(), run.end())
            if sum(len(group.digits) for group in groups) >= LEAST_DIGITS:
                found += self._find_in_run(search, groups)
        return found

    def _find_in_run(self, search: _Search, groups: list[Group]) -> list[Span]:
        found: list[Span] = []
        position = pending = 0
        while position < len(groups):
            end = self._match_own(groups, position) or search.match_international(groups, position, pending)
            if end:
                found += search.find_national(groups[pending:position])
                found.append(search.add(groups[position], groups[end - 1]))
                position = pending = end
            else:
                position += 1
        found += search.find_national(groups[pending:])
        return sorted(found)

    def _match_own(self, groups: list[Group], position: int) -> int:
        """The index after the last group of a contact's own number that begins at `position`; 0 if there is none."""
        digits, end = "", 0
        for place in range(position, min(len(groups), position + self._longest)):
            digits += groups[place].digits
            if len(digits) > self._longest:
                break
            if digits in self._own:
                end = place + 1
        return end


class _Search:
    """State of the search through one text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.calls = 0
        self.last = -1
        """End of the last phone number: a number after it and "og" or a slash needs no label."""

    def add(self, first: Group, last: Group) -> Span:
        """The span of a phone number with its plus sign and brackets; notes where it ends."""
        start = first.start
        before = self.text[max(0, start - 4) : start]
        if prefix := _PREFIX.search(before):
            start -= len(before) - prefix.start()
        elif before.endswith("(") and ")" in self.text[first.end : last.end + 1]:
            start -= 1
        self.last = last.end
        end = last.end + (self.text[last.end : last.end + 1] == ")" and "(" in self.text[start : last.end])
        return start, end

    def match_international(self, groups: Sequence[Group], position: int, pending: int) -> int:
        """The index after the last group of a number with a country code that begins at `position`; 0 if there is none."""
        group = groups[position]
        before = self.text[max(0, group.start - 4) : group.start]
        prefix = _PREFIX.search(before)
        sign = before[: prefix.start()][-1:] if prefix else ""
        plus = prefix is not None and not sign.isalnum() and sign != "+"
        zeros = group.digits.startswith("00") and len(group.digits) > 2 and group.digits[2] != "0"
        if not plus and not (zeros and self._is_free(group)):
            return 0
        digits, ends = "", []
        for place in range(position, min(len(groups), position + 15)):
            following = groups[place]
            if following.gap == "|" and "\n" in self.text[groups[place - 1].end : following.start]:
                break
            if not (following.digits == "0" and self.text[following.start - 1] == "("):  # +44 (0)20 ...
                digits += following.digits
            bare = digits[2:] if zeros else digits
            if len(bare) > 15:
                break
            if len(bare) >= 7:
                ends.append((place + 1, bare))
        valid = [end for end, bare in ends if (len(bare) == 10 if bare.startswith("47") else self._is_valid(f"+{bare}"))]
        if valid:
            # The longest: the beginning of a number is often valid too. Norwegian numbers have a single length.
            return max(valid)
        return (
            ends[-1][0]
            if ends and plus and not self._has_unit(groups[ends[-1][0] - 1].end) and not ends[-1][1].startswith("47")
            else 0
        )

    def find_national(self, groups: Sequence[Group]) -> list[Span]:
        """The phone numbers among groups that are neither a contact's own number nor have a country code."""
        found: list[Span] = []
        start = 0
        while size := self._match_slashed(groups, start):
            found.append(self.add(groups[start], groups[start + size - 1]))
            start += size
        for end in range(start + 1, len(groups) + 1):
            if end == len(groups) or groups[end].gap in {"/", "|"}:
                found += self._find_in_piece(groups, start, end)
                start = end
        return found

    def _match_slashed(self, groups: Sequence[Group], start: int) -> int:
        """The number of groups of a labelled number separated by slashes or spaced dashes; 0 if there is none.

        "tlf 411/22/334", "tlf 411 - 22 - 334".
        """
        for shape in _SHAPES[1:]:
            number = groups[start : start + len(shape)]
            between = {self.text[one.end : other.start].strip() for one, other in pairwise(number)}
            if tuple(len(group.digits) for group in number) == shape and len(between) == 1 and between <= _SEPARATING:
                if number[0].digits[0] in "01":
                    return 0
                return len(shape) if not is_series(number) and self._has_label(number[0]) else 0
        return 0

    def _find_in_piece(self, groups: Sequence[Group], start: int, end: int) -> list[Span]:
        """The phone numbers in `groups[start:end]`, whose separators are spaces, dots and dashes only."""
        found: list[Span] = []
        position = start
        while position < end:
            size = self._match_labelled(groups, position, end) or self._match_bare(groups, position, start, end)
            if size:
                found.append(self.add(groups[position], groups[position + size - 1]))
            position += size or 1
        return found

    def _match_labelled(self, groups: Sequence[Group], position: int, end: int) -> int:
        """The number of groups of a number after a label; 0 if there is none."""
        group = groups[position]
        if not self._has_label(group):
            return 0
        piece = groups[position : min(end, position + 10)]  # more than a number has
        if is_time_or_date(piece):
            return 0
        digits, kinds = "", set()
        for size, one in enumerate(piece[:9], 1):
            digits += one.digits
            kinds |= {one.gap} if size > 1 else set()
            if kinds >= {".", "-"} or len(digits) > 15:
                break
            if (
                len(digits) == 8
                or (len(digits) == 10 and digits.startswith("47"))
                or (size == 1 and len(digits) == 5 and digits[0] == "0")
            ):
                return 0 if self._has_unit(one.end) else size
        whole = "".join(one.digits for one in piece[:9])
        plain = len(kinds - {" "}) <= 1 and 7 <= len(whole) <= 12 and len(piece) <= 8
        return len(piece) if plain and not self._has_unit(piece[-1].end) and not looks_like_amount(piece) else 0

    def _match_bare(self, groups: Sequence[Group], position: int, start: int, end: int) -> int:
        """The number of groups of a Norwegian number in its usual grouping; 0 if there is none."""
        coded = groups[position].digits == "47" and position + 1 < end and groups[position + 1].gap == " "
        for skip in (1, 0) if coded else (0,):
            for shape in _SHAPES:
                first = position + skip
                number = groups[first : first + len(shape)]
                if first + len(shape) > end or tuple(len(group.digits) for group in number) != shape:
                    continue
                if self._is_bare(groups, number, position, first + len(shape), start, end):
                    return skip + len(shape)
        if len(groups[position].digits) == 10 and groups[position].digits.startswith(("474", "479")):
            number = groups[position : position + 1]
            return int(self._is_bare(groups, number, position, position + 1, start, end))
        return 0

    def _is_bare(self, groups: Sequence[Group], number: Sequence[Group], low: int, high: int, start: int, end: int) -> bool:
        """Whether `groups[low:high]` is a phone number by itself: valid, and no part of a longer number, a series or a date."""
        digits = "".join(group.digits for group in number)
        kinds = {group.gap for group in number[1:]}
        first, last = groups[low], groups[high - 1]
        if len(kinds) > 1 or digits[0] in "01" or is_series(number) or is_written_date(digits, len(number)):
            return False
        if low > start and (first.gap != " " or (len(number) == 4 and _is_pair(groups[low - 1]))):
            return False
        if high < end and (groups[high].gap != " " or (len(number) == 4 and _is_pair(groups[high]))):
            return False
        if low and groups[low].gap == "/" and self.last != groups[low - 1].end and not self._joins_after(groups, low):
            return False  # the second part of a case number: 2026/40611289
        if not self._is_free(first) or self._has_reference(first) or self._has_unit(last.end):
            return False
        after = self.text[last.end : last.end + 1]
        if after.isalpha() or after in {"_", "="}:
            return False
        return self._is_valid(f"+{digits}" if len(digits) == 10 else f"+47{digits}")

    def _joins_after(self, groups: Sequence[Group], low: int) -> bool:
        """Whether the slash before a group has spaces around it, as between two separate numbers."""
        return " " in self.text[groups[low - 1].end : groups[low].start]

    def _is_valid(self, number: str) -> bool:
        self.calls += 1
        if self.calls > LIBRARY_CALLS:
            return True
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number))
        except phonenumbers.NumberParseException:
            return False

    def _is_free(self, group: Group) -> bool:
        """Whether a number can begin here: not inside a code (B40611289, #40611289), a URL, or a decimal number."""
        start = group.start
        before = self.text[max(0, start - 1) : start]
        if not before or before.isspace():
            return True
        if before.isalpha() or before in {"_", "#", "=", "§", "&", "?"}:
            return False
        if before == ",":
            return not self.text[max(0, start - 2) : start - 1].isdecimal() or self.last == start - 1
        if before in {"/", "-", "."}:
            word = self.text[max(0, start - 40) : start - 1].split()
            if word and "@" in word[-1]:
                return True
            return not (word and any(mark in word[-1] for mark in "./?=_") and before == "/") and not (
                before == "-" and word and word[-1][-1:].isalnum()
            )
        return True

    def _has_label(self, group: Group) -> bool:
        """Whether a label is before a number, directly or with fillers between, or a phone number with a label is before it."""
        if (
            self.last >= 0
            and self.last <= group.start <= self.last + 12
            and _JOINED.fullmatch(self.text[self.last : group.start])
        ):
            return True
        before = remove_invisible(self.text[max(0, group.start - _LABEL_REACH) : group.start])
        if before.rstrip()[-1:] in {"☎", "📞", "📱", "✆", "☏", "🕾"}:
            return True
        found = list(_LETTERS.finditer(before))
        for back, match in enumerate(reversed(found[-4:])):
            key = fold_word(match.group())
            rest = before[match.end() :]
            if back == 0 and (len(rest) > 6 or rest.count("\n") > 1 or any(mark in rest for mark in "!?,;_#")):
                return False
            if key in LABELS or key.endswith(LABEL_ENDS):
                return True
            if back == 0 and key in SHORT_LABELS and rest[:1] in {":", "."}:
                return True
            if key not in FILLERS:
                return False
        return False

    def _has_reference(self, group: Group) -> bool:
        """Whether the words before a number make it an amount, a date, or a reference number."""
        before = self.text[max(0, group.start - _LABEL_REACH) : group.start]
        stripped = before.rstrip()
        if stripped[-1:] in {"€", "$", "£", "#", "№", "§"}:
            return True
        found = list(_LETTERS.finditer(before))
        for back, match in enumerate(reversed(found[-3:])):
            key = fold_word(match.group())
            rest = before[match.end() :]
            if back and any(map(str.isdecimal, before[match.end() : found[-back].start()])):
                return False
            if back == 0 and (len(rest.strip()) > 3 or "\n" in rest):
                return False
            if key in LABELS or key.endswith(LABEL_ENDS):
                return False
            if (
                key in REFERENCES
                or match.group().endswith("ID")
                or (key.endswith(REFERENCE_ENDS) and key not in {"nr", "nummer"})
            ):
                return True
            if back == 0 and len(group.digits) == 8 and (key in GLUED_REFERENCES or key in {"nr", "nummer"}):
                return True
            if key not in {"nr", "nummer", "no", "number", "er", "is", "id", "en", "paa"}:
                return False
        return False

    def _has_unit(self, end: int) -> bool:
        """Whether the text after a number makes it an amount: "25 000 000 kroner", "50-60-70-80 %"."""
        match = _UNIT.match(self.text, end)
        if not match:
            return False
        if match.group(1) is None:
            return True
        key = match.group(1).lower()
        if len(key) <= 2 and "\n" in match.group():
            return False
        if key in {"t", "m", "v", "w", "l"}:  # "950 64 865 m.fl.", "T: 55 ..."
            return False
        folded = fold_word(match.group(1)) if not key[-1].isdigit() else key
        return key in UNITS or folded in UNITS or folded.startswith(UNIT_STARTS)


def _is_pair(group: Group) -> bool:
    """Whether the group beside four pairs is a fifth pair, or the rest of one."""
    return len(group.digits) <= 2
