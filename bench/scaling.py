"""Kills the elected manager of OpenSearch under a whole site: two web processes, two workers and beat on one PostgreSQL,
one Redis and a cluster of three processes, while visitors search both and the feed is followed.

    python bench/scaling.py                  # 1,000 ads, some four minutes

Prints: searches answered and failed, the longest wait, ads lost (by `manage.py check_truth --feed`), seconds to green, of
which the first 60 are OpenSearch's own: so long it waits for a lost node before it makes a new copy. Needs a JDK.
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

from bench.production import WORDS, Happenings, Production, Visitor, production, told  # noqa: E402
from tests.cluster.processes import OwnNode  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=90, help="of searching and syncing after the kill, at least")
    options = parser.parse_args()
    began = time.monotonic()
    with production(options.ads, 3) as made:
        print(f"{options.ads} ads in the index after {time.monotonic() - began:.0f} s", flush=True)
        measure(made, options.seconds)


def measure(made: Production, seconds: float) -> None:
    homes = [made.site.web(name) for name in ("web1", "web2")]
    made.nodes[0].get("/_cluster/health?wait_for_status=green&wait_for_nodes=3&timeout=30s")
    manager = made.nodes[0].get("/_cat/cluster_manager?format=json")[0]["node"]
    killed = next(one for one in made.nodes if one.name == manager)
    left = next(one for one in made.nodes if one is not killed)
    copy = copy_on(killed, manager)
    visitors = [Visitor([f"{home}/?q={quote(word)}" for word in WORDS]) for home in homes for _ in range(2)]
    events = Happenings(made.feed, 0.25)
    begin = time.monotonic()
    for thread in (*visitors, events):
        thread.start()
    time.sleep(10)
    killed.kill()
    kill = time.monotonic()
    print(f"{manager}, the elected manager with the {copy} of the index, is killed", flush=True)
    green = 0.0
    while time.monotonic() < kill + seconds or not green:
        time.sleep(0.5)
        if not green and left.get("/_cluster/health")["status"] == "green":
            green = time.monotonic() - kill
        if time.monotonic() > kill + 240:
            break
    events.end()
    for visitor in visitors:
        visitor.left.set()
        visitor.join()
    end = time.monotonic()
    made.wait_until_whole(120)
    caught_up = time.monotonic() - end
    for name, first, last in (("before", begin, kill), ("20 s from the kill", kill, kill + 20), ("later", kill + 20, end)):
        answers = [one for visitor in visitors for one in visitor.between(first, last)]
        print(f"searches {name}: {told(answers)}")
    failed = sum(one.status != 200 for visitor in visitors for one in visitor.answers)
    print(f"searches in all: {sum(len(visitor.answers) for visitor in visitors)} asked, {failed} failed")
    print(f"{events.number} ads came, changed or ended meanwhile; the index was even {caught_up:.1f} s after the last")
    print(f"ads lost, or different in feed, record and index: {made.differences()}")
    print(f"green, on two nodes, {green:.1f} s after the kill" if green else "not green within 240 s")


def copy_on(manager: OwnNode, name: str) -> str:
    """Sees to it that the manager holds a copy of the index, or its death would cost nothing; answers which."""
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
