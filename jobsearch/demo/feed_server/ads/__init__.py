"""Generator of invented ads for the fake feed server: deterministic, and with the variety of NAV's feed.

An ad is a function of its number, the seed and its revision; the caller gives the dates. No clock is read.
"""

from .composition import Headline, compose, headline, uuid_for

__all__ = ["Headline", "compose", "headline", "uuid_for"]
