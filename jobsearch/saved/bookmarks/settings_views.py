"""Views of what a user chooses for their bookmarks: reminders of deadlines, and the secret address of the calendar."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from jobsearch.core.private_pages import private_page
from jobsearch.saved.account_required import account_required
from jobsearch.saved.mail.links import Purpose, read_token
from jobsearch.saved.mail.recipients import get_address
from jobsearch.saved.models import BookmarkSettings


@account_required
@require_POST
def change_settings(request: HttpRequest) -> HttpResponse:
    """Runs the action of a button: `action` is remind, stop_reminding, make_calendar or remove_calendar."""
    action = request.POST.get("action", "")
    own = BookmarkSettings.objects.filter(owner_id=request.user.pk)
    if action in {"remind", "make_calendar"}:
        BookmarkSettings.objects.get_or_create(owner_id=request.user.pk, defaults={"language": get_language() or "nb"})
    if action == "remind":
        if not get_address(request.user):
            messages.error(request, _("Kontoen din har ingen bekreftet e-postadresse."))
            return redirect("bookmarks")
        own.update(remind=True, language=get_language() or "nb", refusals=0, retry_at=None)
        messages.success(request, _("Du får en e-post to dager før fristen til stillinger du ikke har søkt på ennå."))
    elif action == "stop_reminding":
        own.update(remind=False)
        messages.success(request, _("Du får ingen flere påminnelser."))
    elif action == "make_calendar":
        own.update(calendar_key=uuid.uuid4())
        messages.success(request, _("Kalenderen har fått en ny, hemmelig adresse."))
    elif action == "remove_calendar":
        own.update(calendar_key=None)
        messages.success(request, _("Kalenderens adresse virker ikke lenger."))
    return redirect(f"{reverse('bookmarks')}?settings=1")


@private_page
@csrf_exempt  # RFC 8058: the mail provider's server posts, without a cookie; the token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """The page that stops reminders, and its POST, which mail providers send themselves (one-click unsubscribe)."""
    key = read_token(Purpose.REMINDERS, token)
    own = BookmarkSettings.objects.filter(reminder_key=key) if key else BookmarkSettings.objects.none()
    if not own.exists():
        return render(request, "saved/dead_link.html", status=404)
    if request.method == "POST":
        own.update(remind=False)
    return render(request, "saved/reminders_stop.html", {"stopped": request.method == "POST"})
