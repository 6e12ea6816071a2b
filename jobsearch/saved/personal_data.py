"""Export and deletion of what this app stores about a user: its parts of `jobsearch.core.personal_data`.

Most of it is deleted with the user's row, by the database's cascades. Subscriptions and invitations are found by the user's
address, so they are deleted here.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from jobsearch.saved.mail.recipients import list_own_addresses
from jobsearch.vacancies.models import Vacancy

from .models import (
    AlertMatch,
    Bookmark,
    BookmarkSettings,
    HiddenItem,
    RecentSearch,
    Reminder,
    SavedSearch,
    SearchInvitation,
    Subscriber,
    Subscription,
    SubscriptionRequest,
)

Json = dict[str, Any]
_NOT_EXPORTED = {"id", "owner_id", "digest", "subscriber_id", "calendar_key", "reminder_key"}
"""Columns that say nothing of the user: keys of rows, and keys of links."""


def export_user(user: AbstractBaseUser) -> Json:
    """Saved searches, bookmarks with their notes, hidden things, recent searches, and the subscriptions of the user's address."""
    owner = {"owner_id": user.pk}
    own_settings = BookmarkSettings.objects.filter(**owner).first()
    bookmarks = [_read_columns(row) for row in Bookmark.objects.filter(**owner).order_by("created", "pk")]
    titles = _read_titles([row["vacancy_uuid"] for row in bookmarks])
    return {
        "saved_searches": [_read_columns(row) for row in SavedSearch.objects.filter(**owner).order_by("created", "pk")],
        "bookmarks": [{**row, "title": titles.get(row["vacancy_uuid"], "")} for row in bookmarks],
        "bookmark_settings": {
            "reminders": bool(own_settings and own_settings.remind),
            "language": own_settings.language if own_settings else "",
            "calendar": bool(own_settings and own_settings.calendar_key),
        },
        "reminders": [_read_columns(row) for row in Reminder.objects.filter(**owner).order_by("deadline", "pk")],
        "hidden": [_read_columns(row) for row in HiddenItem.objects.filter(**owner).order_by("created", "pk")],
        "recent_searches": [_read_columns(row) for row in RecentSearch.objects.filter(**owner).order_by("-used", "-pk")],
        "subscriptions": [_export_subscription(row) for row in _list_subscriptions(user)],
        "subscription_requests": [_read_columns(row) for row in _list_requests(user).filter(confirmed=None)],
    }


def delete_subscriptions(user: AbstractBaseUser) -> int:
    """Deletes the subscriptions of the user's confirmed address, with all of their mails; returns how many. Before the user."""
    number: int = _list_subscriptions(user).count()
    Subscriber.objects.filter(address__in=list_own_addresses(user)).delete()
    _list_requests(user).delete()
    return number


def export_shared_searches(user: AbstractBaseUser) -> list[Json]:
    """With whom the user shares searches, and the searches that colleagues share with the user or have offered to the address."""
    own = SavedSearch.objects.filter(owner_id=user.pk).order_by("pk").prefetch_related("invitations").select_related("share")
    rows = [
        {"search": saved.name, "link": hasattr(saved, "share"), "invited": sorted(one.address for one in saved.invitations.all())}
        for saved in own
    ]
    received = SearchInvitation.objects.filter(Q(colleague_id=user.pk) | Q(address__in=list_own_addresses(user)))
    names = ("search__name", "search__params", "created", "last_looked")
    return [row for row in rows if row["link"] or row["invited"]] + list(received.order_by("created").values(*names))


def delete_invitations(user: AbstractBaseUser) -> None:
    """Deletes the invitations to the user's addresses. What the user shares goes with the user's row."""
    SearchInvitation.objects.filter(address__in=list_own_addresses(user)).delete()


def _list_subscriptions(user: AbstractBaseUser) -> Any:
    return Subscription.objects.filter(subscriber__address__in=list_own_addresses(user)).order_by("created", "pk")


def _list_requests(user: AbstractBaseUser) -> Any:
    return SubscriptionRequest.objects.filter(address__in=list_own_addresses(user)).order_by("created", "pk")


def _export_subscription(row: Subscription) -> Json:
    sent = AlertMatch.objects.filter(subscription=row).order_by("first_seen", "pk")
    ads = [{"vacancy_uuid": uuid, "first_seen": seen} for uuid, seen in sent.values_list("vacancy_uuid", "first_seen")]
    return {**_read_columns(row), "ads": ads}


def _read_columns(row: Any) -> Json:
    """The columns of a row that are about the user, dates and ids as Django's JSON encoder writes them."""
    columns = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in columns if name not in _NOT_EXPORTED and not name.endswith("mail_id")}


def _read_titles(uuids: list[Any]) -> dict[Any, str]:
    """Titles of the ads that are still stored and not hidden by an administrator."""
    rows = Vacancy.objects.with_hidden().filter(pk__in=uuids).only("uuid", "title")
    return {row.uuid: row.title for row in rows if not row.is_hidden}  # type: ignore[attr-defined]  # annotated
