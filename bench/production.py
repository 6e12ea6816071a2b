"""The site as production runs it, on this machine: PostgreSQL, Redis, OpenSearch, a feed that goes on, and visitors."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
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
class Answer:
    """`at`: when it was asked, by the monotonic clock. `status` is 0 where none came."""

    at: float
    status: int
    seconds: float


@dataclass
class Visitor(threading.Thread):
    """Opens one address after another, waiting a little between them."""

    addresses: Sequence[str]
    pause: float = 0.1
    answers: list[Answer] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        for address in cycle(self.addresses):
            if self.left.wait(self.pause):
                return
            at = time.monotonic()
            self.answers.append(Answer(at, status_of(address), time.monotonic() - at))

    def between(self, begin: float, end: float) -> list[Answer]:
        return [one for one in self.answers if begin <= one.at < end]


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def told(answers: Sequence[Answer]) -> str:
    """ "412 answers (200: 412), 21 ms, 95 % within 40 ms, longest 120 ms"."""
    if not answers:
        return "no answers"
    taken = sorted(one.seconds * 1000 for one in answers)
    statuses = ", ".join(f"{status}: {number}" for status, number in sorted(Counter(one.status for one in answers).items()))
    p95 = taken[int(len(taken) * 0.95)]
    times = f"{statistics.median(taken):.0f} ms, 95 % within {p95:.0f} ms, longest {taken[-1]:.0f} ms"
    return f"{len(taken)} answers ({statuses}), {times}"


class Happenings(threading.Thread):
    """Ads are published, changed and ended, one every `pause` seconds."""

    def __init__(self, feed: FakeFeed, pause: float) -> None:
        super().__init__(daemon=True)
        self.feed, self.pause = feed, pause
        self.number = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(self.pause):
            ad = self.feed.publish()
            if self.number % 3 == 1:
                self.feed.change(ad)
            if self.number % 3 == 2:
                self.feed.expire(ad)
            self.number += 1

    def end(self) -> None:
        self.over.set()
        self.join()


@dataclass
class Production:
    site: LiveSite
    feed: FakeFeed
    nodes: list[OwnNode]

    def behind(self) -> int:
        """Ads whose latest version the index has not taken over."""
        return int(self.site.value("SELECT count(*) FROM vacancies_vacancy WHERE version > indexed_version"))

    def whole(self) -> bool:
        built = self.site.value("SELECT count(*) FROM search_indexstate")
        return bool(built) and self.site.active() == set(self.feed.truth()) and not self.behind()

    def wait_until_whole(self, seconds: float) -> None:
        try:
            wait_until(self.whole, seconds, "all ads in the index")
        except TimeoutError as error:
            missing = len(set(self.feed.truth()) ^ self.site.active())
            logs = "\n".join(path.read_text()[-3000:] for path in self.site.folder.glob("worker*.log"))
            raise TimeoutError(f"{error}: {missing} ads differ from the feed, {self.behind()} are behind\n{logs}") from None

    def differences(self) -> int:
        """What `manage.py check_truth --feed` finds between feed, record and index."""
        self.site.manage("check_truth", "--json", "--feed")
        return int(json.loads(self.site.log("manage").strip().splitlines()[-1])["differences"])


@contextmanager
def production(ads: int, nodes: int, *, workers: int = 2) -> Iterator[Production]:
    """A site with these many ads stored and indexed; its web servers are started by whoever wants them."""
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
        made = Production(site, feed, found)
        made.wait_until_whole(300)
        yield made
