"""Views of hidden ads and employers: hide, show again, and the list of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from jobsearch.saved.account_required import account_required, get_user_id
from jobsearch.saved.models import HiddenItem
from jobsearch.saved.return_path import get_return_path
from jobsearch.search.facets import find_employer_names
from jobsearch.vacancies import visibility
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared

from . import hidden
from .bookmarks import parse_uuid


@account_required
@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Hides an ad ("ad:<uuid>" in `what`) or its employer ("employer:<uuid>"), and returns to the page with an undo link."""
    uuid, item = _find_item(request)
    try:
        hidden.hide(get_user_id(request), item)
    except hidden.TooManyHidden:
        messages.error(request, _("Du har skjult så mange som det er plass til. Vis noen av dem igjen først."))
        if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware; a list would be replaced by another page
            return HttpResponseClientRedirect(reverse("bookmarks:hidden"))
        return redirect("bookmarks:hidden")
    kind, _value = item
    buttons = [_make_button("bookmarks:show", kind, uuid, _("Angre"))]
    text = _("Arbeidsgiveren er skjult i treffene dine.")
    if kind == HiddenItem.Kind.AD:
        text = _("Annonsen er skjult i treffene dine.")
        if hidden.find_item(HiddenItem.Kind.EMPLOYER, uuid):
            buttons.append(_make_button("bookmarks:hide", HiddenItem.Kind.EMPLOYER, uuid, _("Skjul arbeidsgiveren")))
    message = format_html("{} {}", text, format_html_join(" ", "{}", ((button,) for button in buttons)))
    messages.info(request, message, extra_tags="toast")
    return redirect(get_return_path(request, reverse("bookmarks:hidden")))


@account_required
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Shows an ad or an employer again: by `what`, as `hide`, or by `item`, its number on the list."""
    number = request.POST.get("item", "")
    if not number:
        hidden.show(get_user_id(request), _find_item(request)[1])
    elif number.isascii() and number.isdigit() and len(number) < 19:  # what a column holds
        HiddenItem.objects.filter(owner_id=request.user.pk, pk=int(number)).delete()
    messages.success(request, _("Vises i treffene dine igjen."), extra_tags="toast")
    return redirect(get_return_path(request, reverse("bookmarks:hidden")))


@account_required
@require_safe
def list_hidden(request: HttpRequest) -> HttpResponse:
    """What the user has hidden, the latest first, each with a button to show it again."""
    items = list(HiddenItem.objects.filter(owner_id=request.user.pk).order_by("-created", "-pk"))
    uuids = [UUID(item.value) for item in items if item.kind == HiddenItem.Kind.AD]
    rows = {str(row.uuid): row for row in Vacancy.objects.for_lists().filter(pk__in=uuids)} if uuids else {}
    ads = [(item, *_describe_ad(rows.get(item.value))) for item in items if item.kind == HiddenItem.Kind.AD]
    complete_prepared([row for _item, row, active in ads if row and active])
    prefetch_related_objects(
        [row for _item, row, active in ads if row and not active], "locations"
    )  # restores a title in capitals
    hidden_employers = [item for item in items if item.kind == HiddenItem.Kind.EMPLOYER]
    names = find_employer_names([item.value for item in hidden_employers])
    employers = [(item, names.get(item.value, item.value)) for item in hidden_employers]
    return render(request, "saved/hidden.html", {"ads": ads, "employers": employers})


def _describe_ad(row: Vacancy | None) -> tuple[Vacancy | None, bool]:
    """The ad as the list shows it, and whether it is active: of an ended ad only the title is shown."""
    if row is None or row.is_hidden:  # type: ignore[attr-defined]  # annotated
        return None, False
    return row, visibility.is_active(row)


def _find_item(request: HttpRequest) -> tuple[UUID, hidden.Item]:
    """The ad that a form names, and what of it is to be hidden. Raises Http404."""
    kind, _colon, text = request.POST.get("what", "").partition(":")
    uuid = parse_uuid(text)
    item = hidden.find_item(kind, uuid) if uuid else None
    if uuid is None or item is None:
        raise Http404
    return uuid, item


def _make_button(view: str, kind: str, uuid: UUID, label: str) -> SafeString:
    """A button of the form `skjul`, which every page with a button to hide has."""
    return format_html(
        '<button type="submit" form="skjul" formaction="{}" name="what" value="{}:{}" class="button quiet">{}</button>',
        *(reverse(view), kind, uuid, label),
    )
