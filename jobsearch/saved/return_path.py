"""Pages to go to after a form: the one that it was sent from, and the results of a search."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

MAX_LENGTH = 8190  # bytes of an address, as of a request's


def get_return_path(request: HttpRequest, default: str) -> str:
    """The path in the field `next`, if it is one of this site, else `default`."""
    path = request.POST.get("next", "")
    is_ours = path.startswith("/") and len(path) <= MAX_LENGTH and path.isprintable()
    return path if is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else default


def build_results_url(params: str) -> str:
    """The address of the results page of a search with these parameters."""
    return reverse("web:results") + (f"?{params}" if params else "")
