"""Benchmark of the public pages: time in process, queries, and requests a second through gunicorn, beside a floor.

    python bench/pages.py                          # 10,000 ads of the fake feed; ten minutes, most of it to load them
    python bench/pages.py --data /tmp/pages        # keeps the ads for the next run
    python bench/pages.py --data /tmp/pages --before /tmp/before      # another checkout too, measured alternately
    python bench/pages.py --data /tmp/pages --copies 9                # and the same with ten times as many ads
    python bench/pages.py --data /tmp/pages --profile results         # where the time goes

`--before`: `git worktree add /tmp/before COMMIT && ln -s "$PWD/.venv" /tmp/before/.venv`. SQLite and the embedded engine. The ads
are loaded once, by the earlier checkout; each checkout gets a copy of the database, migrates it and builds its own index. One
process of each then answers the same addresses in turn, so that the machine's load is equal for all: middleware, view, queries
and template, without the network. Another process answers the floor: bare Django without middleware that renders as many bytes
of prepared values. Figures are medians; ratios to the floor of the
same run can be compared between machines, milliseconds cannot; on a busy machine, only the processor's.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
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
UNCOUNTED = 4  # first requests of a kind


def environment(folder: Path, feed_url: str = "http://127.0.0.1:9") -> dict[str, str]:
    return os.environ | {
        "JOBSEARCH_READ_DOTENV": "0",
        "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
        "SECRET_KEY": "a key for a benchmark, with nothing behind it",
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
        "NAV_FEED_URL": feed_url,
        "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
        "CELERY_BROKER_URL": f"filesystem:///{folder}/broker",
        "SEARCH_URL": f"embedded:///{folder}/index",
    }


def find_python(checkout: Path) -> str:
    python = checkout / ".venv/bin/python"
    return str(python if python.exists() else sys.executable)


def build_command(part: str, checkout: Path, *options: str) -> list[str]:
    return [find_python(checkout), str(ROOT / "bench/pages_site.py"), part, *options]


# --- Databases ---------------------------------------------------------------------------------------------------------------


def make_ads(checkout: Path, folder: Path, ads: int) -> None:
    """Loads the ads of the fake feed server into a database."""
    from jobsearch.demo.feed_server import FakeFeed
    from jobsearch.demo.feed_server.backfill import build_history

    folder.mkdir(parents=True)
    with FakeFeed(str(folder / "feed.sqlite3")) as feed:
        build_history(feed.store, active=ads, lines=4 * ads)
        env = environment(folder, feed.url) | {"NAV_FEED_TOKEN": feed.token}
        subprocess.run(build_command("load", checkout), cwd=checkout, env=env, check=True, stderr=subprocess.DEVNULL)


def copy_ads(source: Path, target: Path, copies: int) -> None:
    """Makes a database with each ad `copies` more times: with other uuids and titles, published some minutes earlier."""
    target.mkdir(parents=True)
    shutil.copy(source / "db.sqlite3", target)
    with contextlib.closing(sqlite3.connect(target / "db.sqlite3")) as database:
        database.execute("CREATE TEMP TABLE original AS SELECT uuid FROM vacancies_vacancy")
        for number in range(1, copies + 1):
            step = number * 98_765_431
            database.create_function("other", 1, lambda text, step=step: f"{(int(text[:8], 16) + step) % 2**32:08x}{text[8:]}")
            changed = {
                "uuid": "other(uuid)",
                "vacancy_id": "other(vacancy_id)",
                "title": f"title || ' {number}'",
                "published": f"strftime('%Y-%m-%d %H:%M:%S', published, '-{7 * number} minutes')",
                "body_hash": f"body_hash || '{number}'",
                "duplicate_key": f"duplicate_key || '{number}'",
                "indexed_version": "0",
            }
            for table in ("vacancy", "location", "contact", "occupation", "category", "preparedad"):
                names = [row[1] for row in database.execute(f"PRAGMA table_info(vacancies_{table})") if row[1] != "id"]
                values = ", ".join(
                    changed.get(name, name) if table in ("vacancy", "preparedad") or name == "vacancy_id" else name
                    for name in names
                )
                key = "uuid" if table == "vacancy" else "vacancy_id"
                database.execute(
                    f"INSERT INTO vacancies_{table} ({', '.join(names)}) SELECT {values} FROM vacancies_{table} "
                    f"WHERE {key} IN (SELECT uuid FROM original)"
                )
        database.commit()


def prepare(checkout: Path, loaded: Path, folder: Path) -> None:
    """Gives a checkout its own copy of the ads, migrated, and its own index."""
    if not (folder / "index").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for file in loaded.glob("db.sqlite3*"):
            shutil.copy(file, folder)
    # Also of a folder from an earlier run: the checkout may have changed since.
    subprocess.run(build_command("build", checkout), cwd=checkout, env=environment(folder), check=True, stderr=subprocess.DEVNULL)


# --- In process --------------------------------------------------------------------------------------------------------------


class Measured(NamedTuple):
    ms: float
    cpu_ms: float
    status: int
    size: int
    queries: int
    database_ms: float


class Site:
    """A child process that answers addresses with one checkout's code."""

    def __init__(self, part: str, checkout: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            build_command(part, checkout),
            cwd=checkout,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.addresses: dict[str, list[str]] = json.loads(self._read())

    def request(self, address: str) -> Measured:
        assert self._process.stdin
        print(address, file=self._process.stdin, flush=True)
        ms, cpu_ms, status, size, queries, database_ms = self._read().split()
        if status not in {"200", "204"}:
            raise SystemExit(f"{address}: {status}")
        return Measured(float(ms), float(cpu_ms), int(status), int(size), int(queries), float(database_ms))

    def close(self) -> None:
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def measure_in_process(sites: dict[str, Site], rounds: int) -> None:
    addresses = next(site.addresses for site in sites.values() if site.addresses)
    names = [name for name in sites if name != "floor"]
    floor: list[Measured] = []
    rows = []
    for kind in KINDS:
        taken: dict[str, list[Measured]] = {name: [] for name in names}
        for number in range(rounds + UNCOUNTED):
            # Steps through the list by a number that shares no factor with its length, so that neighbours differ.
            address = addresses[kind][number * 7 % len(addresses[kind])]
            for name in sorted(names, reverse=bool(number % 2)):
                taken[name].append(sites[name].request(address))
            floor.append(sites["floor"].request("/"))
        rows.append((kind, {name: measured[UNCOUNTED:] for name, measured in taken.items()}))
    floor_ms, floor_cpu = statistics.median(one.ms for one in floor), statistics.median(one.cpu_ms for one in floor)
    print(f"\nFloor: {floor_ms:.1f} ms, {floor_cpu:.1f} ms of the processor, {floor[0].size / 1000:.0f} kB\n")
    print("| page | checkout | median ms | 95 % | processor ms | × floor | database ms | queries, at most | kB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind, found in rows:
        for name, measured in found.items():
            ms = sorted(one.ms for one in measured)
            cpu = statistics.median(one.cpu_ms for one in measured)
            print(
                f"| {KINDS[kind]} | {name} | {statistics.median(ms):.1f} | {ms[int(len(ms) * 0.95)]:.1f} | {cpu:.1f} | "
                f"{cpu / floor_cpu:.1f} | "
                f"{statistics.median(one.database_ms for one in measured):.1f} | {max(one.queries for one in measured)} | "
                f"{statistics.median(one.size for one in measured) / 1000:.0f} |",
                flush=True,
            )


# --- Through gunicorn ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serve(checkout: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """A running server: its port and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [find_python(checkout), "-m", "gunicorn", "jobsearch.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    process = subprocess.Popen(command, cwd=checkout, env=environment(folder), stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def measure_served(port: tuple[int, int], addresses: list[str], seconds: float) -> tuple[float, list[float], float]:
    """Pages a second, the milliseconds of each, and those of the server's processor for one.

    `CLIENTS` clients ask for one page after another. `port`: and the process that listens on it.
    """
    until = [0.0]
    taken: list[list[float]] = [[] for _ in range(CLIENTS)]

    def ask(client: int, counted: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port[0], timeout=60)
        number = client * len(addresses) // CLIENTS
        while time.perf_counter() < until[0]:
            began = time.perf_counter()
            connection.request("GET", addresses[number % len(addresses)], headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{addresses[number % len(addresses)]}: {response.status}")
            if counted:
                taken[client].append((time.perf_counter() - began) * 1000)
            number += 1
        connection.close()

    cpu = 0.0
    for counted in (False, True):
        cpu = read_cpu_seconds(port[1])
        until[0] = time.perf_counter() + seconds
        began = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(client, counted)) for client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    all_taken = sorted(one for part in taken for one in part)
    cpu = read_cpu_seconds(port[1]) - cpu
    return len(all_taken) / (time.perf_counter() - began), all_taken, cpu * 1000 / len(all_taken)


def read_cpu_seconds(parent: int) -> float:
    """Processor time of a process and its children, from /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            values = stat.read_text().rpartition(")")[2].split()
            if parent in (int(values[1]), int(stat.parent.name)):
                ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_all_served(
    checkouts: dict[str, Path], folders: dict[str, Path], addresses: dict[str, list[str]], seconds: float
) -> None:
    listed = [
        kind[number * 7 % len(kind)] for name, wanted in SERVED.items() for kind in [addresses[name]] for number in range(wanted)
    ]
    listed = [listed[number * 49 % len(listed)] for number in range(len(listed))]  # mixed: 49 and 120 share no factor
    print(f"\ngunicorn {WORKERS} × {THREADS}, {len(listed)} addresses, {CLIENTS} clients, compressed\n")
    print("| checkout | pages a second | median ms | 95 % | processor ms a page |\n| --- | --- | --- | --- | --- |")
    for name, checkout in checkouts.items():
        with serve(checkout, folders[name]) as port:
            rate, taken, cpu = measure_served(port, listed, seconds)
        print(
            f"| {name} | {rate:.1f} | {statistics.median(taken):.0f} | {taken[int(len(taken) * 0.95)]:.0f} | {cpu:.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--before", type=Path, help="another checkout of the project to compare with")
    parser.add_argument("--data", type=Path, help="a folder that keeps the ads between runs")
    parser.add_argument("--ads", type=int, default=10_000)
    parser.add_argument("--copies", type=int, default=0, help="also measure with each ad so many more times")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=15, help="of requests to gunicorn, after as many that are not counted")
    parser.add_argument("--profile", choices=KINDS, help="print where the time of one kind of page goes, and stop")
    options = parser.parse_args()
    checkouts = ({"before": options.before.resolve()} if options.before else {}) | {"here": ROOT}
    with tempfile.TemporaryDirectory() as temporary:
        data = (options.data or Path(temporary)).resolve()
        if not (data / "loaded").exists():
            make_ads(next(iter(checkouts.values())), data / "loaded", options.ads)
        sources = [data / "loaded"]
        if options.copies:
            sources.append(data / f"loaded-{options.copies}")
            if not sources[-1].exists():
                copy_ads(sources[0], sources[-1], options.copies)
        for source in sources:
            folders = {name: data / f"{name}{source.name.removeprefix('loaded')}" for name in checkouts}
            for name, checkout in checkouts.items():
                prepare(checkout, source, folders[name])
            if options.profile:
                subprocess.run(
                    build_command("profile", ROOT, options.profile), cwd=ROOT, env=environment(folders["here"]), check=True
                )
                return
            with contextlib.closing(sqlite3.connect(folders["here"] / "db.sqlite3")) as database:
                ads = database.execute("SELECT count(*) FROM vacancies_vacancy WHERE status = 'ACTIVE'").fetchone()[0]
            print(f"\n{ads} ads, load {os.getloadavg()[0]:.1f}")
            sites = {name: Site("answer", checkout, folders[name]) for name, checkout in checkouts.items()}
            sites["floor"] = Site("floor", ROOT, folders["here"])
            measure_in_process(sites, options.rounds)
            for site in sites.values():
                site.close()
            measure_all_served(checkouts, folders, sites["here"].addresses, options.seconds)


if __name__ == "__main__":
    main()
