"""Groups of digits in a text, and rules for groups that are times, dates, amounts or series of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .tokens import INVISIBLE, remove_invisible

_BLANKS = " \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DOTS = ".\u00b7\u2022\u2024\uff0e"
_SLASHES = "/\u2044\u2215\uff0f"
_SEPARATORS = f"{_BLANKS}\n{_DASHES}{_DOTS}{_SLASHES}(){INVISIBLE}"
RUN = re.compile(rf"\d[\d{_SEPARATORS}]*\d")
_GROUP = re.compile(r"\d+")
_KINDS = (
    (re.compile(f"[{_BLANKS}]{{1,3}}"), " "),
    (re.compile(f"[{_DASHES}]"), "-"),
    (re.compile(f"[{_DOTS}]"), "."),
)
_SLASH = re.compile(f"[{_SLASHES}]")


class Group(NamedTuple):
    """Digits without separators between them, at `start` to `end` of a text."""

    start: int
    end: int
    digits: str
    gap: str
    """Separator before the group: " ", "-" or "." alone, "/", "|" for anything else, "" before the first group."""


def extract_digits(value: str) -> str:
    """The decimal digits of a value, in any script, as ASCII digits."""
    digits = "".join(filter(str.isdecimal, value))
    return digits if digits.isascii() else "".join(str(int(sign)) for sign in digits)


def split_groups(text: str, start: int, end: int) -> list[Group]:
    """Splits a run of digits and separators into groups; times next to other numbers are separated from them."""
    groups: list[Group] = []
    for match in _GROUP.finditer(text, start, end):
        digits = match.group() if match.group().isascii() else extract_digits(match.group())
        if not groups:
            groups.append(Group(match.start(), match.end(), digits, ""))
            continue
        before = groups[-1]
        gap = _classify_gap(text, before, match.start())
        if gap == "":
            groups[-1] = Group(before.start, match.end(), before.digits + digits, before.gap)
        else:
            groups.append(Group(match.start(), match.end(), digits, gap))
    return _separate_times(groups)


def _classify_gap(text: str, before: Group, start: int) -> str:
    between = text[before.end : start]
    if not between.isascii():
        between = remove_invisible(between[:40])
    if not between:
        return ""
    if between.startswith(")") and text[before.start - 1 : before.start] == "(" and not between[1:].strip(" \u00a0"):
        return " "  # (22) 60 41 08
    for pattern, kind in _KINDS:
        if pattern.fullmatch(between):
            return kind
    return "/" if _SLASH.search(between) and "\n" not in between else "|"


def _separate_times(groups: list[Group]) -> list[Group]:
    """Separates a time or a span of hours from the numbers around it: "55 58 21 95 08.00-15.30"."""
    separated = list(groups)
    for place in range(1, len(groups)):
        one, other = groups[place - 1], groups[place]
        after = groups[place + 1].gap if place + 1 < len(groups) else ""
        if other.gap == "." and one.gap != "." and after != "." and len(other.digits) == 2 and _is_time(one.digits, other.digits):
            other_part = "|" if after in {" ", "-"} else ""
        elif (
            other.gap == "-"
            and one.gap in {"", " ", "|"}
            and after in {"", " ", "|"}
            and _is_hour(one.digits)
            and _is_hour(other.digits)
        ):
            if _count_pairs_before(groups, place - 1) == 3:
                continue  # "22 60 41 08-09": two numbers of which the last pair differs
            other_part = "|" if after == " " else ""
        else:
            continue
        if one.gap in {" ", "-"}:
            separated[place - 1] = Group(one.start, one.end, one.digits, "|")
        if other_part and after != "-":
            following = groups[place + 1]
            separated[place + 1] = Group(following.start, following.end, following.digits, other_part)
    return separated


def _count_pairs_before(groups: Sequence[Group], place: int) -> int:
    """The number of pairs of digits, with spaces between, directly before a group; five at most."""
    count = 0
    while count < 5 and place > count and groups[place - count].gap == " " and len(groups[place - count - 1].digits) == 2:
        count += 1
    return count


def _is_hour(digits: str) -> bool:
    return len(digits) <= 2 and int(digits) <= 24


def _is_time(hours: str, minutes: str) -> bool:
    return len(hours) <= 2 and int(hours) <= 24 and len(minutes) == 2 and int(minutes) < 60


def _is_day(day: str, month: str) -> bool:
    return len(day) <= 2 and len(month) <= 2 and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def is_time_or_date(piece: Sequence[Group]) -> bool:
    """Whether groups are a span of times ("2200-0730", "22.00-23.30"), a date, or a span of dates."""
    digits = [group.digits for group in piece]
    gaps = [group.gap for group in piece[1:]]
    sizes = [len(one) for one in digits]
    if sizes[:2] == [4, 4] and gaps[0] == "-":
        halves = [(one[:2], one[2:]) for one in digits[:2]]
        years = all(1900 <= int(one) <= 2099 for one in digits[:2])
        return years or all(_is_time(*half) for half in halves)
    if len(piece) >= 3 and gaps[0] == gaps[1] and gaps[0] in {".", "-"}:
        if _is_day(digits[0], digits[1]) and (sizes[2] == 4 or (sizes[2] == 2 and len(piece) == 3)):
            return True
        if sizes[0] == 4 and _is_day(digits[2], digits[1]):
            return True
    if len(piece) >= 4 and gaps[1] == "-" and gaps[0] == gaps[2] != "-":
        pairs = [(digits[0], digits[1]), (digits[2], digits[3])]
        return all(_is_time(*pair) or _is_day(*pair) for pair in pairs)
    return False


def looks_like_amount(piece: Sequence[Group]) -> bool:
    """Whether groups are written like an amount: three digits in each group after the first ("25 000 000 000")."""
    return len(piece) > 1 and len(piece[0].digits) <= 3 and all(len(group.digits) == 3 for group in piece[1:]) and len(piece) != 3


def is_series(number: Sequence[Group]) -> bool:
    """Whether four pairs are a series with equal small steps: sizes 40 42 44 46, percent 50-60-70-80, weeks 26 27 28 29."""
    if len(number) != 4:
        return False
    values = [int(group.digits) for group in number]
    steps = {other - one for one, other in pairwise(values)}
    return len(steps) == 1 and 0 < abs(steps.pop()) <= 10


def is_written_date(digits: str, groups: int) -> bool:
    """Whether eight digits in one group are a date of 2015 to 2035: 24122026 or 20261224."""
    if groups != 1 or len(digits) != 8:
        return False
    return (_is_day(digits[:2], digits[2:4]) and 2015 <= int(digits[4:]) <= 2035) or (
        2015 <= int(digits[:4]) <= 2035 and _is_day(digits[6:], digits[4:6])
    )
