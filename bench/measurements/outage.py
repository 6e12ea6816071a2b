"""An outage of OpenSearch under a complete site: killed for some minutes, or accepting connections and never answering.

The results page should answer 503 in that time, an ad's page and /healthz 200.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from urllib.parse import quote

from bench.harness.production import WORDS, FeedChanges, Production, Visitor, fetch_status, get_percentile, production
from bench.harness.protocol import Case, Measurement, Options, make_reading

SECONDS = {"killed": 300, "not answering": 60}
BEFORE_SECONDS, LONGEST = 10, 120
EXPECTED = {"results": 503, "an ad": 200, "/healthz": 200}


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    for kind, seconds in SECONDS.items():
        with production(ads, 1, workers=1) as site:
            figures = measure(site, kind, seconds)
        for label, value in figures.items():
            yield make_reading(f"{kind} for {seconds} s: {label}", partial(float, value))


def measure(site: Production, kind: str, seconds: float) -> dict[str, float]:
    (node,) = site.nodes
    home = site.live_site.web()
    ad = next(iter(site.feed.read_active_ads()))
    searches = [f"{home}/?q={quote(word)}" for word in WORDS]
    for address in searches:
        fetch_status(address)  # the first searches of a process are slow
    visitors = {
        "results": Visitor(searches, 0.2),
        "an ad": Visitor([f"{home}/stilling/{ad}/"], 0.2),
        "/healthz": Visitor([f"{home}/healthz"], 0.2),
    }
    events = FeedChanges(site.feed, 1)
    for thread in (*visitors.values(), events):
        thread.start()
    time.sleep(BEFORE_SECONDS)
    outage = time.monotonic()
    with ExitStack() as pause:
        if kind == "killed":
            node.kill()
        else:
            pause.enter_context(node.silent())
        time.sleep(seconds)
        figures: dict[str, float] = {"ads that wait for the index": site.count_not_indexed()}
        for name, visitor in visitors.items():
            during = visitor.between(outage + 0.5, time.monotonic())
            unexpected = sum(one.status != EXPECTED[name] for one in during)
            figures |= {
                f"{name}, median before, ms": get_percentile([one for one in visitor.responses if one.at < outage], 0.5),
                f"{name}, median, ms": get_percentile(during, 0.5),
                f"{name}, 95 % within, ms": get_percentile(during, 0.95),
                f"{name}, answers": len(during),
                f"{name}, answers that are not {EXPECTED[name]}": unexpected,
            }
    if kind == "killed":
        node.start()
    node.wait()
    back = time.monotonic()
    while fetch_status(f"{home}/?q=kokk") != 200:
        time.sleep(0.05)
        if time.monotonic() > back + LONGEST:
            raise SystemExit(f"no search within {LONGEST} s")
    searched = time.monotonic()
    events.stop()
    site.wait_until_up_to_date(180)
    for visitor in visitors.values():
        visitor.stopped.set()
    return figures | {
        "first search after OpenSearch answered, s": searched - back,
        "index equal to the database after that, s": time.monotonic() - back,
        "differences of feed, database and index": site.count_differences(),
    }


MEASUREMENT = Measurement(
    name="outage",
    title="OpenSearch down or not answering",
    sample="one run of a whole site with three visitors, in which its only OpenSearch node is killed or paused",
    baseline="",
    make_cases=make_cases,
    unit="",
    rounds=1,
    warm_up=0,
    ads=(1000,),
    by_hand="needs a JDK, Redis and PostgreSQL; eleven minutes",
)
