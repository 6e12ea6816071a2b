"""Occupations of the ads: frequency, classification, titles, tasks and qualifications."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .seeded_random import Weighted

_DATA = Path(__file__).parent / "data"


class Pair(NamedTuple):
    """A leaf of NAV's two-level tree of occupations, in the feed's spelling."""

    level1: str
    level2: str


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation. `weight` is ads per 9,952; `group` the kind of workplace; titles are by language; tasks in bokmål."""

    key: str
    weight: int
    group: str
    pair: Pair
    styrk_code: str
    styrk_name: str
    esco: str
    titles: dict[str, tuple[str, ...]]
    tasks: tuple[str, ...]
    quals: tuple[str, ...]


def _load_occupations() -> list[Occupation]:
    """Loads all occupations of the data files, in their order."""
    found: list[Occupation] = []
    for name in ("occupations_care.txt", "occupations_work.txt", "occupations_rest.txt"):
        lines = [line for line in (_DATA / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        for head, tasks, quals in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            key, weight, group, pair, styrk, esco, bokmaal, nynorsk, english = head.split("|")
            level1, level2 = pair.split(">")
            code, styrk_name = styrk.split(" ", 1)
            found.append(
                Occupation(
                    key=key,
                    weight=int(weight),
                    group=group,
                    pair=Pair(level1, level2),
                    styrk_code=code,
                    styrk_name=styrk_name,
                    esco=esco,
                    titles={
                        "nb": tuple(bokmaal.split(";")),
                        "nn": tuple(nynorsk.split(";")),
                        "en": tuple(english.split(";")),
                    },
                    tasks=tuple(tasks.removeprefix("t: ").split(";")),
                    quals=tuple(quals.removeprefix("q: ").split(";")),
                )
            )
    return found


OCCUPATIONS = _load_occupations()
BY_KEY = {occupation.key: occupation for occupation in OCCUPATIONS}
ANY: Weighted[Occupation] = Weighted((occupation, occupation.weight) for occupation in OCCUPATIONS)


def _find_related(occupation: Occupation) -> tuple[Occupation, ...]:
    """Finds occupations that an employer may add to this one: of the same pair or workplace, else of the same level 1."""
    others = [other for other in OCCUPATIONS if other is not occupation]
    near = [other for other in others if other.pair == occupation.pair][:1]
    near += [other for other in others if other.group == occupation.group]
    return tuple(near or [other for other in others if other.pair.level1 == occupation.pair.level1] or others[:3])


RELATED = {occupation.key: _find_related(occupation) for occupation in OCCUPATIONS}
