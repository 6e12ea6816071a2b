"""The page to return to after a form of a list was sent without a script."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

MAX_LENGTH = 8190  # bytes of an address, as of a request's


def get_return_path(request: HttpRequest, default: str) -> str:
    """The path in the field `next`, if it is one of this site, else `default`."""
    path = request.POST.get("next", "")
    is_ours = path.startswith("/") and len(path) <= MAX_LENGTH and path.isprintable()
    return path if is_ours and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else default
