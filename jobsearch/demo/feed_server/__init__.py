"""A stand-in for NAV's public vacancy feed, which cannot be made to fail on demand.

It answers as the real server was seen to answer, on a loopback address, with invented ads. The demo runs on it, and so
does every test of the consumer. It knows neither Django nor the rest of this project.
"""

from .feed_server import FakeFeed
from .store import Store

__all__ = ["FakeFeed", "Store"]
