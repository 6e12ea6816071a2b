"""Deterministic random choices: the same for an ad on every machine and in every run.

`draws` gives sixteen 32-bit integers for an ad's number with a single hash, fast enough for the headlines of 330,000 feed
lines. Descriptions, which are generated far more rarely, use a `random.Random` seeded with a string.
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
    """A random generator seeded with these parts; seeding with a string is the same everywhere, unlike `hash`."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - invented ads, no secrets


def to_fraction(draw: int) -> float:
    """Converts a draw to a fraction in [0, 1)."""
    return draw / 4294967296.0


def pick(options: Sequence[T], draw: int) -> T:
    """Picks an option by a draw, all with equal probability."""
    return options[draw * len(options) >> 32]


class Weighted(Generic[T]):
    """Weighted choice between options; the weights may have any sum."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        listed = list(pairs)
        self.options = [option for option, _ in listed]
        self._sums = list(accumulate(weight for _, weight in listed))
        self._last = len(self.options) - 1

    def at(self, fraction: float) -> T:
        """The option at this fraction, in [0, 1), of the total weight."""
        return self.options[min(bisect_right(self._sums, fraction * self._sums[-1]), self._last)]

    def by(self, draw: int) -> T:
        """Picks an option by a 32-bit draw."""
        return self.at(draw / 4294967296.0)

    def of(self, random: Random) -> T:
        """Picks an option with a random generator."""
        return self.at(random.random())
