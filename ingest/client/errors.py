"""Exceptions of the feed client and of a sync run.

Each `FeedError` has a short `reason` (a key of `ingest.error_messages`) and a sentence for the administrator.
"""

from __future__ import annotations


class FeedError(Exception):
    """A request to the feed that gave no usable answer. Its text is "reason: sentence", for logs."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence

    def __str__(self) -> str:
        return f"{self.reason}: {self.sentence}"


class FeedUnavailable(FeedError):
    """No answer, or one that shows nothing about the ad: treated as an outage until a bad ad is proved. Try again later."""


class UnconfirmedMissing(FeedUnavailable):
    """404 for an ad while no other ad shows that the feed works: the ad is deferred, not deactivated."""


class ResponseTooLarge(FeedUnavailable):
    """The response is larger than its limit in bytes."""


class Unauthorized(FeedUnavailable):
    """401: the token is refused, and there is no other one to use."""


class UnusablePage(FeedUnavailable):
    """The server answers, but the page walk cannot continue from this page. Details can still be fetched."""


class FeedLoop(UnusablePage):
    """Cycle: the feed's pages lead back to one that was already read."""


class PageNotFound(FeedError):
    """404 for a page: no line in the feed has the page's id any more."""


class AdNotFound(FeedError):
    """404 for a detail: the feed has no such ad. Permanent, unless very many ads are missing at once."""


class WrongOrigin(Exception):
    """The database holds the cursor of another feed than NAV_FEED_URL."""
