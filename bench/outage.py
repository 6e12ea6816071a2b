"""Benchmark of an outage: OpenSearch is down for five minutes under a complete site.

    python bench/outage.py                   # killed and started again, about seven minutes
    python bench/outage.py --hang            # accepts connections and never answers: SIGSTOP, then SIGCONT

Prints, before and during the outage, the statuses and response times of the results page (which should be 503 during it), of
an ad's page and of /healthz; then the time after OpenSearch's return until a search succeeds and the index is up to date.
Needs a JDK.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.production import WORDS, FeedChanges, Production, Visitor, fetch_status, production, summarise  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=300, help="duration of the outage")
    parser.add_argument("--hang", action="store_true", help="paused instead of killed")
    options = parser.parse_args()
    with production(options.ads, 1, workers=1) as site:
        measure(site, options.seconds, options.hang)


def measure(site: Production, seconds: float, hang: bool) -> None:
    (node,) = site.nodes
    home = site.live_site.web()
    ad = next(iter(site.feed.truth()))
    visitors = {
        "results": Visitor([f"{home}/?q={quote(word)}" for word in WORDS], 0.2),
        "an ad": Visitor([f"{home}/stilling/{ad}/"], 0.2),
        "/healthz": Visitor([f"{home}/healthz"], 0.2),
    }
    events = FeedChanges(site.feed, 1)
    begin = time.monotonic()
    for thread in (*visitors.values(), events):
        thread.start()
    time.sleep(10)
    outage = time.monotonic()
    pause = ExitStack()
    pause.enter_context(node.silent()) if hang else node.kill()
    time.sleep(seconds)
    print(f"{site.count_not_indexed()} ads wait for the index at the end of the outage", flush=True)
    for name, visitor in visitors.items():
        print(f"{name}, before: {summarise(visitor.between(begin, outage))}")
        print(f"{name}, during: {summarise(visitor.between(outage + 0.5, time.monotonic()))}", flush=True)
    started = time.monotonic()
    pause.close()
    if not hang:
        node.start()
    node.wait()
    back = time.monotonic()
    while fetch_status(f"{home}/?q=kokk") != 200:
        time.sleep(0.05)
        if time.monotonic() > back + 120:
            raise SystemExit("no search within 120 s")
    searched = time.monotonic()
    events.stop()
    site.wait_until_up_to_date(180)
    up_to_date = time.monotonic()
    for visitor in visitors.values():
        visitor.stopped.set()
    print(f"OpenSearch answered {back - started:.1f} s after its start, a search {max(0.0, searched - back):.1f} s after that")
    print(f"the index was up to date {up_to_date - back:.1f} s after OpenSearch answered")
    print(f"{events.number} ads published, changed or closed; differences: {site.count_differences()}")


if __name__ == "__main__":
    main()
