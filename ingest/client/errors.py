"""What can go wrong between us and the feed, each with a short `reason` and a sentence for the administrator."""

from __future__ import annotations


class FeedError(Exception):
    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason}: {self.args[0]}"


class FeedDown(FeedError):
    """Nothing can be concluded from the answer, or none came: an outage until a bad ad is proved. Try again later."""


class Unproved(FeedDown):
    """404 for an ad while no other ad shows that the feed is well: put off, not believed."""


class TooLarge(FeedDown):
    """More than the agreed number of bytes."""


class Unauthorized(FeedDown):
    """The token is refused, and no other is to be had."""


class BrokenPage(FeedDown):
    """The server is up, but the walk cannot go on from the page that it sends. Details can be had all the same."""


class FeedLoop(BrokenPage):
    """The feed's pages lead back to one that was read before."""


class PageGone(FeedError):
    """404: no line with the page's id is in the feed any more."""


class EntryGone(FeedError):
    """404: the feed has no such ad. For good, unless very many are missing at once."""


class LeaseHeld(Exception):
    """Another process follows the feed now. `owner` is its host and process, `until` when it must have renewed."""

    def __init__(self, owner: str, until: object) -> None:
        super().__init__(f"The feed is already being followed by {owner} (its lease lasts until {until}).")
        self.owner = owner


class LeaseLost(LeaseHeld):
    """Another process has taken over while this one was away; nothing of what was about to be written was."""


class WrongOrigin(Exception):
    """The database holds the cursor of another feed."""
