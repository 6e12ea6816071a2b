"""Loader for GeoNames' postal codes: a file (text or zip) replaces the table of coordinates for the distance filter.

The file comes from outside: each line is validated, a file that is too large is refused before it is unpacked, and the table is
replaced as a whole or not at all.
"""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from jobsearch.core.text_values import collapse_whitespace
from jobsearch.taxonomy.geography import Point, parse_postal_code
from jobsearch.vacancies.models import PostalCode

COUNTRIES = ("NO", "SJ")
FIELDS = 12
LARGEST = 20_000_000  # bytes unpacked; the file of Norway has some 400,000
MOST_LINES = 100_000
SHOWN = 10  # faulty lines that an error message lists
_SOUTH, _NORTH, _WEST, _EAST = 57.5, 81.5, -10.0, 35.0  # Norway with Svalbard and Jan Mayen
_BATCH = 500
_CURE = "Download NO.zip from GeoNames' postal codes (export/zip) again, and pass it unchanged."

Progress = Callable[[str, int, int | None], None]


class UnreadableFile(Exception):
    """The file cannot be loaded, and the table is unchanged. `str()` is a sentence for an administrator, with line and cure."""


class Row(NamedTuple):
    """One line of the file. `accuracy`: GeoNames' 1 to 6, the higher the better; 0 if it is missing."""

    code: str
    name: str
    point: Point
    accuracy: int


class Loaded(NamedTuple):
    """Result of loading. `codes`: how many were loaded. `skipped`: a sentence for each faulty line that was left out."""

    codes: int
    skipped: Sequence[str]


def load_postal_codes(files: Iterable[Path], *, skip_faulty: bool = False, on_progress: Progress = lambda *step: None) -> Loaded:
    """Replaces the table with the postal codes of the files. Raises `UnreadableFile`, and then the table is unchanged.

    `skip_faulty`: leave out lines that cannot be read instead of raising. Of lines with the same code the most accurate one is
    used, of equally accurate ones the first.
    """
    found: dict[str, Row] = {}
    faults: list[str] = []
    for file in files:
        lines = _read_lines(file)
        for number, line in enumerate(lines, 1):
            if number % _BATCH == 0 or number == len(lines):
                on_progress(f"reading {file.name}", number, len(lines))
            try:
                row = parse_line(line)
            except ValueError as error:
                faults.append(f"{file.name}, line {number}: {error}")
                continue
            if row.code not in found or row.accuracy > found[row.code].accuracy:
                found[row.code] = row
    if faults and not skip_faulty:
        more = f" And {len(faults) - SHOWN:,} more." if len(faults) > SHOWN else ""
        raise UnreadableFile(
            f"{' '.join(faults[:SHOWN])}{more} Nothing was loaded. {_CURE} With --skip-faulty such lines are left out."
        )
    if not found:
        raise UnreadableFile(f"There is no postal code to load. {_CURE}")
    _replace_table(list(found.values()), on_progress)
    return Loaded(len(found), faults)


def parse_line(line: str) -> Row:
    """Parses one line of the file. Raises ValueError with a sentence about the fault."""
    fields = line.split("\t")
    if len(fields) != FIELDS:
        raise ValueError(f"{FIELDS} fields between tabs were expected, here are {len(fields)}.")
    country, code, name = (collapse_whitespace(value) for value in fields[:3])
    if country not in COUNTRIES:
        raise ValueError(f"the country is {country[:20]!r}, not {' or '.join(COUNTRIES)}.")
    if parse_postal_code(code) != code or not code:
        raise ValueError(f"{code[:20]!r} is no Norwegian postal code of four digits.")
    if not name or len(name) > 100:
        raise ValueError(f"the name of {code} is empty or longer than 100 characters.")
    latitude = _parse_degrees(fields[9], "latitude", _SOUTH, _NORTH)
    longitude = _parse_degrees(fields[10], "longitude", _WEST, _EAST)
    accuracy = fields[11].strip()
    if accuracy and not (accuracy.isascii() and accuracy.isdigit() and len(accuracy) == 1):
        raise ValueError(f"the accuracy {accuracy[:20]!r} is no digit.")
    return Row(code, name, Point(latitude, longitude), int(accuracy or 0))


def _parse_degrees(text: str, what: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"the {what} {text[:20]!r} is no number.") from None
    if not math.isfinite(value) or not least <= value <= most:
        raise ValueError(f"the {what} {text[:20]} is outside Norway ({least} to {most}).")
    return value


def _read_lines(file: Path) -> list[str]:
    try:
        content = _unzip(file) if zipfile.is_zipfile(file) else _read_bytes(file)
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be read: {error.strerror or error}. Check the path and its rights.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableFile(f"{file.name}, line {line}: this is no UTF-8 text. {_CURE}") from error
    # Not splitlines(): it would end a line at a form feed inside a name.
    lines = [line.rstrip("\r") for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > MOST_LINES:
        raise UnreadableFile(f"{file.name} has {len(lines):,} lines, more than {MOST_LINES:,}. {_CURE}")
    return lines


def _read_bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _build_size_error(file)
    return content


def _unzip(file: Path) -> bytes:
    """The content of the archive's only table; GeoNames adds a readme.

    The sizes in an archive may be false, so the table is read up to the limit.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            tables = [one for one in archive.infolist() if one.filename.lower() in {f"{name.lower()}.txt" for name in COUNTRIES}]
            if len(tables) != 1:
                names = " or ".join(f"{name}.txt" for name in COUNTRIES)
                raise UnreadableFile(f"{file.name} holds {len(tables)} files named {names}, not one. {_CURE}")
            if tables[0].file_size > LARGEST:
                raise _build_size_error(file)
            with archive.open(tables[0]) as stream:
                content = stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(f"{file.name} cannot be unpacked: {error}. {_CURE}") from error
    if len(content) > LARGEST:
        raise _build_size_error(file)
    return content


def _build_size_error(file: Path) -> UnreadableFile:
    return UnreadableFile(f"{file.name} is larger than {LARGEST // 1_000_000} MB unpacked, so it is not GeoNames' file. {_CURE}")


def _replace_table(rows: list[Row], on_progress: Progress) -> None:
    loaded = timezone.now()
    with transaction.atomic():
        PostalCode.objects.all().delete()
        for written in range(0, len(rows), _BATCH):
            PostalCode.objects.bulk_create(
                PostalCode(
                    code=row.code,
                    name=row.name,
                    latitude=row.point.latitude,
                    longitude=row.point.longitude,
                    loaded=loaded,
                )
                for row in rows[written : written + _BATCH]
            )
            on_progress("writing", min(written + _BATCH, len(rows)), len(rows))
