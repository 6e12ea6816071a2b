"""Timing of regular expressions on adversarial texts, which are built from the parts of each expression (ReDoS test)."""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

# The parser of `re` gives the parts of an expression.
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

SHORT = (24, 64, 256)
MIDDLE = 1024
LONG = (4096, 16_384)
MIN_SECONDS, MIN_EARLY_SECONDS = 0.004, 0.0002
"""CPU seconds below which a time is ignored: for the longest text, and for the one before. For 16,384 letters a quadratic
expression needs 5 to 300 ms, a linear one 1 ms."""
MIN_SHORT_SECONDS = 0.02
"""CPU seconds for a text of at most 256 letters: an exponential expression needs far more, a linear one at most 4 ms."""
MAX_SECONDS, MAX_CPU_SECONDS = 0.3, 0.15
"""Seconds for one text after which an expression is stopped, and the CPU seconds of these from which it counts as slow. Stopped
with fewer, because the machine is busy, it gets twice the time."""
MAX_MIDDLE_SECONDS = 0.016
"""CPU seconds for the first of `LONG` up to which the longest text is timed; its growth is predicted beyond them, as a linear
expression would be stopped. One of wishes takes 0.09 s."""
TIMES_STOPPED = 2
"""How often in a row an expression is stopped until it counts as slow: a virtual machine may count time that its host gave to
others."""
MAX_GROWTH = 9.0
"""Growth of the time for a text four times as long: 4 is linear, 16 quadratic, and a busy machine may measure 6."""
MAX_EARLY_GROWTH = 4.8
"""Growth from `MIDDLE` to the first of `LONG` up to which the longest text is left out. A time of the form an + bn² that grows
4.8 times there grows 6.7 times on to the longest text: less than `MAX_GROWTH`."""
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


@lru_cache(maxsize=1000)
def list_frames(pattern: re.Pattern[Any]) -> tuple[tuple[str, str], ...]:
    """(before, after) the repeated unit: alone, before an end that does not match, after a beginning that matches."""
    found = [("", end) for end in _ENDS]
    for start in dict.fromkeys(_build_beginnings(pattern)):
        found += [(start, ""), (start, "!\n!")]
    return tuple(found)


def find_slow_text(pattern: re.Pattern[Any], method: str, share: int = 1) -> tuple[str, float] | None:
    """(repeated unit, growth) of a text for which the time is not linear; None where there is none.

    A share of 4 tests each unit in every fourth frame, begun at another frame for each unit: each frame holds every fourth unit.
    """
    frames = list_frames(pattern)
    share = min(share, len(frames))
    with _alarm():
        for number, unit in enumerate(build_units(pattern)):
            for before, after in frames[number % share :: share]:
                growth = _measure_growth(pattern, method, unit, before, after)
                if growth > MAX_GROWTH:
                    return unit, growth
    return None


def _measure_growth(pattern: re.Pattern[Any], method: str, unit: str, before: str, after: str) -> float:
    """Growth of the time for a text four times as long; 0 if all texts are fast, infinite if one does not finish."""

    def build_text(length: int) -> str:
        return before + unit * max(1, length // len(unit)) + after

    short, shorter, longer = [build_text(length) for length in SHORT], [build_text(LONG[0])], [build_text(LONG[1])]
    # All in one measurement, which is enough for nearly every text; an exponential expression is stopped in the short ones.
    shorter_time = _measure_time(pattern, method, short + shorter, 1)
    if shorter_time < MIN_EARLY_SECONDS or shorter_time == float("inf"):
        return 0.0 if shorter_time < MIN_EARLY_SECONDS else shorter_time
    if shorter_time > MIN_SHORT_SECONDS and any(_measure_time(pattern, method, [text], 3) > MIN_SHORT_SECONDS for text in short):
        return float("inf")
    if shorter_time <= MAX_EARLY_GROWTH * _measure_time(pattern, method, [build_text(MIDDLE)], 2):
        return 0.0
    if shorter_time > MAX_MIDDLE_SECONDS:
        middle_time = _measure_time(pattern, method, [build_text(MIDDLE)], 5)
        return _predict_growth(_measure_time(pattern, method, shorter, 3) / max(middle_time, 1e-9))
    longer_time = _measure_time(pattern, method, longer, 1)
    if longer_time < MIN_SECONDS or longer_time == float("inf"):
        return 0.0 if longer_time < MIN_SECONDS else longer_time
    growth = longer_time / max(shorter_time, 1e-9)
    if growth > MAX_GROWTH:  # counts only if a second measurement confirms it
        shorter_time = _measure_time(pattern, method, shorter, 5)
        longer_time = _measure_time(pattern, method, longer, 3)
        growth = longer_time / max(shorter_time, 1e-9)
    return growth


def _predict_growth(early: float) -> float:
    """Growth from the first of `LONG` to the longest text, of a time of the form an + bn² that grew so from `MIDDLE` on."""
    part = max(early - 4, 0.0) / max(16 - early, 1e-9)  # what the square is to the rest, for `MIDDLE` letters
    return (4 + 64 * part) / (1 + 4 * part)


def _measure_time(pattern: re.Pattern[Any], method: str, texts: list[str], times: int) -> float:
    """CPU seconds of this thread for all the texts, the minimum of several runs; infinite if they take too long."""
    subjects: list[Any] = texts
    if isinstance(pattern.pattern, bytes):
        subjects = [text.encode("utf-8", "surrogatepass") for text in texts]
    nothing = subjects[0][:0]
    least = float("inf")
    done, stopped, seconds = 0, 0, MAX_SECONDS
    while done < times:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        start = time.thread_time()
        try:
            for subject in subjects:
                if method == "search":
                    pattern.sub(nothing, subject)
                else:
                    getattr(pattern, method)(subject)
            least = min(least, time.thread_time() - start)
            done, stopped = done + 1, 0
        except TimeoutError:
            if time.thread_time() - start <= MAX_CPU_SECONDS:
                seconds *= 2
            elif (stopped := stopped + 1) == TIMES_STOPPED:
                return float("inf")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return least


@contextmanager
def _alarm() -> Iterator[None]:
    """Makes SIGALRM stop an expression that does not finish, since `re` checks for signals.

    The timer uses wall-clock time: with a CPU timer Linux would measure CPU time in steps of 4 ms. The test may have a time
    limit of its own, which uses the same timer and begins again afterwards.
    """

    def stop(*_: object) -> None:
        raise TimeoutError

    left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    handler = signal.signal(signal.SIGALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, left, interval)


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
