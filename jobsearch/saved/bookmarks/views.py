"""Views of bookmarked ads.

Without an account, bookmarks are stored in the visitor's browser, which sends their ids to get the list. With one they are
rows, changed by forms that also work without scripts.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.saved.account_required import account_required, get_user_id, wants_json
from jobsearch.saved.bookmark_states import State
from jobsearch.saved.bookmarks import recent_searches
from jobsearch.saved.mail.links import Purpose, build_link
from jobsearch.saved.mail.recipients import get_address
from jobsearch.saved.models import BOOKMARK_NOTE_LENGTH, Bookmark, BookmarkSettings
from jobsearch.saved.return_path import get_return_path
from jobsearch.vacancies import visibility
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared

from . import board
from .bookmarks import MAX_BOOKMARKS, TooManyBookmarks, merge_bookmarks, parse_uuid, parse_uuids, set_bookmark


@never_cache
@require_safe
def show_bookmarks(request: HttpRequest) -> HttpResponse:
    """The page of bookmarks: with an account the board by state, else a list that a script fills with `list_bookmarks`."""
    if not request.user.is_authenticated:
        return render(request, "saved/bookmarks.html")
    chosen = request.GET.get("state", "")
    settings = BookmarkSettings.objects.filter(owner_id=request.user.pk).first()
    context: dict[str, object] = {
        "states": State,
        "note_length": BOOKMARK_NOTE_LENGTH,
        "settings": settings,
        "calendar_link": build_link(Purpose.CALENDAR, settings.calendar_key) if settings and settings.calendar_key else "",
        "has_address": bool(get_address(request.user)),
    }
    if chosen in State:
        state = State(chosen)
        page, entries = board.build_page(request.user.pk, state, parse_page_number(request.GET.get("page", "")) or 1)
        column = board.Column(state, entries, page.paginator.count)
        context |= {"page": page, "columns": [column], "chosen": state, "total": page.paginator.count}
    else:
        columns = board.build_board(request.user.pk)
        context |= {"columns": columns, "total": sum(column.total for column in columns)}
    return render(request, "saved/board.html", context)


@never_cache
@require_POST
def list_bookmarks(request: HttpRequest) -> HttpResponse:
    """The list of the ads whose ids are in the field `ads`, as an HTML fragment: one query.

    Of an ad that is not active only title and dates are shown; of one that an administrator hides, or that is deleted, nothing.
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


@account_required
@require_POST
def change_bookmark(request: HttpRequest) -> HttpResponse:
    """Bookmarks the ad in `save`, or removes the bookmark of that in `remove`: the button of a row.

    A script gets JSON; a form returns to its page.
    """
    saved = "save" in request.POST
    uuid = parse_uuid(request.POST.get("save" if saved else "remove", ""))
    if uuid is None or (saved and not Vacancy.objects.filter(pk=uuid).exists()):
        raise Http404
    try:
        number = set_bookmark(get_user_id(request), uuid, saved)
    except TooManyBookmarks:
        if wants_json(request):
            return JsonResponse({"max": MAX_BOOKMARKS}, status=409)
        messages.error(request, _("Stillingen ble ikke lagret. Du kan lagre %(n)s; fjern noen først.") % {"n": MAX_BOOKMARKS})
        return redirect("bookmarks")
    if wants_json(request):
        return JsonResponse({"saved": saved, "number": number})
    messages.success(request, _("Stillingen er lagret.") if saved else _("Stillingen er ikke lagret lenger."))
    return redirect(get_return_path(request, reverse("bookmarks")))


@account_required
@require_POST
def update_bookmark(request: HttpRequest) -> HttpResponse:
    """Runs the action of a button of the board: `action` is move (to `state`), note or remove. Anything else changes nothing."""
    uuid = parse_uuid(request.POST.get("ad", ""))
    own = Bookmark.objects.filter(owner_id=get_user_id(request), vacancy_uuid=uuid) if uuid else Bookmark.objects.none()
    if not own.exists():
        raise Http404
    action, state = request.POST.get("action", ""), request.POST.get("state", "")
    note = request.POST.get("note", "").replace("\0", "").replace("\r\n", "\n").strip()
    if action == "remove":
        own.delete()
        messages.success(request, _("Stillingen er ikke lagret lenger."))
    elif action == "move" and state in State:
        own.update(state=state)
    elif action == "note" and len(note) <= BOOKMARK_NOTE_LENGTH:
        own.update(note=note)
        messages.success(request, _("Notatet er lagret."))
    elif action == "note":
        messages.error(request, _("Notatet ble ikke lagret. Det kan ha høyst %(n)s tegn.") % {"n": BOOKMARK_NOTE_LENGTH})
    if wants_json(request):
        return JsonResponse({})
    return redirect(f"{get_return_path(request, reverse('bookmarks'))}#ad-{uuid}")


@account_required
@require_POST
def merge(request: HttpRequest) -> HttpResponse:
    """Adds what a browser kept before login to the account: ids in `ads`, addresses of recent searches in `search`.

    Returns the ids that are in the account now; the browser deletes only these.
    """
    owner_id = get_user_id(request)
    moved = merge_bookmarks(owner_id, parse_uuids(request.POST.get("ads", "")))
    recent_searches.add_searches(owner_id, request.POST.getlist("search"))
    return JsonResponse({"moved": [str(uuid) for uuid in moved], "number": Bookmark.objects.filter(owner_id=owner_id).count()})


@account_required
@require_http_methods(["GET", "HEAD", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """The recent searches as JSON; POST adds the one in `search`, or removes the one in `remove` ("" removes all)."""
    owner_id = get_user_id(request)
    if request.method == "POST":
        if "remove" in request.POST:
            recent_searches.remove_search(owner_id, request.POST["remove"])
        else:
            recent_searches.add_search(owner_id, request.POST.get("search", ""))
    return JsonResponse({"searches": recent_searches.list_searches(owner_id)})
