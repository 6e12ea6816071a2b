"""The first load, compared with a client that fetches the same data and discards it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from functools import partial
from typing import Any

from bench.harness import site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample

PAGE_SECONDS, DETAIL_SECONDS = 0.5, 0.05  # response times of the fake feed
LINES = 4  # an active ad; the real feed has 330,000 for 10,000 ads in 180 days
DAYS = 180
CLIENT_THREADS = 6


def make_cases(options: Options) -> Iterator[Case]:
    for ads in options.ads:
        command = [sys.executable, str(site.ROOT / "bench/sites/first_load.py"), "serve", str(ads), str(LINES * ads)]
        command += [str(PAGE_SECONDS), str(DETAIL_SECONDS)]
        server = subprocess.Popen(command, cwd=site.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdin and server.stdout
        try:
            url, token = server.stdout.readline().split()
            works = {
                BASELINE: partial(run_baseline_client, url, token),
                "first load with index": partial(run_first_load, options, url, token),
            }
            yield Case(f"{ads:,} ads, {LINES * ads:,} lines", works)
        finally:
            server.stdin.close()
            server.wait(10)


def run_baseline_client(url: str, token: str) -> list[Sample]:
    """Walks the pages, and then fetches the details of the ads whose last line is ACTIVE, six at a time."""
    import requests
    from requests.adapters import HTTPAdapter

    began, began_cpu = time.perf_counter(), time.process_time()
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=CLIENT_THREADS))
    session.headers["Authorization"] = f"Bearer {token}"
    since = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS), usegmt=True)
    page: dict[str, Any] = session.get(f"{url}/api/v1/feed", headers={"If-Modified-Since": since}).json()
    status: dict[str, str] = {}
    while True:
        for item in page["items"]:
            status[item["id"]] = item["_feed_entry"]["status"]
        if page["next_id"] is None:
            break
        page = session.get(f"{url}/api/v1/feed/{page['next_id']}").json()
    active = [uuid for uuid, word in status.items() if word == "ACTIVE"]
    with ThreadPoolExecutor(CLIENT_THREADS) as pool:
        list(pool.map(lambda uuid: session.get(f"{url}/api/v1/feedentry/{uuid}").content, active))
    return [Sample(time.perf_counter() - began, time.process_time() - began_cpu)]


def run_first_load(options: Options, url: str, token: str) -> list[Sample]:
    """Stores all ads in a new SQLite file and builds the embedded index, in a process of its own."""
    folder = options.data / "first-load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = site.build_environment(folder, feed_url=url) | {"NAV_FEED_TOKEN": token}
    command = [sys.executable, str(site.ROOT / "bench/sites/first_load.py"), "load"]
    out = subprocess.run(command, cwd=site.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    measured = json.loads(out.splitlines()[-1])
    print(measured, file=sys.stderr)
    shutil.rmtree(folder)
    return [Sample(measured["seconds"], measured["cpu"])]


MEASUREMENT = Measurement(
    name="first-load",
    title="First load",
    sample=f"the whole load; the fake feed answers a page in {PAGE_SECONDS} s and a detail in {DETAIL_SECONDS} s",
    baseline=f"a client that fetches the same pages and details, {CLIENT_THREADS} at a time, and keeps nothing",
    make_cases=make_cases,
    unit="s",
    rounds=2,
    warm_up=0,
    by_hand="twenty minutes",
)
