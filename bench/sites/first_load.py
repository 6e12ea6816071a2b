"""What the processes of `measurements/first_load.py` do: serve the fake feed, and load from it into a new site."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path


def serve(active: str, lines: str, page_seconds: str, detail_seconds: str) -> None:
    """Serves until the parent closes the input."""
    from jobsearch.demo.feed_server import FakeFeed
    from jobsearch.demo.feed_server.backfill import build_history

    with tempfile.TemporaryDirectory() as folder, FakeFeed(f"{folder}/feed") as feed:
        build_history(feed.store, active=int(active), lines=int(lines))
        feed.faults.latency(page=float(page_seconds), detail=float(detail_seconds))
        print(feed.url, feed.token, flush=True)
        sys.stdin.read()


def load() -> None:
    """Loads and prints the seconds, and those until the end of each phase."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from jobsearch.admin_dashboard.jobs import full_sync

    phases: dict[str, float] = {}
    began = time.perf_counter()
    full_sync.follow_to_head(on_progress=lambda phase, done, total: phases.update({phase: round(time.perf_counter() - began, 1)}))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() + children.ru_utime + children.ru_stime
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": cpu, "phases": phases}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    {"serve": serve, "load": load}[sys.argv[1]](*sys.argv[2:])
