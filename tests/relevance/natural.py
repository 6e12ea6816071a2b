"""The second judged set: ads with titles as people write them, and questions about all kinds of work, both as lines of text.

It is read here into the same values as the first one, and judged and measured by the same code.
"""

from __future__ import annotations

import html
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobsearch.taxonomy import catalogue
from jobsearch.vacancies.ad_data import CategoryData, LocationData, OccupationData

DATA = Path(__file__).parent / "data" / "natural"
_LEVEL1 = {level2: level1 for level1, names in catalogue.OCCUPATIONS.items() for level2 in names}
_SECTORS, _EXTENTS = {"Privat", "Offentlig"}, {"Heltid", "Deltid"}
_UNIDENTIFIED = "Ikke identifiserbare"


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """(what the ad is, the fields of its record but for its number and dates)"""
    read = tomllib.loads((DATA / "ads.toml").read_text(encoding="utf-8"))
    tails = read["tails"]
    for position, line in enumerate(read["ads"].strip().splitlines()):
        what, title, employer, place, filed, terms, body = (part.strip() for part in line.split(" | "))
        county, municipality, city = (*place.split("/"), "")[:3]
        level2, _, names = filed.partition(": ")
        given = [term.replace("-", " ") for term in terms.split()]
        engagement = next((term for term in given if term not in _SECTORS | _EXTENTS), "Fast")
        tempting = f"{tails[position % len(tails)]} {tails[(position * 7 + 3) % len(tails)]}"
        yield (
            what,
            {
                "title": title,
                "description": f"<p>{html.escape(body)}</p><p>{html.escape(tempting)}</p>",
                "employer_name": employer,
                "engagement": engagement,
                "extent": "Deltid" if "Deltid" in given else "Heltid",
                "sector": next((term for term in given if term in _SECTORS), ""),
                "locations": (LocationData("NORGE", county, municipality, city=city or municipality),),
                "occupations": (OccupationData(_LEVEL1[level2], level2),),
                "categories": (CategoryData("STYRK08", "0000", names),) if names else (),
            },
        )


def concepts() -> dict[str, dict[str, list[str]]]:
    """Name -> grade -> tests; an ad's own name is a concept too."""
    read = tomllib.loads((DATA / "concepts.toml").read_text(encoding="utf-8"))
    own = {name: {"3": [name]} for what, _ in rows() for name in what.split(",")}
    return own | {name: dict(zip("321", tests, strict=True)) for name, tests in read.items()}


def queries() -> dict[str, dict[str, Mapping[str, Any]]]:
    """Group -> name -> the question, in the form of `data/queries.toml`."""
    read = tomllib.loads((DATA / "queries.toml").read_text(encoding="utf-8"))
    return {group: {line.split(" | ")[0]: _query(line) for line in lines.strip().splitlines()} for group, lines in read.items()}


def _query(line: str) -> Mapping[str, Any]:
    q, meant, where, minus = (*(part.strip() for part in line.split(" |")), "", "")[:4]
    row: dict[str, Any] = {"q": q, "where": where.split(" & ") if where else [], "minus": minus}
    if meant == "0":
        row["zero"] = True
    elif meant.startswith("= "):
        row |= {grade: [test] for grade, test in zip("321", map(str.strip, meant[2:].split(";")), strict=False) if test}
    else:
        row["asks"] = meant.split(",")
    return row
