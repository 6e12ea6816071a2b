"""CSV files for spreadsheets: encoding of rows, without formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it, Excel does not read UTF-8."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# A spreadsheet of another country separates cells at commas, quoted or not. Prices ("500,-") and phone numbers are no formulas.
_INNER_FORMULA = re.compile(r"(?<=[,;])(?= *(?:[=@]|[+-][^,;]*[|(!]))")


class _Echo:
    """File object for `csv.writer` whose `write` returns the line instead of storing it."""

    def write(self, text: str) -> str:
        return text


def encode_rows(rows: Iterable[Iterable[str]]) -> bytes:
    """The rows as CSV, separated by semicolons, as spreadsheets in Norwegian expect."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    return "".join(writer.writerow([escape_formula(cell) for cell in row]) for row in rows).encode()


def escape_formula(cell: str) -> str:
    """Prefixes a cell that a spreadsheet would run as a formula (CSV injection)."""
    cell = _INNER_FORMULA.sub("'", cell)
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
