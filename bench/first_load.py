"""Benchmark of the first load, compared with a bare client that fetches the same data and discards it.

    python bench/first_load.py                            # 330,000 lines, 10,000 active ads: 180 days of the real feed
    python bench/first_load.py --lines 33000 --active 1000

The fake feed server runs in a separate process, with 0.5 s per page and 50 ms per detail. The bare client keeps its
connections alive, walks the pages, and then fetches the details of the ads whose last line is ACTIVE, six at a time. The real
load does the same, stores all ads in a new SQLite file, and builds the embedded index.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def serve(options: argparse.Namespace) -> None:
    from jobsearch.demo.feed_server import FakeFeed
    from jobsearch.demo.feed_server.backfill import build_history

    ads = importlib.import_module(options.ads) if options.ads else None
    with FakeFeed(options.path, ads=ads) as feed:
        build_history(feed.store, active=options.active, lines=options.lines)
        feed.faults.latency(page=options.page, detail=options.detail)
        print(feed.url, feed.token, flush=True)
        sys.stdin.read()  # until the parent closes it


def run_bare_client(url: str, token: str, days: int) -> tuple[int, int]:
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=6))
    session.headers["Authorization"] = f"Bearer {token}"
    since = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(days=days), usegmt=True)
    page = session.get(f"{url}/api/v1/feed", headers={"If-Modified-Since": since}).json()
    status: dict[str, str] = {}
    pages = 1
    while True:
        for item in page["items"]:
            status[item["id"]] = item["_feed_entry"]["status"]
        if page["next_id"] is None:
            break
        page = session.get(f"{url}/api/v1/feed/{page['next_id']}").json()
        pages += 1
    active = [uuid for uuid, word in status.items() if word == "ACTIVE"]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda uuid: session.get(f"{url}/api/v1/feedentry/{uuid}").content, active))
    return pages, len(active)


def run_first_load(url: str, folder: str) -> None:
    os.environ.update(
        JOBSEARCH_READ_DOTENV="0",
        DJANGO_SETTINGS_MODULE="jobsearch.settings",
        SECRET_KEY="a key for a benchmark, with nothing behind it",
        NAV_FEED_URL=url,
        DATABASE_URL=f"sqlite:////{folder}/db.sqlite3",
        CELERY_BROKER_URL=f"filesystem:///{folder}/broker",
        SEARCH_URL=f"embedded:///{folder}/index",
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from jobsearch.admin_dashboard import full_sync

    phases: dict[str, float] = {}
    began = time.monotonic()
    report = full_sync.follow_to_head(on_progress=lambda phase, done, total: phases.update({phase: time.monotonic() - began}))
    print(report.as_json())
    print({phase: round(seconds, 1) for phase, seconds in phases.items()}, "seconds until the end of each phase")
    print("real", time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=330_000)
    parser.add_argument("--active", type=int, default=10_000)
    parser.add_argument("--page", type=float, default=0.5, help="response time of a page in seconds")
    parser.add_argument("--detail", type=float, default=0.05, help="response time of a detail in seconds")
    parser.add_argument("--ads", default="", help="a module that generates ads instead of the fake feed server's own")
    parser.add_argument("--part", choices=("serve", "real"), help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "serve":
        return serve(options)
    if options.part == "real":
        return run_first_load(options.url, options.path)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--lines", str(options.lines), "--active", str(options.active)]
        command += ["--page", str(options.page), "--detail", str(options.detail), "--ads", options.ads]
        server = subprocess.Popen(
            [*command, "--part", "serve", "--path", f"{folder}/feed"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            url, token = server.stdout.readline().split()
            began = time.monotonic()
            pages, active = run_bare_client(url, token, 180)
            bare_seconds = time.monotonic() - began
            print(f"bare client: {pages} pages, {active} details, {bare_seconds:.1f} s", flush=True)
            out = subprocess.run([*command, "--part", "real", "--url", url, "--path", folder], stdout=subprocess.PIPE, text=True,
                                 check=True, cwd=ROOT).stdout  # fmt: skip
            print(out, end="")
            seconds = float(out.split()[-1])
            print(f"first load: {seconds:.1f} s, {seconds / bare_seconds:.2f} times the bare client")
        finally:
            server.stdin.close()
            server.wait(10)


if __name__ == "__main__":
    main()
