"""The ads of the feed stand-in: made up, alike on every run, and as varied as the real feed's.

Every ad is a function of its number, the seed and its revision; dates are the caller's. Nothing here reads a clock.
"""

from .composition import Headline, compose, headline, uuid_for

__all__ = ["Headline", "compose", "headline", "uuid_for"]
