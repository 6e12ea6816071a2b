"""Relevance judgements: reads the rules of `data/concepts.toml` and `data/queries.toml` and grades ads for each query.

A rule is a line such as `kokk & ~ souschef`: terms joined by ` & `, each optionally after a `!` for "not".

    kokk,baker            the occupation that the ad was made for is one of these
    ~ REGEX               the post is called so (also `post ~`); without regard to case, anywhere in the name
    title ~ REGEX         also: filed ~ (names that the ad is filed under), text ~ (title and text), employer ~
    is = Deltid           its extent, engagement or sector is this one
    place = A|B           it is in one of these counties, municipalities or post towns
    ad = name             it is this one of `added.toml`
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from jobsearch.demo.feed_server.ads.occupations import BY_KEY

from . import line_sets
from .corpus import DATA, DEMO, SETS, Ad, ads

Test = Callable[[Ad], bool]
GRADES = (3, 2, 1)
_TERM = re.compile(
    r"(?P<no>!?)\s*(?:(?P<field>post|title|filed|text|employer|)\s*~\s*(?P<regex>.+)"
    r"|(?P<key>place|ad|is)\s*=\s*(?P<value>.+)|(?P<jobs>[a-z,-]+))"
)
_KEYS = {"q", "asks", "3", "2", "1", "where", "never", "minus", "unsure", "place", "zero", "why"}


@dataclass(frozen=True, slots=True)
class Query:
    """A query. `id` is group/name. `zero`: no ad is relevant, and nothing may be found."""

    id: str
    group: str
    q: str
    zero: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged query. `grades`: the ads above grade 0. `neutral`: ads that count neither as right nor as wrong."""

    query: Query
    grades: Mapping[UUID, int]
    neutral: frozenset[UUID]

    @property
    def wanted(self) -> set[UUID]:
        """Relevant ads for recall: grades 3 and 2, or grade 1 where there are none."""
        return {uuid for uuid, grade in self.grades.items() if grade >= 2} or set(self.grades)


def compiled(line: str) -> Test:
    """Compile one line of the rules to a function."""
    parts = [_term(part) for part in line.split(" & ")]
    return lambda ad: all(part(ad) for part in parts)


def _term(text: str) -> Test:
    found = _TERM.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a test: {text!r}")
    test = _positive(found)
    return (lambda ad: not test(ad)) if found["no"] else test


def _positive(found: re.Match[str]) -> Test:
    if found["regex"]:
        field = found["field"] or "post"
        search = re.compile(found["regex"], re.IGNORECASE).search
        if field != "text":  # the ads share names and titles, and no texts
            search = lru_cache(maxsize=None)(search)
        return lambda ad: bool(search(getattr(ad, field)))
    if found["key"] == "place":
        names = {name.strip() for name in found["value"].split("|")}
        return lambda ad: bool(names & ad.places)
    value = (found["value"] or "").strip()
    if found["key"]:
        return lambda ad: value in ad.terms if found["key"] == "is" else ad.name == value
    jobs = set(found["jobs"].split(","))
    if unknown := jobs - _occupations():
        raise ValueError(f"no such occupation: {unknown}")
    return lambda ad: not jobs.isdisjoint(ad.job.split(","))


# Words that are also values of facets: excluding "deltid" may mean ads of that extent, whatever their titles.
_FILED = {
    "deltid": ["Deltid"],
    "vikariat": ["Vikariat"],
    "lærling": ["Lærling"],
    "ferievikar": ["Feriejobb", "Sesong"],
}


@lru_cache(maxsize=1)
def _occupations() -> set[str]:
    return {*BY_KEY, *(name for set_name in line_sets.SETS for name in line_sets.occupations(set_name))}


def judged(name_of_set: str = DEMO) -> tuple[Judged, ...]:
    """Every query of a set with its grades, in the order of the file."""
    return _judge_set(name_of_set)


@lru_cache(maxsize=len(SETS))  # a call without the name would be kept a second time
def _judge_set(name_of_set: str) -> tuple[Judged, ...]:
    if name_of_set in line_sets.SETS:
        concepts, queries = line_sets.concepts(name_of_set), line_sets.queries(name_of_set)
    else:
        concepts, queries = _read("concepts"), _read("queries")
    found = []
    for group, rows in queries.items():
        kept = _kept(f"{group}/{name}" for name in rows)
        for name, row in rows.items():
            id_ = f"{group}/{name}"
            if unknown := row.keys() - _KEYS:
                raise ValueError(f"{id_}: no such key: {unknown}")
            query = Query(id_, group, row["q"], row.get("zero", False), id_ in kept)
            found.append(_judge(query, row, concepts, name_of_set))
    return tuple(found)


def _judge(query: Query, row: Mapping[str, Any], concepts: Mapping[str, Mapping[str, list[str]]], corpus: str) -> Judged:
    sources = [concepts[name] for name in _listed(row.get("asks", []))] + [row]
    required, never, unsure = (_listed(row.get(key, [])) for key in ("where", "never", "unsure"))
    if row.get("place"):
        required = [*required, f"place = {row['place']}"]
    if minus := row.get("minus"):
        # An excluded word means the kind of job; ads whose text only mentions the word are neutral.
        never = [*never, f"title ~ {minus}"]
        unsure = [*unsure, f"text ~ {minus}", f"filed ~ {minus}", *(f"is = {value}" for value in _FILED.get(minus, ()))]
    grades: dict[UUID, int] = {}
    for grade in reversed(GRADES):  # the best grade last, so that it is kept
        lines = [line for rules in sources for line in rules.get(str(grade), [])]
        grades |= dict.fromkeys(_any(lines, corpus), grade)
    kept = grades.keys() - _any(never, corpus)
    for line in required:
        kept &= holding(line, corpus)
    neutral = kept & _any(unsure, corpus)
    return Judged(query, {uuid: grade for uuid, grade in grades.items() if uuid in kept - neutral}, frozenset(neutral))


@lru_cache(maxsize=8000)
def holding(line: str, corpus: str = DEMO) -> frozenset[UUID]:
    """The ads of a set that match a rule."""
    test = compiled(line)
    return frozenset(ad.uuid for ad in ads(corpus) if test(ad))


def _any(lines: Iterable[str], corpus: str) -> frozenset[UUID]:
    return frozenset().union(*(holding(line, corpus) for line in lines))


def _kept(ids: Iterable[str]) -> set[str]:
    """Every other query of a group, in the order of their hashes: an even split without a choice by hand."""
    return set(sorted(ids, key=lambda id_: hashlib.sha256(id_.encode()).hexdigest())[::2])


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
