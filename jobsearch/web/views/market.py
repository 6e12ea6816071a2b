"""Page of the market, `/marked/`: how many ads are published, where, of what and by whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.statistics import market
from jobsearch.statistics.employers import QUARTER
from jobsearch.statistics.models import Employer
from jobsearch.taxonomy import occupations
from jobsearch.taxonomy.catalogue import COUNTIES, NOT_STATED, SECTORS
from jobsearch.taxonomy.places import ABROAD
from jobsearch.web.presenters import dates, results
from jobsearch.web.presenters import market as view

from .employers import build_url as build_employer_url


@dataclass(frozen=True, slots=True)
class Option:
    """A value of the form; `parts` are shown under it."""

    value: str
    label: str
    parts: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A select of the form. `whole`: the label of the choice without a value."""

    name: str
    label: str
    whole: str
    options: list[Option]
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the page. `file`: the address of its file. `message`: why it has no rows."""

    key: str
    heading: str
    columns: list[str]
    rows: list[view.Row] = field(default_factory=list)
    file: str = ""
    message: str = ""


@require_safe
def show_market(request: HttpRequest) -> HttpResponse:
    """The market of the chosen occupation, place and sector."""
    selection = read_selection(request)
    today = dates.get_today()
    unknown = [FACETS[name].label_value(value) for name, value in selection.list_unknown()]
    series = market.read_series(selection, today)
    labels = view.list_labels(selection)
    heading = _("Stillingsmarkedet")
    query = search.SearchQuery().replace(occupation=selection.occupation, place=selection.place, sector=selection.sector)
    context = {
        "heading": heading,
        "page_title": ": ".join([heading, *([" · ".join(labels)] if labels else [])]),
        "labels": labels,
        "unknown": unknown,
        "too_wide": selection.is_too_wide,
        "params": view.build_params(selection),
        "fields": _build_fields(selection),
        "series": series,
        "chart": view.build_chart(series),
        "change": view.format_change(series.new, series.before) if series.is_comparable else "",
        "days_open": view.format_days(series.median_days_open),
        "note": view.describe_partial(series, today),
        "open_now": _count_open(query),
        "search_url": results.build_address(query),
        "tables": _build_tables(selection, series, today),
        "canonical": f"{settings.SITE_URL}{reverse('web:market')}",
        "indexed": not request.GET,
    }
    response = render(request, "web/market.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-cache"
    return response


def read_selection(request: HttpRequest) -> market.Selection:
    """The selection of the request's parameters; empty values of the form are left out, unknown ones find nothing."""
    return view.read_selection(search.SearchQuery.from_params(request.GET)[0])


def _count_open(query: search.SearchQuery) -> int | None:
    try:
        return search.count(query)
    except search.EngineDown:
        return None


def _build_fields(selection: market.Selection) -> list[Field]:
    """The form: one value of each dimension."""
    municipalities = {county: [f"{county}/{name}" for name in COUNTIES[county] if name != county] for county in COUNTIES}
    jobs = {group: list(paths) for group, paths in occupations.PATHS.items() if group != occupations.UNKNOWN}
    offered: dict[str, tuple[str, dict[str, list[str]]]] = {
        "occupation": (_("Alle yrker"), jobs),
        "place": (_("Hele landet"), municipalities | {ABROAD: []}),
        "sector": (_("Alle sektorer"), {sector: [] for sector in SECTORS}),
    }
    return [
        Field(
            name,
            str(FACETS[name].label),
            whole,
            [_build_group(name, value, parts) for value, parts in groups.items()],
            getattr(selection, name),
        )
        for name, (whole, groups) in offered.items()
    ]


def _build_group(name: str, value: str, parts: list[str]) -> Option:
    label = FACETS[name].label_value
    return Option(value, label(value), tuple(Option(part, label(part)) for part in parts))


def _build_tables(selection: market.Selection, series: market.Series, today: dt.date) -> list[Table]:
    """The largest places and occupations, and the employers."""
    compared = series.is_comparable
    columns = [_("Nye"), *([_("Endring")] if compared else [])]
    params = view.build_params(selection)

    def build_file_url(key: str) -> str:
        return reverse("web:market_file", args=[key]) + (f"?{params}" if params else "")

    tables = []
    for key, dimension, heading, label in (
        ("kommuner", "place", _("Kommuner med flest nye annonser"), _("Kommune")),
        ("yrker", "occupation", _("Yrker med flest nye annonser"), _("Yrke")),
    ):
        parts = market.read_largest(selection, dimension, today)
        rows = view.build_parts(dimension, parts, selection, compared=compared)
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


def _build_employer_rows(employers: list[Employer], get_numbers: Callable[[Employer], tuple[int, ...]]) -> list[view.Row]:
    """The rows of employers, with the number of those whose name another one has too (a large municipality has several)."""
    longest = max((max(get_numbers(row)) for row in employers), default=0)
    names = Counter(row.name for row in employers)
    return [
        view.Row(
            view.label_employer(row),
            build_employer_url(f"{row.orgnr:09d}"),
            tuple(dates.format_number(number) for number in get_numbers(row)),
            get_numbers(row)[0] * view.SCALE // longest if longest else 0,
            view.format_orgnr(row) if row.name and names[row.name] > 1 else "",
        )
        for row in employers
    ]


def _build_open_employers(selection: market.Selection) -> list[Table]:
    """For a part of the market: the employers with the most open ads now. Employers are not counted by occupation or place."""
    query = search.SearchQuery().replace(occupation=selection.occupation, place=selection.place, sector=selection.sector)
    heading, columns = _("Arbeidsgivere med flest ledige stillinger nå"), [_("Arbeidsgiver"), _("Åpne")]
    try:
        counts = search.count_facets(query, "employer")
    except search.EngineDown:
        return [Table("apne", heading, columns, message=_("Søket er nede akkurat nå"))]
    named = {name: count for name, count in counts.items() if count and name != NOT_STATED}
    largest = sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))[: market.TOP]
    rows = [
        view.Row(
            name,
            results.build_address(query.replace(employer=(name,))),
            (dates.format_number(count),),
            count * view.SCALE // largest[0][1],
        )
        for name, count in largest
    ]
    return [Table("apne", heading, columns, rows)]
