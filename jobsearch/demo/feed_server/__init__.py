"""Fake feed server: a local copy of the behaviour of NAV's public vacancy feed, with invented ads and faults on demand.

It gives the responses that NAV's server was observed to give, on a loopback address. The demo, the tests of the ingest and
the benchmarks use it. It imports neither Django nor other packages of this project.
"""

from .feed_server import FakeFeed
from .store import Store

__all__ = ["FakeFeed", "Store"]
