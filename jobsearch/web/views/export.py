"""The hits of a search as a file for a spreadsheet: all of them, streamed, and nothing of an ad that is not active."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from jobsearch.search import api as search
from jobsearch.vacancies import deadlines
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web.presenters.ad_rows import place_name, rows
from jobsearch.web.presenters.redacted import Lasting

from .search import HIDDEN_FROM_CRAWLERS, results

# The same in every language of the pages: whoever reads such files by a program needs names that stay.
COLUMNS = ("Tittel", "Arbeidsgiver", "Sted", "Frist", "Publisert", "Ansettelse", "Omfang", "Sektor", "Lenke")
CHUNK = 200  # rows read from the record at a time: some 40 KB of lines
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_GET
def hits(request: HttpRequest) -> HttpResponseBase:
    """All hits, the newest first. Where there is nothing to download the page of the same search says why: 400, 503."""
    query, problems = search.SearchQuery.from_params(request.GET)
    if problems:
        return _never_kept(results(request))
    try:
        uuids = search.scan(query)
        first = list(islice(uuids, CHUNK))  # before a byte is sent: afterwards it is too late for a page
        gone = [] if first else search.without_ads([query])[0]
    except (search.EngineDown, search.QueryError):
        return _never_kept(results(request))
    if gone:
        return _never_kept(results(request))
    response = StreamingHttpResponse(
        _file(first, uuids, request.build_absolute_uri(reverse("web:results"))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="treff.csv"'
    return _never_kept(response)


def _never_kept(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
    return response


def _file(first: list[UUID], uuids: Generator[UUID], home: str) -> Iterator[bytes]:
    """The file, piece by piece. An engine that goes down on the way breaks the transfer off, which the browser tells: a
    file that ends too early must not look whole."""
    with closing(uuids):
        yield "\ufeff".encode() + _lines([COLUMNS])  # Excel takes a file without this mark for one of the last century
        while first:
            vacancies = rows(first)
            prefetch_related_objects(vacancies, "contacts")
            yield _lines(_row(vacancy, home) for vacancy in vacancies)
            first = list(islice(uuids, CHUNK))


class _Echo:
    """Gives back what a csv writer writes."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    return "".join(writer.writerow([harmless(cell) for cell in row]) for row in rows).encode()


def harmless(cell: str) -> str:
    """The cell as text: a spreadsheet would run what an ad's author wrote behind one of these signs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(vacancy: Vacancy, home: str) -> tuple[str, ...]:
    """Days are written as 2026-11-26. No link but to the ad's page here, which tells when the ad has ended.

    The file lives on after the ad: what is a contact's name, number or address is taken out of its words as for the index.
    """
    lasting = Lasting(vacancy, list(vacancy.contacts.all()))
    names = (lasting.redactor.redact_title(place_name(location)) for location in vacancy.locations.all())
    places = list(dict.fromkeys(filter(None, names)))
    due, published = vacancy.application_due, vacancy.published
    return (
        lasting.title,
        lasting.employer,
        " / ".join(places),
        due.isoformat() if due else lasting.redactor.redact_text(deadlines.strip_label(vacancy.application_due_text)).strip(),
        get_oslo_date(published).isoformat() if published else "",
        vacancy.engagement,
        vacancy.extent,
        vacancy.sector,
        home.rstrip("/") + reverse("web:ad", args=[vacancy.uuid]),
    )
