"""Adversarial texts for a regular expression, made from the expression itself, and how its time grows with their length."""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

# The parser of `re`: what an expression consists of is read there, not guessed.
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LENGTHS = (24, 64, 256, 4096, 16_384)
FLOOR, LOW_FLOOR = 0.004, 0.0002
"""Seconds of the processor below which a time says nothing: of the longest text, and of the one before. Of 16,384 letters a
quadratic expression needs 5 to 300 ms, a linear one 1 ms."""
LONGEST = 3.0  # seconds for one text, after which it is stopped
MOST_GROWTH = 9.0
"""Times as long for a text four times as long: 4 is linear, 16 quadratic, and a busy machine may say 6."""
_MOST_UNITS = 60

# What attackers try without knowing the expression.
_ANYWHERE = (
    *"aåA0 \t\n\xa0\u2009-–.,@<>\"'/&(_\u0301",
    *("a-", "a- ", "a ", ". ", "a. ", "a.", "a@", "a@a.", "1 ", "1-", "<p>", "</p>", "&nbsp;", "<br "),
    *("a'", "/-", "a/", "-a", " -", "\u0301\u0316"),
)
_ENDS = ("", "!", "\x00a")


def units(pattern: re.Pattern[Any]) -> list[str]:
    """Short texts to repeat: what each part of the expression takes, what two neighbours take, and what anybody would try."""
    found: dict[str, None] = {}
    for sample in _samples(_parsed(pattern)):
        if sample and len(sample) <= 60:
            found[sample] = None
    own = [*found]
    if len(own) > _MOST_UNITS:  # hundreds of words beside each other are alike
        step = len(own) / _MOST_UNITS
        own = [own[int(number * step)] for number in range(_MOST_UNITS)]
    return list(dict.fromkeys([*own, *_ANYWHERE]))


def texts(pattern: re.Pattern[Any], unit: str, length: int) -> list[str]:
    """The unit repeated: by itself, before an end that fits nothing, and after a beginning that fits the expression."""
    many = unit * max(1, length // len(unit))
    found = [many + end for end in _ENDS]
    for start in dict.fromkeys(_beginnings(pattern)):
        found += [start + many, f"{start}{many}!\n!"]
    return found


def slowest(pattern: re.Pattern[Any], method: str) -> tuple[str, float] | None:
    """(repeated unit, growth) of a text with which the expression is no longer linear; None where there is none."""
    for unit in units(pattern):
        for variant in range(len(texts(pattern, unit, 1))):
            growth = _growth(pattern, method, lambda length, unit=unit, variant=variant: texts(pattern, unit, length)[variant])
            if growth > MOST_GROWTH:
                return unit, growth
    return None


def _growth(pattern: re.Pattern[Any], method: str, made: Callable[[int], str]) -> float:
    """How many times as long a text takes that is four times as long; 0 where all are quick, infinite where one never ends."""
    before = 0.0
    for length, longer in zip(LENGTHS, (*LENGTHS[1:], 0), strict=True):
        text = made(length)
        took = _time(pattern, method, text, 1)
        if took == float("inf") or (took > FLOOR and length <= 256 and _time(pattern, method, text, 3) > FLOOR):
            return float("inf")
        if took < (FLOOR if not longer else LOW_FLOOR if length == LENGTHS[-2] else 0):
            return 0.0
        if not longer:
            # Only a time that stays so when it is measured again counts.
            growth = took / max(before, 1e-9)
            if growth > MOST_GROWTH:
                growth = _time(pattern, method, text, 3) / max(_time(pattern, method, made(LENGTHS[-2]), 5), 1e-9)
            return growth
        before = took
    return 0.0


def _time(pattern: re.Pattern[Any], method: str, text: str, times: int) -> float:
    """Seconds of the processor, the least of several."""
    subject: Any = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
    call = (lambda: pattern.sub(subject[:0], subject)) if method == "search" else (lambda: getattr(pattern, method)(subject))
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        try:
            with _stopped_after(LONGEST):
                call()
        except TimeoutError:
            return float("inf")
        least = min(least, time.process_time() - start)
    return least


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Stops an expression that would never end: `re` looks for signals as it works. By the clock on the wall: a timer of the
    processor's time makes Linux count that in steps of 4 ms."""

    def stop(*_: object) -> None:
        raise TimeoutError

    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)  # a time limit of the test may be under way
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler)


@lru_cache(maxsize=1000)
def _beginnings(pattern: re.Pattern[Any]) -> tuple[str, ...]:
    """Texts that the first parts of the expression take: what stands before the part that is repeated."""
    parts = [next(iter(_of_sequence([item])), "") for item in _parsed(pattern)]
    found = [*dict.fromkeys("".join(parts[:number]) for number in range(1, len(parts) + 1))]
    return tuple(one for one in (*found[:4], found[-1]) if one) if found else ()


def _parsed(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags)


def _samples(tree: Any) -> Iterator[str]:
    """A text for each node, for neighbours, and for the whole."""
    items = list(tree)
    singles = [next(iter(_of_sequence([item])), "") for item in items]
    for number in range(len(items)):
        for size in (1, 2, 3, 4):
            yield "".join(singles[number : number + size])
    yield "".join(singles)
    for item in items:
        yield from _of_sequence([item])
        for inside in _inside(item):
            yield from _samples(inside)


def _inside(item: Any) -> Iterator[Any]:
    """The expressions inside a node."""
    _kind, value = item
    for part in value if isinstance(value, (tuple, list)) else [value]:
        if isinstance(part, parser.SubPattern):
            yield part
        elif isinstance(part, (list, tuple)):
            yield from (one for one in part if isinstance(one, parser.SubPattern))


def _of_sequence(items: list[Any]) -> Iterator[str]:
    """Some texts that the nodes take one after the other, the plainest first."""
    choices = [list(itertools.islice(_of_node(*item), 4)) or [""] for item in items]
    yield "".join(choice[0] for choice in choices)
    for number, choice in enumerate(choices):
        for other in choice[1:]:
            yield "".join(one[0] if place != number else other for place, one in enumerate(choices))


def _of_node(kind: Any, value: Any) -> Iterator[str]:
    if kind is constants.LITERAL:
        yield chr(value)
    elif kind is constants.NOT_LITERAL:
        yield next(mark for mark in "a0 " if ord(mark) != value)
    elif kind is constants.ANY:
        yield "a"
    elif kind is constants.IN:
        yield from _of_class(value)
    elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        least, _most, inside = value
        for one in _of_sequence(list(inside)):
            yield one * max(1, least)
    elif kind is constants.BRANCH:
        for branch in value[1]:
            yield next(iter(_of_sequence(list(branch))), "")
    elif kind is constants.SUBPATTERN:
        yield from _of_sequence(list(value[3]))
    elif kind is constants.ATOMIC_GROUP:
        yield from _of_sequence(list(value))
    elif kind is constants.ASSERT:
        yield from _of_sequence(list(value[1]))
    elif kind is constants.GROUPREF:
        yield "a"
    # Conditions that take nothing: AT, ASSERT_NOT.


_CATEGORIES = {
    constants.CATEGORY_DIGIT: "0", constants.CATEGORY_NOT_DIGIT: "a ", constants.CATEGORY_SPACE: " \xa0\n",
    constants.CATEGORY_NOT_SPACE: "a.", constants.CATEGORY_WORD: "aå0_", constants.CATEGORY_NOT_WORD: " -.",
}  # fmt: skip


def _of_class(members: list[Any]) -> Iterator[str]:
    """A character of each member; of a negated class some that are in it."""
    if members and members[0][0] is constants.NEGATE:
        taken = re.compile("[" + "".join(map(_shown, members[1:])) + "]")
        yield from itertools.islice((mark for mark in "aå0 -./'\"<&@_\n" if not taken.match(mark)), 4)
        return
    for kind, value in members:
        if kind is constants.LITERAL:
            yield chr(value)
        elif kind is constants.RANGE:
            yield chr(value[0])
        elif kind is constants.CATEGORY:
            yield from _CATEGORIES[value]


_SHOWN = {
    constants.CATEGORY_DIGIT: r"\d", constants.CATEGORY_NOT_DIGIT: r"\D", constants.CATEGORY_SPACE: r"\s",
    constants.CATEGORY_NOT_SPACE: r"\S", constants.CATEGORY_WORD: r"\w", constants.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _shown(member: Any) -> str:
    kind, value = member
    if kind is constants.CATEGORY:
        return _SHOWN[value]
    low, high = value if kind is constants.RANGE else (value, value)
    return f"{re.escape(chr(low))}-{re.escape(chr(high))}"
