"""Presenter of the tables on the market's page: the largest places, occupations and employers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.statistics import market
from jobsearch.statistics.employers import QUARTER
from jobsearch.statistics.models import Employer
from jobsearch.taxonomy.catalogue import NOT_STATED

from . import dates, results
from .employers import build_url as build_employer_url
from .market import build_params, build_query, build_url, format_change

SCALE = 200  # length of the longest bar, in units of its SVG


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label, a link or "", its numbers as text, and the length of its bar."""

    label: str
    url: str
    numbers: tuple[str, ...]
    length: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the page. `file`: the address of its file. `message`: why it has no rows."""

    key: str
    heading: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    file: str = ""
    message: str = ""


def build_tables(selection: market.Selection, series: market.Series, today: dt.date) -> list[Table]:
    """The largest places and occupations, and the employers."""
    compared = series.is_comparable
    columns = [_("Nye"), *([_("Endring")] if compared else [])]
    params = build_params(selection)

    def build_file_url(key: str) -> str:
        return reverse("web:market_file", args=[key]) + (f"?{params}" if params else "")

    tables = []
    for key, dimension, heading, label in (
        ("kommuner", "place", _("Kommuner med flest nye annonser"), _("Kommune")),
        ("yrker", "occupation", _("Yrker med flest nye annonser"), _("Yrke")),
    ):
        parts = market.read_largest(selection, dimension, today)
        rows = _build_parts(dimension, parts, selection, compared=compared)
        tables.append(Table(key, heading, [label, *columns], rows, build_file_url(key)))
    if selection.is_whole:
        return tables + _build_employer_tables(series, today, build_file_url)
    return tables + _build_open_employers(selection)


def _build_employer_tables(series: market.Series, today: dt.date, build_file_url: Callable[[str], str]) -> list[Table]:
    """Employers of the whole market. Growing employers, and those that have stopped, need two counted quarters."""
    employers = market.read_employers()
    label = _("Arbeidsgiver")
    columns = [label, _("Nye"), *([_("Åpne")] if employers.is_active_known else [])]
    largest = _build_employer_rows(
        employers.largest, lambda row: (row.new_year, row.active) if employers.is_active_known else (row.new_year,)
    )
    heading = _("Arbeidsgivere med flest nye annonser")
    tables = [Table("arbeidsgivere", heading, columns, largest, build_file_url("arbeidsgivere"))]
    known_from = None if series.complete_from is None else series.complete_from + 2 * QUARTER
    columns = [label, _("Siste 13 uker"), _("De 13 ukene før")]
    for key, heading, rows in (
        ("vokser", _("Arbeidsgivere som lyser ut mer"), employers.growing),
        ("sluttet", _("Arbeidsgivere som har sluttet å lyse ut"), employers.stopped),
    ):
        if known_from is None or known_from > today:
            message = _("Vises når vi har talt annonser i et halvt år.")
            if known_from:
                message = _("Vises fra %(day)s, når vi har talt annonser i et halvt år.") % {"day": dates.format_day(known_from)}
            tables.append(Table(key, heading, columns, message=message))
        else:
            built = _build_employer_rows(rows, lambda row: (row.new_quarter, row.new_quarter_before))
            tables.append(Table(key, heading, columns, built, build_file_url(key)))
    return tables


def _build_employer_rows(employers: list[Employer], get_numbers: Callable[[Employer], tuple[int, ...]]) -> list[Row]:
    """The rows of employers, with the number of those whose name another one has too (a large municipality has several)."""
    longest = max((max(get_numbers(row)) for row in employers), default=0)
    names = Counter(row.name for row in employers)
    return [
        Row(
            _label_employer(row),
            build_employer_url(f"{row.orgnr:09d}"),
            tuple(dates.format_number(number) for number in get_numbers(row)),
            get_numbers(row)[0] * SCALE // longest if longest else 0,
            _format_orgnr(row) if row.name and names[row.name] > 1 else "",
        )
        for row in employers
    ]


def _build_open_employers(selection: market.Selection) -> list[Table]:
    """For a part of the market: the employers with the most open ads now. Employers are not counted by occupation or place."""
    query = build_query(selection)
    heading, columns = _("Arbeidsgivere med flest ledige stillinger nå"), [_("Arbeidsgiver"), _("Åpne")]
    try:
        counts = search.count_facets(query, "employer")
    except search.EngineDown:
        return [Table("apne", heading, columns, message=_("Søket er nede akkurat nå"))]
    named = {name: count for name, count in counts.items() if count and name != NOT_STATED}
    largest = sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))[: market.TOP]
    rows = [
        Row(
            name,
            results.build_address(query.replace(employer=(name,))),
            (dates.format_number(count),),
            count * SCALE // largest[0][1],
        )
        for name, count in largest
    ]
    return [Table("apne", heading, columns, rows)]


def _build_parts(dimension: str, parts: Sequence[market.Part], selection: market.Selection, *, compared: bool) -> list[Row]:
    """The rows of the largest places or occupations, each with a link to its own market."""
    longest = max((part.new for part in parts), default=0)
    return [
        Row(
            FACETS[dimension].label_value(part.value),
            build_url(selection, **{dimension: part.value}),
            (dates.format_number(part.new), *([format_change(part.new, part.before)] if compared else [])),
            part.new * SCALE // longest,
        )
        for part in parts
    ]


def _label_employer(employer: Employer) -> str:
    """The employer's name, or its number where it has none."""
    return employer.name or _format_orgnr(employer)


def _format_orgnr(employer: Employer) -> str:
    """The organisation number as it is written: "Org.nr. 974 760 673"."""
    digits = f"{employer.orgnr:09d}"
    return _("Org.nr. %(number)s") % {"number": f"{digits[:3]} {digits[3:6]} {digits[6:]}"}
