"""The demo as a newcomer starts it: seconds until it answers and until all ads are found, memory, and the delay of a change.

With `--pid` only the memory of a running process and all its descendants is read, each with its share of shared pages (PSS).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psutil

from bench.harness import site
from bench.harness.production import WORDS
from bench.harness.protocol import Case, Measurement, Options, make_reading

QUIET_SECONDS = 30  # after the first load, before the memory is read
READINGS = 10
LAG_SECONDS = 90  # the demo's feed publishes and changes about 20 ads a minute
LONGEST_LOAD = 1800
LANGUAGES, ADS_OF_A_PAGE = ("nb", "nn", "en"), 5
SEARCHES = [quote(word) for word in WORDS]
PAGES = [
    *("/", "/?place=OSLO", "/?extent=Deltid&sort=deadline", "/jobb/", "/marked/", "/om/", "/personvern/", "/kommuner.json"),
    *(f"/?q={word}" for word in SEARCHES),
    *(f"/?q={word}&page=2" for word in SEARCHES),
    *(f"/forslag/?q={quote(word[:3])}" for word in WORDS),
    *("/treff.atom?q=kokk", "/treff.json?q=kokk", "/sitemap.xml"),
]
SETTINGS_OF_A_SITE = ("DATABASE_URL", "NAV_FEED_URL", "SEARCH_URL")


def make_cases(options: Options) -> Iterator[Case]:
    if options.pid:
        yield make_reading("memory now, MB", lambda: read_memory(options.pid or 0))
        return
    (ads,) = options.ads
    folder = options.data / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "manage.py", "demo", "--active", str(ads), "--lines", str(4 * ads), "--data", str(folder)]
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_SITE}
    began = time.monotonic()
    with (folder / "output").open("w") as output:
        demo = subprocess.Popen([*command, "--port", "8590"], cwd=site.ROOT, env=environment, stdout=output, stderr=output)
    try:
        answered = wait_until(lambda: read_address(folder) is not None, began)
        yield make_reading("the site answers, s", lambda: answered)
        loaded = wait_until(lambda: count_searchable(folder) >= ads, began)
        yield make_reading(f"all {ads:,} ads are searchable, s", lambda: loaded)
        time.sleep(QUIET_SECONDS)
        yield make_reading(
            "memory of all processes (PSS), MB", lambda: max(read_memory(demo.pid, show=True) for _ in range(READINGS))
        )
        visit_pages(read_address(folder) or "")
        yield make_reading("memory after use (PSS), MB", lambda: max(read_memory(demo.pid, show=True) for _ in range(READINGS)))
        delays = watch_changes(folder / "db.sqlite3")
        yield make_reading("a change until it is indexed, median, s", lambda: statistics.median(delays))
        yield make_reading("a change until it is indexed, highest, s", lambda: max(delays))
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(condition: Callable[[], bool], began: float) -> float:
    while not condition():
        if time.monotonic() - began > LONGEST_LOAD:
            raise SystemExit("The demo is not ready within half an hour.")
        time.sleep(0.2)
    return time.monotonic() - began


def read_address(folder: Path) -> str | None:
    """The site's address in the demo's output, if it answers there."""
    for word in (folder / "output").read_text().split():
        if word.startswith("http://127.0.0.1:") or word.startswith("http://localhost:"):
            try:
                urllib.request.urlopen(f"{word.rstrip('/.,')}/healthz", timeout=1).close()
            except OSError:
                return None
            return word
    return None


def visit_pages(address: str) -> None:
    """Reads every kind of page that needs no login, in three languages, and some two hundred ads."""
    for language in LANGUAGES:
        for path in PAGES:
            page = read_page(address, path, language)
            for ad in re.findall(r'href="(/stilling/[0-9a-f-]{36}/)', page)[:ADS_OF_A_PAGE]:
                read_page(address, ad, language)


def read_page(address: str, path: str, language: str) -> str:
    headers = {"Accept-Language": language}
    with urllib.request.urlopen(urllib.request.Request(f"{address.rstrip('/')}{path}", headers=headers), timeout=60) as answer:
        return str(answer.read().decode())


def count_searchable(folder: Path) -> int:
    """Active ads whose latest version is indexed."""
    try:
        with sqlite3.connect(f"file:{folder}/db.sqlite3?mode=ro", uri=True) as database:
            sql = "SELECT count(*) FROM vacancies_vacancy WHERE status = 'ACTIVE' AND version = indexed_version"
            return int(database.execute(sql).fetchone()[0])
    except sqlite3.OperationalError:  # not yet made
        return 0


def read_memory(pid: int, *, show: bool = False) -> float:
    """PSS in MB of a process and all its descendants."""
    root = psutil.Process(pid)
    rows = []
    for process in [root, *root.children(recursive=True)]:
        try:
            rows.append((process.memory_full_info().pss / 2**20, " ".join(process.cmdline())[-70:]))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    if show:
        for size, name in sorted(rows, reverse=True):
            print(f"{size:8.1f} MB  {name}", file=sys.stderr)
    time.sleep(1)
    return sum(size for size, _ in rows)


def watch_changes(database: Path) -> list[float]:
    """Seconds of each change from its commit until the index has it: a row whose version is higher than the indexed one."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    first_seen: dict[tuple[str, int], float] = {}
    waited: list[float] = []
    until = time.monotonic() + LAG_SECONDS
    while (now := time.monotonic()) < until:
        behind = set(connection.execute("SELECT uuid, version FROM vacancies_vacancy WHERE version > indexed_version"))
        for change in behind:
            first_seen.setdefault(change, now)
        waited += [now - first_seen.pop(change) for change in list(first_seen) if change not in behind]
        time.sleep(0.03)
    connection.close()
    if not waited:
        raise SystemExit("No ad of the demo has changed.")
    return waited


MEASUREMENT = Measurement(
    name="demo",
    title="The demo",
    sample="as the label tells; with `--pid` the memory of a running demo alone",
    baseline="",
    make_cases=make_cases,
    unit="",
    rounds=1,
    warm_up=0,
)
