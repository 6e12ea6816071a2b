"""Benchmark of failover under a complete site: kills the elected manager of an OpenSearch cluster of three nodes.

    python bench/scaling.py                  # 1,000 ads, about four minutes

The site has two web processes, two workers and beat, one PostgreSQL and one Redis; visitors search on both web processes, and
the feed is synced. Prints: successful and failed searches, the longest wait, lost ads (by `manage.py check_truth --feed`),
seconds to green (in the first 60 OpenSearch waits for the lost node before it makes a new replica). Needs a JDK.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.production import WORDS, FeedChanges, Production, Visitor, production, summarise  # noqa: E402
from tests.cluster.processes import OwnNode  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=90, help="of searching and syncing after the kill, at least")
    options = parser.parse_args()
    began = time.monotonic()
    with production(options.ads, 3) as site:
        print(f"{options.ads} ads in the index after {time.monotonic() - began:.0f} s", flush=True)
        measure(site, options.seconds)


def measure(site: Production, seconds: float) -> None:
    homes = [site.live_site.web(name) for name in ("web1", "web2")]
    site.nodes[0].get("/_cluster/health?wait_for_status=green&wait_for_nodes=3&timeout=30s")
    manager = site.nodes[0].get("/_cat/cluster_manager?format=json")[0]["node"]
    killed = next(one for one in site.nodes if one.name == manager)
    left = next(one for one in site.nodes if one is not killed)
    copy = place_copy_on(killed, manager)
    visitors = [Visitor([f"{home}/?q={quote(word)}" for word in WORDS]) for home in homes for _ in range(2)]
    events = FeedChanges(site.feed, 0.25)
    begin = time.monotonic()
    for thread in (*visitors, events):
        thread.start()
    time.sleep(10)
    killed.kill()
    kill = time.monotonic()
    print(f"{manager}, the elected manager with the {copy} of the index, was killed", flush=True)
    green = 0.0
    while time.monotonic() < kill + seconds or not green:
        time.sleep(0.5)
        if not green and left.get("/_cluster/health")["status"] == "green":
            green = time.monotonic() - kill
        if time.monotonic() > kill + 240:
            break
    events.stop()
    for visitor in visitors:
        visitor.stopped.set()
        visitor.join()
    end = time.monotonic()
    site.wait_until_up_to_date(120)
    caught_up = time.monotonic() - end
    for name, first, last in (("before", begin, kill), ("20 s from the kill", kill, kill + 20), ("later", kill + 20, end)):
        answers = [one for visitor in visitors for one in visitor.between(first, last)]
        print(f"searches {name}: {summarise(answers)}")
    failed = sum(one.status != 200 for visitor in visitors for one in visitor.responses)
    print(f"searches in all: {sum(len(visitor.responses) for visitor in visitors)} asked, {failed} failed")
    print(f"{events.number} ads published, changed or closed meanwhile; index up to date {caught_up:.1f} s after the last")
    print(f"ads lost, or different in feed, database and index: {site.count_differences()}")
    print(f"green, on two nodes, {green:.1f} s after the kill" if green else "not green within 240 s")


def place_copy_on(manager: OwnNode, name: str) -> str:
    """Moves a copy of the index to the manager if it has none, so that its loss matters; returns which copy it has."""
    shards = manager.get("/_cat/shards/jobsearch?format=json")
    if name not in {shard["node"] for shard in shards}:
        primary = next(shard for shard in shards if shard["prirep"] == "p")
        move = {"index": primary["index"], "shard": 0, "from_node": primary["node"], "to_node": name}
        request = urllib.request.Request(
            f"{manager.url}/_cluster/reroute",
            json.dumps({"commands": [{"move": move}]}).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(request, timeout=30).close()
        manager.get("/_cluster/health?wait_for_no_relocating_shards=true&timeout=30s")
        shards = manager.get("/_cat/shards/jobsearch?format=json")
    return next({"p": "primary", "r": "replica"}[shard["prirep"]] for shard in shards if shard["node"] == name)


if __name__ == "__main__":
    main()
