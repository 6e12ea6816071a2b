"""A production-like site for benchmarks: PostgreSQL, Redis, OpenSearch, a feed with live changes, and visitors."""

from __future__ import annotations

import json
import math
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from jobsearch.demo.feed_server import FakeFeed
from tests.cluster.processes import OwnNode, cluster
from tests.servers import postgresql, redis
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until

WORDS = ("sykepleier", "lærer", "kokk", "oslo", "bergen", "utvikler", "selger", "butikkmedarbeider natt")


@dataclass(frozen=True)
class Response:
    """A response. `at` is the time of the request by the monotonic clock; `status` is 0 if no response came."""

    at: float
    status: int
    seconds: float


@dataclass
class Visitor(threading.Thread):
    """Requests one URL after another, with a pause between them."""

    addresses: Sequence[str]
    pause: float = 0.1
    responses: list[Response] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        for address in cycle(self.addresses):
            if self.stopped.wait(self.pause):
                return
            at = time.monotonic()
            self.responses.append(Response(at, fetch_status(address), time.monotonic() - at))

    def between(self, begin: float, end: float) -> list[Response]:
        return [one for one in self.responses if begin <= one.at < end]


def fetch_status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def get_percentile(responses: Sequence[Response], share: float) -> float:
    """Milliseconds within which this share of the responses came."""
    taken = sorted(one.seconds * 1000 for one in responses)
    return taken[min(len(taken) - 1, int(len(taken) * share))] if taken else math.nan


class FeedChanges(threading.Thread):
    """Publishes an ad every `pause` seconds, and changes or closes some."""

    def __init__(self, feed: FakeFeed, pause: float) -> None:
        super().__init__(daemon=True)
        self.feed, self.pause = feed, pause
        self.number = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(self.pause):
            ad = self.feed.publish()
            if self.number % 3 == 1:
                self.feed.change(ad)
            if self.number % 3 == 2:
                self.feed.expire(ad)
            self.number += 1

    def stop(self) -> None:
        self.stopped.set()
        self.join()


@dataclass
class Production:
    """A running production-like site, its feed and its OpenSearch nodes."""

    live_site: LiveSite
    feed: FakeFeed
    nodes: list[OwnNode]

    def count_not_indexed(self) -> int:
        """Counts the ads whose latest version is not indexed."""
        return int(self.live_site.value("SELECT count(*) FROM vacancies_vacancy WHERE version > indexed_version"))

    def is_up_to_date(self) -> bool:
        built = self.live_site.value("SELECT count(*) FROM search_indexstate")
        return bool(built) and self.live_site.active() == set(self.feed.read_active_ads()) and not self.count_not_indexed()

    def wait_until_up_to_date(self, seconds: float) -> None:
        try:
            wait_until(self.is_up_to_date, seconds, "all ads in the index")
        except TimeoutError as error:
            missing = len(set(self.feed.read_active_ads()) ^ self.live_site.active())
            logs = "\n".join(path.read_text()[-3000:] for path in self.live_site.folder.glob("worker*.log"))
            raise TimeoutError(
                f"{error}: {missing} ads differ from the feed, {self.count_not_indexed()} are not indexed\n{logs}"
            ) from None

    def count_differences(self) -> int:
        """Counts the differences of feed, database and index that `manage.py check_consistency --feed` finds."""
        self.live_site.manage("check_consistency", "--json", "--feed")
        return int(json.loads(self.live_site.log("manage").strip().splitlines()[-1])["differences"])


@contextmanager
def production(ads: int, nodes: int, *, workers: int = 2) -> Iterator[Production]:
    """Starts a site with this many ads stored and indexed; the caller starts the web servers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(stack.enter_context(postgresql.own()).database())
        broker = stack.enter_context(redis.own()).url
        found = stack.enter_context(cluster(nodes))
        feed = stack.enter_context(FakeFeed())
        with feed.batch():
            for _ in range(ads):
                feed.publish()
        site = LiveSite(
            folder,
            database=database,
            feed=feed.url,
            broker=broker,
            CACHE_URL=broker.removesuffix("/0") + "/1",
            SEARCH_URL="http://" + ",".join(one.url.partition("://")[2] for one in found),
            FEED_POLL_SECONDS="2",
        )
        stack.callback(site.stop)
        if site.manage("migrate", "--verbosity", "0"):
            raise RuntimeError(site.log("manage"))
        for number in range(workers):
            site.worker(f"worker{number + 1}")
        site.beat()
        started = Production(site, feed, found)
        started.wait_until_up_to_date(300)
        yield started
