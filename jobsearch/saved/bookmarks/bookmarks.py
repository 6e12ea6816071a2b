"""Bookmarks of users: read, change, and merge with those that a browser has kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from jobsearch.saved.models import Bookmark

MAX_BOOKMARKS = 1000  # of one user
MAX_IN_BROWSER = 200
UUID_LENGTH = 36


class TooManyBookmarks(Exception):
    """The account has no room for another bookmark."""


def list_bookmarked(request: HttpRequest) -> frozenset[UUID]:
    """The ads that the request's user has bookmarked; none without an account. One query for a request."""
    user = getattr(request, "user", None)  # a request that a middleware has refused has none
    if user is None or not user.is_authenticated:
        return frozenset()
    if (known := getattr(request, "_bookmarked", None)) is None:
        known = frozenset(Bookmark.objects.filter(owner_id=user.pk).values_list("vacancy_uuid", flat=True))
        request._bookmarked = known  # type: ignore[attr-defined]
    return known


def set_bookmark(owner_id: int, uuid: UUID, saved: bool) -> int:
    """Saves or removes a bookmark; does nothing where that is done already. Returns the number of bookmarks.

    Raises TooManyBookmarks.
    """
    own = Bookmark.objects.filter(owner_id=owner_id)
    if not saved:
        own.filter(vacancy_uuid=uuid).delete()
        return own.count()
    number = own.count()
    if own.filter(vacancy_uuid=uuid).exists():
        return number
    if number >= MAX_BOOKMARKS:
        raise TooManyBookmarks
    # A second click at the same time makes no second row.
    _bookmark, created = Bookmark.objects.get_or_create(owner_id=owner_id, vacancy_uuid=uuid)
    return number + created


def merge_bookmarks(owner_id: int, uuids: Sequence[UUID]) -> list[UUID]:
    """Adds the bookmarks of a browser, the latest first, as far as there is room. Returns those that are in the account now.

    Repeating it changes nothing, so that a browser that has not got the answer may send them again.
    """
    own = Bookmark.objects.filter(owner_id=owner_id)
    known = set(own.filter(vacancy_uuid__in=uuids).values_list("vacancy_uuid", flat=True))
    room = max(0, MAX_BOOKMARKS - own.count())
    new = [uuid for uuid in uuids if uuid not in known][:room]
    now = timezone.now()
    Bookmark.objects.bulk_create(
        [
            Bookmark(owner_id=owner_id, vacancy_uuid=uuid, created=now - dt.timedelta(milliseconds=number))
            for number, uuid in enumerate(new)
        ],
        ignore_conflicts=True,
    )
    return [uuid for uuid in uuids if uuid in known or uuid in new]


def parse_uuids(text: str) -> list[UUID]:
    """The different ids of a text in its order, at most `MAX_IN_BROWSER`; what is none is left out."""
    found: dict[UUID, None] = {}
    for part in text[: 2 * MAX_IN_BROWSER * (UUID_LENGTH + 1)].split():
        if uuid := parse_uuid(part):
            found[uuid] = None
    return list(found)[:MAX_IN_BROWSER]


def parse_uuid(text: str) -> UUID | None:
    """The id that a form has sent; None for any other text."""
    try:
        return UUID(text) if len(text) <= UUID_LENGTH else None
    except ValueError:
        return None
