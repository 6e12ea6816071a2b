"""Files of the market: each table of `/marked/` as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jobsearch.statistics import market
from jobsearch.web.csv_files import BYTE_ORDER_MARK, encode_rows
from jobsearch.web.presenters import dates

from .market import read_selection

MAX_FILE_ROWS = 1_000


@require_safe
def export_market(request: HttpRequest, key: str) -> HttpResponse:
    """A table of the market as a CSV file: all its rows, but of employers the first `MAX_FILE_ROWS`."""
    build = _FILES.get(key)
    if build is None:
        raise Http404
    today = dates.get_today()
    rows = build(read_selection(request), today)
    response = HttpResponse(BYTE_ORDER_MARK + encode_rows(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="marked-{key}-{today.isoformat()}.csv"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# The columns of files are not translated: programs that read them rely on these names.
def _list_weeks(selection: market.Selection, today: dt.date) -> Iterable[Iterable[str]]:
    series = market.read_series(selection, today)
    yield ("Mandag", "Uke", "Nye", "Nye samme uke året før", "Lukket", "Alle annonser talt")
    for week in series.weeks:
        is_complete = series.complete_from is not None and week.monday >= series.complete_from
        numbers = (str(number) for number in (week.new, week.before, week.closed))
        yield (week.monday.isoformat(), str(week.monday.isocalendar().week), *numbers, "ja" if is_complete else "nei")


def _list_parts(dimension: str, label: str) -> Callable[[market.Selection, dt.date], Iterable[Iterable[str]]]:
    def list_rows(selection: market.Selection, today: dt.date) -> Iterable[Iterable[str]]:
        yield (label, "Nye siste 52 uker", "Nye de 52 ukene før")
        for part in market.read_largest(selection, dimension, today, limit=None):
            yield (part.value.replace("/", " / "), str(part.new), str(part.before))

    return list_rows


def _list_employers(name: str) -> Callable[[market.Selection, dt.date], Iterable[Iterable[str]]]:
    def list_rows(selection: market.Selection, today: dt.date) -> Iterable[Iterable[str]]:
        columns = ("Nye siste 52 uker", "Nye siste 13 uker", "Nye de 13 ukene før", "Åpne")
        yield ("Organisasjonsnummer", "Arbeidsgiver", *columns)
        for row in getattr(market.read_employers(MAX_FILE_ROWS), name):
            numbers = (row.new_year, row.new_quarter, row.new_quarter_before, row.active)
            yield (f"{row.orgnr:09d}", row.name, *map(str, numbers))

    return list_rows


_FILES: dict[str, Callable[[market.Selection, dt.date], Iterable[Iterable[str]]]] = {
    "uker": _list_weeks,
    "kommuner": _list_parts("place", "Kommune"),
    "yrker": _list_parts("occupation", "Yrke"),
    "arbeidsgivere": _list_employers("largest"),
    "vokser": _list_employers("growing"),
    "sluttet": _list_employers("stopped"),
}
