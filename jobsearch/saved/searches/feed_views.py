"""Page of a saved search's feed: its secret address, made and revoked by the owner."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jobsearch.saved.mail.links import Purpose, build_link
from jobsearch.saved.models import SavedSearch, SearchFeed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the address of the feed; a POST makes one, or revokes it (`revoke`)."""
    saved = get_object_or_404(SavedSearch, pk=pk, owner=request.user)
    if request.method == "POST":
        if "revoke" in request.POST:
            SearchFeed.objects.filter(saved_search=saved).delete()
            messages.success(request, _("Adressen virker ikke lenger."))
        else:
            SearchFeed.objects.get_or_create(saved_search=saved)
        return redirect("saved:feed", pk=pk)
    feed = SearchFeed.objects.filter(saved_search=saved).first()
    atom = build_link(Purpose.FEED, feed.pk) if feed else ""
    context = {"saved": saved, "atom": atom, "json": f"{atom.removesuffix('.atom')}.json" if atom else ""}
    return render(request, "saved/feed.html", context)
