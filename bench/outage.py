"""OpenSearch is gone for five minutes under a whole site: what visitors see, how long they wait, and how it comes back.

    python bench/outage.py                   # killed and started again, some seven minutes
    python bench/outage.py --hang            # it takes connections and never answers: stopped, and continued

Prints, before and during: answers of the results page (503 is what they should be), of an ad's page and of /healthz, with how
long they took; then how soon after OpenSearch answers again a search does, and the index has caught up. Needs a JDK.
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

from bench.production import WORDS, Happenings, Production, Visitor, production, status_of, told  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=300, help="for which it is gone")
    parser.add_argument("--hang", action="store_true", help="silent instead of gone")
    options = parser.parse_args()
    with production(options.ads, 1, workers=1) as made:
        measure(made, options.seconds, options.hang)


def measure(made: Production, seconds: float, hang: bool) -> None:
    (node,) = made.nodes
    home = made.site.web()
    ad = next(iter(made.feed.truth()))
    visitors = {
        "results": Visitor([f"{home}/?q={quote(word)}" for word in WORDS], 0.2),
        "an ad": Visitor([f"{home}/stilling/{ad}/"], 0.2),
        "/healthz": Visitor([f"{home}/healthz"], 0.2),
    }
    events = Happenings(made.feed, 1)
    begin = time.monotonic()
    for thread in (*visitors.values(), events):
        thread.start()
    time.sleep(10)
    gone = time.monotonic()
    silence = ExitStack()
    silence.enter_context(node.silent()) if hang else node.kill()
    time.sleep(seconds)
    print(f"{made.behind()} ads wait for the index at the end of the outage", flush=True)
    for name, visitor in visitors.items():
        print(f"{name}, before: {told(visitor.between(begin, gone))}")
        print(f"{name}, meanwhile: {told(visitor.between(gone + 0.5, time.monotonic()))}", flush=True)
    started = time.monotonic()
    silence.close()
    if not hang:
        node.start()
    node.wait()
    back = time.monotonic()
    while status_of(f"{home}/?q=kokk") != 200:
        time.sleep(0.05)
        if time.monotonic() > back + 120:
            raise SystemExit("no search within 120 s")
    searched = time.monotonic()
    events.end()
    made.wait_until_whole(180)
    whole = time.monotonic()
    for visitor in visitors.values():
        visitor.left.set()
    print(f"OpenSearch answered {back - started:.1f} s after its start, a search {max(0.0, searched - back):.1f} s after that")
    print(f"the index had caught up, by itself, {whole - back:.1f} s after OpenSearch answered")
    print(f"{events.number} ads came, changed or ended; differences of feed, record and index: {made.differences()}")


if __name__ == "__main__":
    main()
