"""Report of a run: Markdown tables, which can replace those of the same names in a document, and JSON."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .protocol import Measurement, Row

Column = tuple[str, Callable[[Row], str]]


def format_section(measurement: Measurement, rows: Sequence[Row], command: str, machine: str) -> str:
    """What a run prints of one measurement: how it was measured, and the table."""
    baseline = f" Baseline: {measurement.baseline}." if measurement.baseline else ""
    ratio = " The ratio is of processor time." if measurement.by == "processor" else ""
    about = f"`{command}`, {get_day()}, {machine}. One sample: {measurement.sample}.{baseline}{ratio}"
    return f"{about}\n\n{format_rows(measurement, rows)}"


def get_day() -> str:
    """Today: "29 November 2026"."""
    return dt.datetime.now(dt.UTC).strftime("%d %B %Y").lstrip("0")


def describe_machine() -> str:
    """Cores, Python and load: "2 cores, Python 3.11, load 1.4". Above one a core, other work slows what is measured."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores, Python {python}, load {os.getloadavg()[0]:.1f}"


def format_rows(measurement: Measurement, rows: Sequence[Row]) -> str:
    """A table with the columns that any row has a figure for."""
    unit = f", {measurement.unit}" if measurement.unit else ""
    columns: list[Column] = [("", lambda row: row.case)]
    if len({row.contestant for row in rows}) > 1:
        columns.append(("what", lambda row: row.contestant))
    columns.append((f"median{unit}", lambda row: format_number(row.median)))
    if any(row.p95 is not None for row in rows):
        columns.append((f"95 %{unit}", lambda row: format_number(row.p95)))
    if any(row.cpu is not None for row in rows):
        columns.append((f"processor{unit}", lambda row: format_number(row.cpu)))
    if baselines := [*dict.fromkeys(row.baseline for row in rows if row.baseline)]:
        columns.append((f"{' or '.join(baselines)}{unit}", lambda row: format_number(row.baseline_median)))
        columns.append((f"÷ {' or '.join(baselines)}", lambda row: format_number(row.ratio)))
        columns.append(("spread", _format_spread))
    for name in dict.fromkeys(name for row in rows for name in row.extra):
        columns.append((name, lambda row, name=name: format_number(row.extra.get(name))))  # type: ignore[misc]
    lines = [[heading for heading, _ in columns], ["---"] * len(columns), *([cell(row) for _, cell in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _format_spread(row: Row) -> str:
    return "" if row.lowest is None else f"{format_number(row.lowest)}–{format_number(row.highest)}"


def format_number(number: float | None) -> str:
    """Three digits that say something: 0.0123, 1.23, 12.3, 123, 1,230."""
    if number is None:
        return ""
    if number == int(number) and abs(number) < 10:
        return f"{number:.0f}"
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def replace_sections(document: str, sections: Mapping[str, tuple[str, str]]) -> str:
    """The document with these sections in place of their former ones. Name -> (title, text).

    A section stands between two comments with its name; all else is written by hand and stays. A section that the document
    lacks is added at its end, with its title.
    """
    for name, (title, text) in sections.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        block = f"{begin}\n{text}\n{end}"
        pattern = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if pattern.search(document):
            document = pattern.sub(lambda _match, block=block: block, document, count=1)  # type: ignore[misc]
        else:
            document = f"{document.rstrip()}\n\n## {title}\n\n{block}\n"
    return document


def write_sections(path: Path, sections: Mapping[str, tuple[str, str]]) -> None:
    document = path.read_text() if path.exists() else "# Benchmarks\n"
    path.write_text(replace_sections(document, sections))
