"""Views of bookmarked ads.

Without an account, bookmarks are stored in the visitor's browser, which sends their ids to get the list.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobsearch.vacancies import visibility
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared

MAX_BOOKMARKS = 200
UUID_LENGTH = 36


@never_cache
@require_safe
def show_bookmarks(request: HttpRequest) -> HttpResponse:
    """The page of bookmarks; a script fills it with `list_bookmarks`."""
    return render(request, "saved/bookmarks.html")


@never_cache
@require_POST
def list_bookmarks(request: HttpRequest) -> HttpResponse:
    """The list of the ads whose ids are in the field `ads`, as an HTML fragment: one query.

    Of an ad that is not active only the title is shown; of one that an administrator hides, or that is deleted, nothing.
    """
    uuids = parse_uuids(request.POST.get("ads", ""))
    now = timezone.now()
    rows = {ad.uuid: ad for ad in Vacancy.objects.for_lists().filter(pk__in=uuids)} if uuids else {}
    shown = [ad for uuid in uuids if (ad := rows.get(uuid)) and not ad.is_hidden]  # type: ignore[attr-defined]  # annotated
    active = [ad for ad in shown if visibility.is_active(ad, now)]
    complete_prepared(active)
    known, open_ads = {ad.uuid for ad in shown}, {ad.uuid for ad in active}
    context = {
        "active": active,
        "ended": [ad for ad in shown if ad.uuid not in open_ads],
        "deleted": [str(uuid) for uuid in uuids if uuid not in known],
    }
    return render(request, "saved/_bookmark_list.html", context)


def parse_uuids(text: str) -> list[UUID]:
    """The different ids of a text in its order, at most `MAX_BOOKMARKS`; what is none is left out."""
    found: dict[UUID, None] = {}
    for part in text[: 2 * MAX_BOOKMARKS * (UUID_LENGTH + 1)].split():
        try:
            found[UUID(part)] = None
        except ValueError:
            continue
    return list(found)[:MAX_BOOKMARKS]
