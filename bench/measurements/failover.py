"""Failover under a complete site: kills the elected manager of an OpenSearch cluster of three nodes.

The site has two web processes, two workers and beat, one PostgreSQL and one Redis. Four visitors search on both web processes;
the feed publishes, changes and closes four ads a second. OpenSearch waits for the lost node for a minute before it makes a new
replica.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from itertools import chain
from urllib.parse import quote

from bench.harness.production import WORDS, FeedChanges, Production, Visitor, fetch_status, get_percentile, production
from bench.harness.protocol import Case, Measurement, Options, make_reading
from tests.cluster.processes import OwnNode

BEFORE_SECONDS, AFTER_SECONDS, LONGEST = 10, 90, 240
SOON = 20  # seconds after the kill


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    with production(ads, 3) as site:
        figures = measure(site)
    for label, value in figures.items():
        yield make_reading(label, partial(float, value))


def measure(site: Production) -> dict[str, float]:
    homes = [site.live_site.web(name) for name in ("web1", "web2")]
    site.nodes[0].get("/_cluster/health?wait_for_status=green&wait_for_nodes=3&timeout=30s")
    manager = site.nodes[0].get("/_cat/cluster_manager?format=json")[0]["node"]
    killed = next(one for one in site.nodes if one.name == manager)
    left = next(one for one in site.nodes if one is not killed)
    copy = place_copy_on(killed, manager)
    addresses = {home: [f"{home}/?q={quote(word)}" for word in WORDS] for home in homes}
    for address in chain.from_iterable(addresses.values()):
        fetch_status(address)  # the first searches of a process are slow
    visitors = [Visitor(addresses[home]) for home in homes for _ in range(2)]
    events = FeedChanges(site.feed, 0.25)
    for thread in (*visitors, events):
        thread.start()
    time.sleep(BEFORE_SECONDS)
    killed.kill()
    kill = time.monotonic()
    print(f"{manager}, the elected manager with the {copy} of the index, was killed", file=sys.stderr, flush=True)
    green = 0.0
    while (time.monotonic() < kill + AFTER_SECONDS or not green) and time.monotonic() < kill + LONGEST:
        time.sleep(0.5)
        if not green:
            health = left.get("/_cluster/health")
            # A node that has not yet noticed the loss still says green, of three nodes.
            green = time.monotonic() - kill if (health["status"], health["number_of_nodes"]) == ("green", 2) else 0.0
    events.stop()
    for visitor in visitors:
        visitor.stopped.set()
        visitor.join()
    end = time.monotonic()
    site.wait_until_up_to_date(120)
    caught_up = time.monotonic() - end
    responses = [one for visitor in visitors for one in visitor.responses]
    soon = [one for one in responses if kill <= one.at < kill + SOON]
    return {
        "searches": len(responses),
        "of them failed": sum(one.status != 200 for one in responses),
        "median of a search before the kill, ms": get_percentile([one for one in responses if one.at < kill], 0.5),
        f"95 % of the searches in the {SOON} s after it within, ms": get_percentile(soon, 0.95),
        "the longest of them, ms": get_percentile(soon, 1),
        "ads published, changed or closed": events.number,
        "ads lost, or different in feed, database and index": site.count_differences(),
        "until the index had the last change, s": caught_up,
        "until the cluster was green on two nodes, s": green or float("nan"),
    }


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


MEASUREMENT = Measurement(
    name="failover",
    title="OpenSearch on three nodes",
    sample="one run of a whole site, in which the elected manager with a copy of the index is killed",
    baseline="",
    make_cases=make_cases,
    unit="",
    rounds=1,
    warm_up=0,
    ads=(1000,),
    by_hand="needs a JDK, Redis and PostgreSQL; four minutes",
)
