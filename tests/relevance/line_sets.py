"""The judged sets that are written as lines of text: "natural" and "questions".

"natural" has ads with titles as people write them, and queries about all kinds of work; "questions" has queries as people write
them in sentences, over those ads and some of its own. They are read here into the same values as the set of the demo's ads, and
judged and measured by the same code.
"""

from __future__ import annotations

import html
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jobsearch.taxonomy import catalogue
from jobsearch.vacancies.ad_data import CategoryData, LocationData, OccupationData

NATURAL, QUESTIONS = SETS = ("natural", "questions")
DATA = Path(__file__).parent / "data"
_LEVEL1 = {level2: level1 for level1, names in catalogue.OCCUPATIONS.items() for level2 in names}
_SECTORS, _EXTENTS = {"Privat", "Offentlig"}, {"Heltid", "Deltid"}
_OPEN_TO_ALL = "open-to-all"  # the concept whose occupations a wish for "anything" may show


@lru_cache(maxsize=8)
def _read(set_name: str, file: str) -> Mapping[str, Any]:
    return tomllib.loads((DATA / set_name / f"{file}.toml").read_text(encoding="utf-8"))


def rows(set_name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name of the ad, what it is, its fields except the uuid and the dates).

    "questions" has the ads of "natural" first, under the same names.
    """
    tails = _read(NATURAL, "ads")["tails"]
    lines = [(f"{NATURAL}{number}", line) for number, line in enumerate(_ad_lines(NATURAL))]
    if set_name == QUESTIONS:
        lines += [(f"{QUESTIONS}{number}", line) for number, line in enumerate(_ad_lines(QUESTIONS))]
    for position, (name, line) in enumerate(lines):
        what, title, employer, places, filed, terms, body, orgnr = (*(part.strip() for part in line.split(" | ")), "")[:8]
        occupations, categories = _classify(filed)
        given = [term.replace("-", " ") for term in terms.split()]
        engagement = next((term for term in given if term not in _SECTORS | _EXTENTS), "Fast")
        tempting = f"{tails[position % len(tails)]} {tails[(position * 7 + 3) % len(tails)]}"
        yield (
            name,
            what,
            {
                "title": title,
                "description": f"<p>{html.escape(body)}</p><p>{html.escape(tempting)}</p>",
                "employer_name": employer,
                "employer_orgnr": orgnr,
                "engagement": engagement,
                "extent": "Deltid" if "Deltid" in given else "Heltid",
                "sector": next((term for term in given if term in _SECTORS), ""),
                "locations": tuple(_location(place) for place in places.split("; ")),
                "occupations": occupations,
                "categories": categories,
            },
        )


def _ad_lines(set_name: str) -> list[str]:
    lines: list[str] = _read(set_name, "ads")["ads"].strip().splitlines()
    return lines


def _location(place: str) -> LocationData:
    county, municipality, city = (*place.split("/"), "")[:3]
    return LocationData("NORGE", county, municipality, city=city or municipality)


def _classify(filed: str) -> tuple[tuple[OccupationData, ...], tuple[CategoryData, ...]]:
    """The occupations and the categories of `level 2: names; level 2: names`."""
    parts = [part.partition(": ") for part in filed.split("; ")]
    occupations = tuple(OccupationData(_LEVEL1[level2], level2) for level2, _, _ in parts)
    return occupations, tuple(CategoryData("STYRK08", "0000", names) for _, _, names in parts if names)


@lru_cache(maxsize=len(SETS))
def occupations(set_name: str) -> set[str]:
    """The names of what the ads of a set are."""
    return {name for _, what, _ in rows(set_name) for name in what.split(",")}


def concepts(set_name: str) -> dict[str, dict[str, list[str]]]:
    """Name -> grade -> tests; an ad's own name is a concept too. A name of "questions" replaces that of "natural"."""
    found = {name: {"3": [name]} for name in occupations(set_name)}
    for source in SETS[: SETS.index(set_name) + 1]:
        given = {name: tests for name, tests in _read(source, "concepts").items() if name != "wishes"}
        found |= {name: dict(zip("321", tests, strict=True)) for name, tests in given.items()}
    return found


def queries(set_name: str) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Group -> name -> the query, in the form of `data/queries.toml`."""
    groups = _read(set_name, "queries").items()
    return {
        group: {line.split(" | ")[0]: _query(line, set_name) for line in lines.strip().splitlines()} for group, lines in groups
    }


def _query(line: str, set_name: str) -> Mapping[str, Any]:
    q, meant, where, minus, wish = (*(part.strip() for part in line.split(" |")), "", "", "")[:5]
    row: dict[str, Any] = {"q": q, "where": where.split(" & ") if where else [], "minus": minus}
    if meant == "0":
        row["zero"] = True
    elif wish:
        row |= _wish(meant.split(","), wish, set_name)
    elif meant.startswith("= "):
        row |= {grade: [test] for grade, test in zip("321", map(str.strip, meant[2:].split(";")), strict=False) if test}
    else:
        row["asks"] = meant.split(",")
    return row


def _wish(meant: list[str], wish: str, set_name: str) -> dict[str, list[str]]:
    """Tests for "X without Y".

    An ad that says that Y is not needed is best, one that does not mention it is good, and one that demands it is wrong.
    `anything` as the meaning is any ad that says so; silent ads are then only related.
    """
    known = concepts(set_name)
    words = _read(set_name, "concepts")["wishes"][wish]
    says, silent = f"text ~ {words['says']}", f"!text ~ {words['says']} & !text ~ {words['demands']}"
    if meant == ["anything"]:
        return {"3": [says], "1": [f"{test} & {silent}" for test in known[_OPEN_TO_ALL]["3"]]}
    exact, near, related = ([test for name in meant for test in known[name].get(grade, [])] for grade in "321")
    return {
        "3": [f"{test} & {says}" for test in exact],
        "2": [*(f"{test} & {silent}" for test in exact), *(f"{test} & {says}" for test in near)],
        "1": [f"{test} & {silent}" for test in near] + [f"{test} & !text ~ {words['demands']}" for test in related],
    }
