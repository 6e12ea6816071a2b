"""Official numbers of municipalities, by which files are joined with other statistics: `VESTLAND/BERGEN` -> 4601."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def load_numbers() -> Mapping[str, str]:
    """Path -> number of four digits, for each municipality of the catalogue but Longyearbyen, which has none."""
    lines = Path(__file__).with_name("municipality_numbers.csv").read_text(encoding="utf-8").splitlines()
    rows = (line.partition(";") for line in lines if line and not line.startswith("#"))
    return {path: number for path, _, number in rows}
