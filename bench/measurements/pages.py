"""The public pages, compared with Django alone, which renders as many bytes of prepared values.

In process: one process of each checkout answers the same addresses in turn: middleware, view, queries and template, without the
network. Through gunicorn: four clients ask for one page after another. SQLite and the embedded engine; the ads are loaded once,
and each checkout has a copy of the database, migrated, and its own index.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.harness import datasets, site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample

KINDS = {
    "results": "results: words + 2 filters",
    "filters": "results: 2 filters, no words",
    "home": "front page",
    "ad": "ad",
    "suggestions": "suggestions",
    "facet": "facet list",
    "employer": "employer",
    "landing": "landing page",
}
SERVED = {"results": 70, "filters": 8, "home": 1, "ad": 30, "landing": 5, "employer": 6}  # 120 addresses
CLIENTS, WORKERS, THREADS = 4, 2, 4
REQUESTS = 5  # a round
SECONDS = 10  # of requests to gunicorn a round
SITE, BEFORE = "site", "before"
TIMES = 10  # as many ads, for the growth


class Site:
    """A process that answers addresses in turn with one checkout's code."""

    def __init__(self, checkout: Path, folder: Path, part: str = "answer") -> None:
        self._child = site.Child(checkout, "pages.py", part, site.build_environment(folder))
        self.addresses: dict[str, list[str]] = self._child.greeting
        self._asked = 0
        self.close = self._child.close

    def request(self, addresses: Sequence[str]) -> list[Sample]:
        """The samples of some of the addresses, from where the last call ended."""
        samples = []
        for _request in range(REQUESTS):
            # Steps through the list by a number that shares no factor with its length, so that neighbours differ.
            address = addresses[self._asked * 7 % len(addresses)]
            self._asked += 1
            ms, cpu_ms, status, size, queries, _database_ms = self._child.ask(address)
            if status not in (200, 204):
                raise SystemExit(f"{address}: {status}")
            samples.append(Sample(ms, cpu_ms, {"queries, at most": queries, "kB, at most": size / 1000}))
        return samples


def list_checkouts(options: Options) -> dict[str, Path]:
    return ({BEFORE: options.before} if options.before else {}) | {SITE: site.ROOT}


def provide_folders(options: Options, loaded: Path) -> dict[str, Path]:
    return {
        name: datasets.provide_site(checkout, loaded, options.data / f"site-{loaded.name}-{name}")
        for name, checkout in list_checkouts(options).items()
    }


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads, options.before or site.ROOT)
    folders = provide_folders(options, loaded)
    sites = {name: Site(checkout, folders[name]) for name, checkout in list_checkouts(options).items()}
    sites[BASELINE] = Site(site.ROOT, folders[SITE], "baseline")
    addresses = sites[SITE].addresses
    for kind, label in KINDS.items():
        requests = {name: partial(one.request, ["/"] if name == BASELINE else addresses[kind]) for name, one in sites.items()}
        yield Case(label, requests, baseline=BASELINE)
    for one in sites.values():
        one.close()


def make_growth_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    small = datasets.provide_feed_ads(options.data, ads)
    large = datasets.provide_more_ads(options.data, ads, TIMES)
    sites = {
        f"{number:,} ads": Site(site.ROOT, provide_folders(options, loaded)[SITE])
        for number, loaded in ((ads, small), (ads * TIMES, large))
    }
    addresses = next(iter(sites.values())).addresses
    for kind, label in KINDS.items():
        requests = {name: partial(one.request, addresses[kind]) for name, one in sites.items()}
        yield Case(label, requests, baseline=f"{ads:,} ads")
    for one in sites.values():
        one.close()


# --- Through gunicorn ----------------------------------------------------------------------------------------------------------


def make_served_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    folders = provide_folders(options, datasets.provide_feed_ads(options.data, ads, options.before or site.ROOT))
    listing = Site(site.ROOT, folders[SITE])
    listing.close()
    listed = [
        kind[number * 7 % len(kind)]
        for name, wanted in SERVED.items()
        for kind in [listing.addresses[name]]
        for number in range(wanted)
    ]
    listed = [listed[number * 49 % len(listed)] for number in range(len(listed))]  # mixed: 49 and 120 share no factor
    with contextlib.ExitStack() as stack:
        requests = {
            name: partial(request_pages, *stack.enter_context(serve(checkout, folders[name])), listed)
            for name, checkout in list_checkouts(options).items()
        }
        label = f"gunicorn {WORKERS} × {THREADS}, {len(listed)} addresses, {CLIENTS} clients"
        yield Case(label, requests, baseline=BEFORE)


@contextlib.contextmanager
def serve(checkout: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """A running server: its port and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [site.find_python(checkout), "-m", "gunicorn", "jobsearch.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    process = subprocess.Popen(command, cwd=checkout, env=site.build_environment(folder), stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def request_pages(port: int, pid: int, addresses: Sequence[str]) -> list[Sample]:
    """One sample: the median milliseconds of a page, and those of the server's processor for one."""
    until = time.perf_counter() + SECONDS
    taken: list[list[float]] = [[] for _ in range(CLIENTS)]

    def ask(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = client * len(addresses) // CLIENTS
        while time.perf_counter() < until:
            began = time.perf_counter()
            connection.request("GET", addresses[number % len(addresses)], headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{addresses[number % len(addresses)]}: {response.status}")
            taken[client].append((time.perf_counter() - began) * 1000)
            number += 1
        connection.close()

    cpu, began = read_cpu_seconds(pid), time.perf_counter()
    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = [one for part in taken for one in part]
    cpu_ms = (read_cpu_seconds(pid) - cpu) * 1000 / len(pages)
    return [Sample(statistics.median(pages), cpu_ms, {"pages a second": len(pages) / (time.perf_counter() - began)})]


def read_cpu_seconds(parent: int) -> float:
    """Processor time of a process and its children, from /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            values = stat.read_text().rpartition(")")[2].split()
            if parent in (int(values[1]), int(stat.parent.name)):
                ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


MEASUREMENT = Measurement(
    name="pages",
    title="Pages",
    sample="one request in process, without the network; mixed addresses, a third of the words are of running texts",
    baseline="Django without middleware, which renders as many bytes of prepared values",
    make_cases=make_cases,
    by="processor",
    rounds=8,
)
GROWTH = Measurement(
    name="pages-growth",
    title="Pages with ten times as many ads",
    sample="one request in process, without the network",
    baseline="the same address with the fewer ads",
    make_cases=make_growth_cases,
    by="processor",
    rounds=8,
    by_hand="a database of 100,000 ads takes ten minutes and 4 GB; kept in --data",
)
SERVED_PAGES = Measurement(
    name="pages-served",
    title="Pages through gunicorn",
    sample=f"{SECONDS} s of requests to all kinds of pages, compressed; the median of a page",
    baseline="the earlier checkout, if there is one",
    make_cases=make_served_cases,
    by="processor",
    rounds=3,
)
