"""Models of saved searches, subscriptions, bookmarks and shared searches."""

from __future__ import annotations

from .bookmarks import (
    BOOKMARK_NOTE_LENGTH,
    PARAMS_LENGTH,
    Bookmark,
    BookmarkSettings,
    HiddenItem,
    RecentSearch,
    Reminder,
    ReminderMail,
)
from .outgoing_mail import OutgoingMail
from .sharing import SearchInvitation, SearchShare
from .stored_searches import (
    NAME_LENGTH,
    NOTE_LENGTH,
    AlertMail,
    AlertMatch,
    ConfirmationMail,
    MatchedAd,
    SavedSearch,
    SearchFeed,
    StoredSearch,
    Subscriber,
    Subscription,
    SubscriptionRequest,
    canonicalise,
    compute_digest,
    compute_digests,
)

__all__ = [
    "BOOKMARK_NOTE_LENGTH",
    "NAME_LENGTH",
    "NOTE_LENGTH",
    "PARAMS_LENGTH",
    "AlertMail",
    "AlertMatch",
    "Bookmark",
    "BookmarkSettings",
    "ConfirmationMail",
    "HiddenItem",
    "MatchedAd",
    "OutgoingMail",
    "RecentSearch",
    "Reminder",
    "ReminderMail",
    "SavedSearch",
    "SearchFeed",
    "SearchInvitation",
    "SearchShare",
    "StoredSearch",
    "Subscriber",
    "Subscription",
    "SubscriptionRequest",
    "canonicalise",
    "compute_digest",
    "compute_digests",
]
