"""Timing of regular expressions on adversarial texts, which are built from the parts of each expression (ReDoS test)."""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

# The parser of `re` gives the parts of an expression.
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LENGTHS = (24, 64, 256, 4096, 16_384)
FLOOR, LOW_FLOOR = 0.004, 0.0002
"""CPU seconds below which a time is ignored: for the longest text, and for the one before. For 16,384 letters a quadratic
expression needs 5 to 300 ms, a linear one 1 ms."""
MAX_SECONDS = 3.0  # for one text, after which the expression is stopped
MAX_GROWTH = 9.0
"""Growth of the time for a text four times as long: 4 is linear, 16 quadratic, and a busy machine may measure 6."""
_MAX_UNITS = 60

# Units that attackers try with any expression.
_ANYWHERE = (
    *"aåA0 \t\n\xa0\u2009-–.,@<>\"'/&(_\u0301",
    *("a-", "a- ", "a ", ". ", "a. ", "a.", "a@", "a@a.", "1 ", "1-", "<p>", "</p>", "&nbsp;", "<br "),
    *("a'", "/-", "a/", "-a", " -", "\u0301\u0316"),
)
_ENDS = ("", "!", "\x00a")


def build_units(pattern: re.Pattern[Any]) -> list[str]:
    """Short texts to repeat: matches of each part of the expression and of neighbouring parts, and common attacks."""
    found: dict[str, None] = {}
    for sample in _build_samples(_parse(pattern)):
        if sample and len(sample) <= 60:
            found[sample] = None
    own = [*found]
    if len(own) > _MAX_UNITS:  # hundreds of alternative words behave alike
        step = len(own) / _MAX_UNITS
        own = [own[int(number * step)] for number in range(_MAX_UNITS)]
    return list(dict.fromkeys([*own, *_ANYWHERE]))


def build_texts(pattern: re.Pattern[Any], unit: str, length: int) -> list[str]:
    """The unit repeated: alone, before an end that does not match, and after a beginning that matches the expression."""
    many = unit * max(1, length // len(unit))
    found = [many + end for end in _ENDS]
    for start in dict.fromkeys(_build_beginnings(pattern)):
        found += [start + many, f"{start}{many}!\n!"]
    return found


def find_slow_text(pattern: re.Pattern[Any], method: str) -> tuple[str, float] | None:
    """(repeated unit, growth) of a text for which the time is not linear; None where there is none."""
    for unit in build_units(pattern):
        for variant in range(len(build_texts(pattern, unit, 1))):
            growth = _measure_growth(
                pattern, method, lambda length, unit=unit, variant=variant: build_texts(pattern, unit, length)[variant]
            )
            if growth > MAX_GROWTH:
                return unit, growth
    return None


def _measure_growth(pattern: re.Pattern[Any], method: str, build_text: Callable[[int], str]) -> float:
    """Growth of the time for a text four times as long; 0 if all texts are fast, infinite if one does not finish."""
    before = 0.0
    for length, longer in zip(LENGTHS, (*LENGTHS[1:], 0), strict=True):
        text = build_text(length)
        took = _measure_time(pattern, method, text, 1)
        if took == float("inf") or (took > FLOOR and length <= 256 and _measure_time(pattern, method, text, 3) > FLOOR):
            return float("inf")
        if took < (FLOOR if not longer else LOW_FLOOR if length == LENGTHS[-2] else 0):
            return 0.0
        if not longer:
            # A high growth counts only if a second measurement confirms it.
            growth = took / max(before, 1e-9)
            if growth > MAX_GROWTH:
                shorter_time = _measure_time(pattern, method, build_text(LENGTHS[-2]), 5)
                growth = _measure_time(pattern, method, text, 3) / max(shorter_time, 1e-9)
            return growth
        before = took
    return 0.0


def _measure_time(pattern: re.Pattern[Any], method: str, text: str, times: int) -> float:
    """CPU seconds, the minimum of several runs."""
    subject: Any = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
    call = (lambda: pattern.sub(subject[:0], subject)) if method == "search" else (lambda: getattr(pattern, method)(subject))
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        try:
            with _stopped_after(MAX_SECONDS):
                call()
        except TimeoutError:
            return float("inf")
        least = min(least, time.process_time() - start)
    return least


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Stops an expression that does not finish, since `re` checks for signals.

    The timer uses wall-clock time: with a CPU timer Linux would measure CPU time in steps of 4 ms.
    """

    def stop(*_: object) -> None:
        raise TimeoutError

    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)  # the test may have a time limit of its own
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler)


@lru_cache(maxsize=1000)
def _build_beginnings(pattern: re.Pattern[Any]) -> tuple[str, ...]:
    """Texts that match the first parts of the expression, before the repeated part."""
    parts = [next(iter(_match_sequence([item])), "") for item in _parse(pattern)]
    found = [*dict.fromkeys("".join(parts[:number]) for number in range(1, len(parts) + 1))]
    return tuple(one for one in (*found[:4], found[-1]) if one) if found else ()


def _parse(pattern: re.Pattern[Any]) -> Any:
    return parser.parse(pattern.pattern, pattern.flags)


def _build_samples(tree: Any) -> Iterator[str]:
    """Texts that match each node, neighbouring nodes, and the whole expression."""
    items = list(tree)
    singles = [next(iter(_match_sequence([item])), "") for item in items]
    for number in range(len(items)):
        for size in (1, 2, 3, 4):
            yield "".join(singles[number : number + size])
    yield "".join(singles)
    for item in items:
        yield from _match_sequence([item])
        for inside in _find_subpatterns(item):
            yield from _build_samples(inside)


def _find_subpatterns(item: Any) -> Iterator[Any]:
    """The sub-expressions of a node."""
    _kind, value = item
    for part in value if isinstance(value, (tuple, list)) else [value]:
        if isinstance(part, parser.SubPattern):
            yield part
        elif isinstance(part, (list, tuple)):
            yield from (one for one in part if isinstance(one, parser.SubPattern))


def _match_sequence(items: list[Any]) -> Iterator[str]:
    """Some texts that match the nodes in sequence, the simplest first."""
    choices = [list(itertools.islice(_match_node(*item), 4)) or [""] for item in items]
    yield "".join(choice[0] for choice in choices)
    for number, choice in enumerate(choices):
        for other in choice[1:]:
            yield "".join(one[0] if place != number else other for place, one in enumerate(choices))


def _match_node(kind: Any, value: Any) -> Iterator[str]:
    if kind is constants.LITERAL:
        yield chr(value)
    elif kind is constants.NOT_LITERAL:
        yield next(mark for mark in "a0 " if ord(mark) != value)
    elif kind is constants.ANY:
        yield "a"
    elif kind is constants.IN:
        yield from _match_class(value)
    elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        least, _most, inside = value
        for one in _match_sequence(list(inside)):
            yield one * max(1, least)
    elif kind is constants.BRANCH:
        for branch in value[1]:
            yield next(iter(_match_sequence(list(branch))), "")
    elif kind is constants.SUBPATTERN:
        yield from _match_sequence(list(value[3]))
    elif kind is constants.ATOMIC_GROUP:
        yield from _match_sequence(list(value))
    elif kind is constants.ASSERT:
        yield from _match_sequence(list(value[1]))
    elif kind is constants.GROUPREF:
        yield "a"
    # AT and ASSERT_NOT match no characters.


_CATEGORIES = {
    constants.CATEGORY_DIGIT: "0", constants.CATEGORY_NOT_DIGIT: "a ", constants.CATEGORY_SPACE: " \xa0\n",
    constants.CATEGORY_NOT_SPACE: "a.", constants.CATEGORY_WORD: "aå0_", constants.CATEGORY_NOT_WORD: " -.",
}  # fmt: skip


def _match_class(members: list[Any]) -> Iterator[str]:
    """A character of each member of the class; for a negated class some characters that it contains."""
    if members and members[0][0] is constants.NEGATE:
        taken = re.compile("[" + "".join(map(_format_member, members[1:])) + "]")
        yield from itertools.islice((mark for mark in "aå0 -./'\"<&@_\n" if not taken.match(mark)), 4)
        return
    for kind, value in members:
        if kind is constants.LITERAL:
            yield chr(value)
        elif kind is constants.RANGE:
            yield chr(value[0])
        elif kind is constants.CATEGORY:
            yield from _CATEGORIES[value]


_CATEGORY_ESCAPES = {
    constants.CATEGORY_DIGIT: r"\d", constants.CATEGORY_NOT_DIGIT: r"\D", constants.CATEGORY_SPACE: r"\s",
    constants.CATEGORY_NOT_SPACE: r"\S", constants.CATEGORY_WORD: r"\w", constants.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _format_member(member: Any) -> str:
    kind, value = member
    if kind is constants.CATEGORY:
        return _CATEGORY_ESCAPES[value]
    low, high = value if kind is constants.RANGE else (value, value)
    return f"{re.escape(chr(low))}-{re.escape(chr(high))}"
