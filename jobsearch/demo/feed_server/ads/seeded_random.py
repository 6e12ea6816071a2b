"""Stable chance: the same choice for the same ad on every machine and every run.

`draws` turns an ad's number into sixteen 32-bit integers at the price of one hash, cheap enough for the headlines of
330,000 feed lines. Bodies, which are composed far more rarely, take a `random.Random` seeded with a string instead.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

_SIXTEEN = struct.Struct("<16I")


def draws(seed: int, number: int, purpose: str = "ad") -> tuple[int, ...]:
    """Sixteen independent integers below 2**32 for one ad and one purpose."""
    return _SIXTEEN.unpack(blake2b(f"{seed}/{purpose}/{number}".encode(), digest_size=64).digest())


def generator(*parts: object) -> Random:
    """A generator of its own for these parts; strings seed `Random` alike everywhere, unlike `hash`."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - made-up ads, nothing secret


def share(draw: int) -> float:
    """A draw as a fraction in [0, 1)."""
    return draw / 4294967296.0


def pick(options: Sequence[T], draw: int) -> T:
    """The option that a draw points at, each as likely as the next."""
    return options[draw * len(options) >> 32]


class Weighted(Generic[T]):
    """Options with unequal chances; the weights need not sum to anything."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        listed = list(pairs)
        self.options = [option for option, _ in listed]
        self._sums = list(accumulate(weight for _, weight in listed))
        self._last = len(self.options) - 1

    def at(self, fraction: float) -> T:
        """The option at this fraction, in [0, 1), of all the weight."""
        return self.options[min(bisect_right(self._sums, fraction * self._sums[-1]), self._last)]

    def by(self, draw: int) -> T:
        """The option that a 32-bit draw points at."""
        return self.at(draw / 4294967296.0)

    def of(self, random: Random) -> T:
        """The option that a generator chooses."""
        return self.at(random.random())
