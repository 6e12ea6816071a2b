"""Files of the hits of a search, CSV and Excel: in the order of the page, at most the first 10,000.

The ads are read from the database in chunks. So memory does not grow with the file, and an ad that ends meanwhile is left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from jobsearch.saved.bookmarks.hidden import hide_from_results
from jobsearch.saved.descriptions import summarise_query
from jobsearch.search import api as search
from jobsearch.taxonomy.slugs import slugify
from jobsearch.web.csv_files import BYTE_ORDER_MARK, encode_rows
from jobsearch.web.export_limit import count_export
from jobsearch.web.presenters import dates
from jobsearch.web.presenters.export_rows import COLUMNS, iterate_rows

from . import errors
from .search import HIDDEN_FROM_CRAWLERS, results

NAME_LENGTH = 60  # characters of the search in a file's name
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"Tittel": 50, "Arbeidsgiver": 30, "Yrke": 30, "Lenke": 60}
_WIDTH = 16


@login_required
@require_GET
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """The hits as CSV, streamed."""
    found = _find_hits(request)
    if isinstance(found, HttpResponseBase):
        return found
    query, uuids = found
    response = StreamingHttpResponse(_stream_csv(uuids, _get_home(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{build_file_name(query)}.csv"'
    return _prevent_caching(response)


@login_required
@require_GET
def export_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The hits as an Excel file. Not streamed, because the format has its table of contents at the end: 2 MB for 10,000 ads."""
    found = _find_hits(request)
    if isinstance(found, HttpResponseBase):
        return found
    query, uuids = found
    response = HttpResponse(_build_xlsx(uuids, _get_home(request)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{build_file_name(query)}.xlsx"'
    return _prevent_caching(response)


def _find_hits(request: HttpRequest) -> tuple[search.SearchQuery, list[UUID]] | HttpResponseBase:
    """The search and its hits; where there is nothing to export, a page that shows why (400, 429, 503)."""
    query, problems = search.SearchQuery.from_params(request.GET)
    if problems:
        return _prevent_caching(results(request))
    if not count_export(request):
        return errors.too_many_files(request)
    try:
        uuids = search.list_hits(hide_from_results(request, query))
        if not uuids and search.find_values_without_ads([query])[0]:
            return _prevent_caching(results(request))
    except (search.EngineDown, search.QueryError):
        return _prevent_caching(results(request))
    return query, uuids


def _get_home(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("web:results"))


def build_file_name(query: search.SearchQuery) -> str:
    """The name of a file without its ending: the search and the date, "sykepleier-bergen-2026-11-29"."""
    words = slugify(summarise_query(query))[:NAME_LENGTH].strip("-") or "treff"
    return f"{words}-{dates.get_today().isoformat()}"


def _prevent_caching(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
    return response


def _stream_csv(uuids: Sequence[UUID], home: str) -> Iterator[bytes]:
    yield BYTE_ORDER_MARK + encode_rows([COLUMNS])
    yield from map(encode_rows, iterate_rows(uuids, home))


def _build_xlsx(uuids: Sequence[UUID], home: str) -> bytes:
    """The workbook. Every cell is a string, so none is run as a formula or opened as a link."""
    import xlsxwriter  # 2 MB, which a process needs after its first such file

    file = io.BytesIO()
    # constant_memory: each row goes to a temporary file when it is complete.
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Treff")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
        for number, row in enumerate(chain([COLUMNS], chain.from_iterable(iterate_rows(uuids, home)))):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return file.getvalue()
