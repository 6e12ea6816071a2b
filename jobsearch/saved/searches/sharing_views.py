"""Views of sharing a saved search: its link, its invitations, and a colleague's answer."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jobsearch.core.client_address import get_client_address
from jobsearch.core.private_pages import private_page
from jobsearch.saved import sharing
from jobsearch.saved.bookmarks.bookmarks import parse_uuid
from jobsearch.saved.descriptions import list_criteria
from jobsearch.saved.forms import InviteForm, add_mail_error
from jobsearch.saved.mail import mails, recipients
from jobsearch.saved.mail.links import Purpose, build_link, find_by_token
from jobsearch.saved.models import SavedSearch, SearchInvitation

from .list_views import get_own_search


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that shares a search, and its POST: `action` is create, revoke, invite or remove."""
    saved = get_own_search(request, pk)
    address = recipients.get_address(request.user)
    may_invite = bool(address) and request.user.has_perm(sharing.PERMISSION)
    action = request.POST.get("action", "")
    form = InviteForm(request.POST) if action == "invite" and may_invite else InviteForm()
    status = 200
    if request.method == "POST":
        if form.is_bound:
            status = _invite(request, saved, address, form) if form.is_valid() else 422
        else:
            _change(request, saved, action)
        if not form.errors:
            return redirect("saved:share", pk)
    link = getattr(saved, "share", None)
    context = {
        "saved": saved,
        "criteria": list_criteria(saved.query),
        "link": build_link(Purpose.SHARE, link.pk) if link else "",
        "may_invite": may_invite,
        "form": form,
        "invitations": saved.invitations.order_by("created", "pk"),
        "return_path": reverse("saved:share", args=[pk]),
    }
    return render(request, "saved/share.html", context, status=status)


def _change(request: HttpRequest, saved: SavedSearch, action: str) -> None:
    if action == "create":
        sharing.share_by_link(saved)
        messages.success(request, _("Søket har fått en lenke."))
    elif action == "revoke":
        sharing.revoke_link(saved)
        messages.success(request, _("Lenken er trukket tilbake, og virker ikke lenger."))
    elif action == "remove" and (key := parse_uuid(request.POST.get("invitation", ""))):
        saved.invitations.filter(pk=key).delete()
        messages.success(request, _("Kollegaen har ikke lenger søket."))


def _invite(request: HttpRequest, saved: SavedSearch, inviter: str, form: InviteForm) -> int:
    """Sends an invitation. The status of the form's page, with the form's errors where it failed."""
    address = form.cleaned_data["email"]
    try:
        sharing.invite(saved, inviter, address, get_client_address(request))
    except sharing.AlreadyInvited:
        form.add_error("email", _("Denne adressen har søket, eller er invitert allerede."))
        return 422
    except sharing.TooManyInvitations:
        form.add_error(None, _("Vi sender ikke flere invitasjoner akkurat nå. Prøv igjen i morgen."))
        return 429
    except (mails.AddressRefused, mails.MailServerDown) as error:
        return add_mail_error(form, error)
    messages.success(request, _("Invitasjonen er sendt."))
    return 200


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page that an invitation's link opens, with a button; its POST accepts."""
    invited = find_by_token(SearchInvitation.objects.select_related("search__owner"), Purpose.INVITE, token)
    if invited is None or invited.colleague_id not in {None, request.user.pk}:
        return render(request, "saved/dead_invitation.html", status=404)
    if recipients.get_address(request.user) != invited.address:
        return render(request, "saved/other_invitation.html", {"site_name": settings.SITE_NAME}, status=403)
    if request.method == "POST":
        if sharing.accept(invited, request.user):
            messages.success(request, _("Søket «%(name)s» er på listen din.") % {"name": invited.search.name})
            return redirect(f"{reverse('saved:list')}#sok-{invited.search_id}")
        return render(request, "saved/dead_invitation.html", status=404)
    inviter = recipients.get_address(invited.search.owner)
    context = {"saved": invited.search, "criteria": list_criteria(invited.search.query), "inviter": inviter}
    return render(request, "saved/invitation.html", context)


@private_page
@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a colleague's search off the user's own list."""
    SearchInvitation.objects.filter(search_id=pk, colleague_id=request.user.pk).delete()
    messages.success(request, _("Søket er fjernet fra listen din."))
    return redirect("saved:list")
