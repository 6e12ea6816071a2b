"""CSV export of the hits of a search: all active ads, streamed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
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
from jobsearch.web.csv_files import BYTE_ORDER_MARK, encode_rows
from jobsearch.web.presenters.ad_rows import format_location, list_active_ads
from jobsearch.web.presenters.redacted import RedactedAd

from .search import HIDDEN_FROM_CRAWLERS, results

# Not translated: programs that read the file rely on these names.
COLUMNS = ("Tittel", "Arbeidsgiver", "Sted", "Frist", "Publisert", "Ansettelse", "Omfang", "Sektor", "Lenke")
CHUNK = 200  # ads read from the database at a time: about 40 KB of CSV


@login_required
@require_GET
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """All hits, the newest first; where there is nothing to export, the results page, which shows why (400, 503)."""
    query, problems = search.SearchQuery.from_params(request.GET)
    if problems:
        return _prevent_caching(results(request))
    try:
        uuids = search.scan(query)
        first = list(islice(uuids, CHUNK))  # before the response starts: afterwards no error page can be sent
        values_without_ads = [] if first else search.without_ads([query])[0]
    except (search.EngineDown, search.QueryError):
        return _prevent_caching(results(request))
    if values_without_ads:
        return _prevent_caching(results(request))
    response = StreamingHttpResponse(
        _stream_csv(first, uuids, request.build_absolute_uri(reverse("web:results"))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="treff.csv"'
    return _prevent_caching(response)


def _prevent_caching(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
    return response


def _stream_csv(first: list[UUID], uuids: Generator[UUID], home: str) -> Iterator[bytes]:
    """Yield the file in chunks.

    EngineDown is not caught: it aborts the transfer, so that the browser reports an incomplete file.
    """
    with closing(uuids):
        yield BYTE_ORDER_MARK + encode_rows([COLUMNS])
        while first:
            vacancies = list_active_ads(first)
            prefetch_related_objects(vacancies, "contacts", "locations")
            yield encode_rows(_build_row(vacancy, home) for vacancy in vacancies)
            first = list(islice(uuids, CHUNK))


def _build_row(vacancy: Vacancy, home: str) -> tuple[str, ...]:
    """The cells of an ad. Dates are ISO 8601; the only link is to the ad's page on this site, which shows if the ad has ended.

    The file outlives the ad, so contacts' names, numbers and addresses are redacted as in the search index.
    """
    redacted = RedactedAd(vacancy, list(vacancy.contacts.all()))
    names = (redacted.redactor.redact_title(format_location(location)) for location in vacancy.locations.all())
    places = list(dict.fromkeys(filter(None, names)))
    due, published = vacancy.application_due, vacancy.published
    return (
        redacted.title,
        redacted.employer,
        " / ".join(places),
        due.isoformat() if due else redacted.redactor.redact_text(deadlines.strip_label(vacancy.application_due_text)).strip(),
        get_oslo_date(published).isoformat() if published else "",
        vacancy.engagement,
        vacancy.extent,
        vacancy.sector,
        home.rstrip("/") + reverse("web:ad", args=[vacancy.uuid]),
    )
