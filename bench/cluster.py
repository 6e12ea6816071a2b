"""Benchmark of failover: kills the elected manager of an OpenSearch cluster of three nodes during searches and writes.

    python bench/cluster.py                  # 3,000 ads, about three minutes

Prints: successful and failed searches, failed indexing runs, the longest pause, lost ads, seconds to green (in the first
minute OpenSearch waits for the lost node before it makes a new replica). Needs a JDK.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def prepare(folder: str, url: str) -> None:
    os.environ.update(
        JOBSEARCH_READ_DOTENV="0",
        DJANGO_SETTINGS_MODULE="jobsearch.settings",
        SECRET_KEY="a key for a benchmark, with nothing behind it",
        DATABASE_URL=f"sqlite:////{folder}/db.sqlite3",
        CELERY_BROKER_URL=f"filesystem:///{folder}/broker",
        SEARCH_URL=url,
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def store_ads(number: int) -> list:
    from django.db import transaction

    from jobsearch.vacancies import store as vacancy_store
    from tests.conftest import vacancy_data

    with transaction.atomic():
        ads = [vacancy_data(title=f"Sykepleier {one}", raw={"number": one}) for one in range(number)]
        vacancy_store.store_vacancies(ads)
    return [ad.uuid for ad in ads]


class SearchThread(threading.Thread):
    def __init__(self) -> None:
        super().__init__()
        self.answered = self.failed = 0
        self.pause = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        from jobsearch.search.api import EngineDown, SearchQuery, search

        last = time.monotonic()
        while not self.stopped.wait(0.02):
            try:
                search(SearchQuery(q="sykepleier"), excluded=())
                self.answered += 1
                self.pause, last = max(self.pause, time.monotonic() - last), time.monotonic()
            except EngineDown:
                self.failed += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=20, help="of searching and indexing after the kill")
    options = parser.parse_args()
    from tests.cluster.processes import cluster

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, cluster(3) as nodes:
        nodes[0].get("/_cluster/health?wait_for_nodes=3&timeout=30s")
        print(f"three nodes after {time.monotonic() - began:.1f} s", flush=True)
        prepare(folder, "http://" + ",".join(node.url.partition("://")[2] for node in nodes))
        measure(nodes, options)


def measure(nodes: list, options: argparse.Namespace) -> None:
    from jobsearch.search.api import EngineDown, compare, index_changes, rebuild
    from jobsearch.vacancies.models import Vacancy

    store_ads(options.ads)
    rebuild()
    nodes[0].get("/_cluster/health?wait_for_status=green&timeout=30s")
    manager = nodes[0].get("/_cat/cluster_manager?format=json")[0]["node"]
    killed = next(node for node in nodes if node.name == manager)
    left = next(node for node in nodes if node is not killed)
    searching = [SearchThread() for _ in range(2)]
    for one in searching:
        one.start()
    runs = refused = 0
    green = 0.0
    before_kill = time.monotonic() + 3
    kill_time = 0.0
    while not kill_time or time.monotonic() < kill_time + options.seconds or not green:
        store_ads(20)
        try:
            index_changes()
            runs += 1
        except EngineDown:
            refused += 1
        if not kill_time and time.monotonic() > before_kill:
            killed.kill()
            kill_time = time.monotonic()
            print(f"{manager}, the elected manager, was killed", flush=True)
        elif kill_time and not green:
            try:
                if left.get("/_cluster/health?timeout=1s")["status"] == "green":
                    green = time.monotonic() - kill_time
            except OSError:
                pass
            if time.monotonic() > kill_time + 180:
                break
    for one in searching:
        one.stopped.set()
        one.join()
    index_changes()
    differences = compare()
    lost = sum(one.kind in {"missing", "stale"} for one in differences)
    print(f"searches: {sum(one.answered for one in searching)} answered, {sum(one.failed for one in searching)} failed, "
          f"longest pause {max(one.pause for one in searching):.1f} s")  # fmt: skip
    print(f"indexing runs: {runs} done, {refused} failed")
    print(f"ads: {Vacancy.objects.count()} in the database, {lost} lost, {len(differences)} differences")
    print(f"green {green:.1f} s after the kill" if green else "not green within 180 s")
    killed.start()
    killed.wait()
    again = time.monotonic()
    left.get("/_cluster/health?wait_for_nodes=3&wait_for_status=green&timeout=30s")
    print(f"three nodes and green {time.monotonic() - again:.1f} s after the killed one answers again")


if __name__ == "__main__":
    main()
