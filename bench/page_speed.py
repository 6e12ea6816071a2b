"""Benchmark of pages in two checkouts of the project, measured alternately in one run so that the machine's load is equal.

    git worktree add /tmp/before 0291bd2 && ln -s "$PWD/.venv" /tmp/before/.venv
    python bench/page_speed.py --before /tmp/before              # 10,000 ads; four minutes on two cores
    python bench/page_speed.py --before /tmp/before --data /tmp/pages     # keeps the ads for the next run

The ads of the fake feed server are loaded once, by the earlier code, into SQLite and the embedded index; the code of this
checkout gets a copy of the database, migrates it and builds its own index. One process per checkout then requests the same
pages alternately through Django's test client: middleware, view, queries, template and compression, without the network. The
first three requests of a page are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNCOUNTED = 3
SAVED = 25


def environment(folder: Path, feed_url: str = "http://127.0.0.1:9") -> dict[str, str]:
    return os.environ | {
        "JOBSEARCH_READ_DOTENV": "0",
        "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
        "SECRET_KEY": "a key for a benchmark, with nothing behind it",
        "ALLOWED_HOSTS": "testserver",
        "NAV_FEED_URL": feed_url,
        "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
        "CELERY_BROKER_URL": f"filesystem:///{folder}/broker",
        "SEARCH_URL": f"embedded:///{folder}/index",
    }


# --- What a process of either checkout does; it uses nothing that only one of them has -------------------------------------


def set_up() -> None:
    sys.path.insert(0, str(Path.cwd()))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def load() -> None:
    set_up()
    from jobsearch.admin_dashboard import full_sync

    full_sync.follow_to_head()


def answer() -> None:
    """Reads addresses, one a line, and writes how many milliseconds each took and its status."""
    set_up()
    from django.contrib.auth import get_user_model
    from django.test import Client

    from jobsearch.saved.models import SavedSearch
    from jobsearch.search import api as search
    from jobsearch.search.analysis import spelling
    from jobsearch.search.assist import suggestions

    search.rebuild()
    for kept in (spelling.speller, suggestions.name_index):
        kept()  # as `start_cache_warming` does in a web process
    user, _made = get_user_model().objects.get_or_create(username="bench")
    SavedSearch.objects.filter(owner=user).delete()
    for number in range(SAVED):
        SavedSearch.objects.create(owner=user, name=f"Søk {number}", params=f"q=sykepleier&place=OSLO&size={number + 25}")
    anonymous, person = Client(), Client()
    person.force_login(user)
    print("ready", flush=True)
    for line in sys.stdin:
        address = line.strip()
        client = person if address.startswith("/lagrede-sok/") else anonymous
        began = time.perf_counter()
        response = client.get(address)
        print((time.perf_counter() - began) * 1000, response.status_code, flush=True)


def addresses() -> None:
    set_up()
    from django.db.models import Count

    from jobsearch.vacancies.models import Vacancy

    active = Vacancy.objects.active()
    employers = active.exclude(employer_orgnr="").values_list("employer_orgnr").annotate(ads=Count("pk")).order_by("-ads")
    found = {
        "home": "/",
        "results": "/?q=sykepleier",
        "results with filters": "/?q=sykepleier&place=OSLO&extent=Heltid&sort=published",
        "no hits": "/?q=xqzzyw&place=OSLO",
        "ad": f"/stilling/{active.filter(employer_orgnr=employers[0][0])[0].pk}/",
        "employer": f"/arbeidsgiver/{employers[0][0]}/",
        "landing": "/jobb/bergen/",
        f"{SAVED} saved searches": "/lagrede-sok/",
        "about": "/om/",
    }
    print(json.dumps(found))


# --- The main process ------------------------------------------------------------------------------------------------------


def run(part: str, checkout: Path) -> list[str]:
    python = checkout / ".venv/bin/python"
    return [str(python if python.exists() else sys.executable), str(Path(__file__).resolve()), "--part", part]


def make_ads(before: Path, folder: Path, ads: int) -> None:
    sys.path.insert(0, str(ROOT))
    from jobsearch.demo.feed_server import FakeFeed
    from jobsearch.demo.feed_server.backfill import build_history

    folder.mkdir(parents=True)
    with FakeFeed(str(folder / "feed.sqlite3")) as feed:
        build_history(feed.store, active=ads, lines=4 * ads)
        env = environment(folder, feed.url) | {"NAV_FEED_TOKEN": feed.token}
        subprocess.run(run("load", before), cwd=before, env=env, check=True, stderr=subprocess.DEVNULL)


class Site:
    """A child process that serves pages with one checkout's code."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            run("answer", checkout),
            cwd=checkout,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._read() == "ready"

    def milliseconds(self, address: str) -> float:
        assert self._process.stdin
        print(address, file=self._process.stdin, flush=True)
        took, status = self._read().split()
        if status != "200":
            raise SystemExit(f"{address}: {status}")
        return float(took)

    def close(self) -> None:
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def measure(before: Path, data: Path, rounds: int) -> None:
    folders = {}
    for name in ("before", "here"):  # each has a copy: the second one's migrations are not the first one's
        folders[name] = data / name
        shutil.rmtree(folders[name], ignore_errors=True)
        folders[name].mkdir()
        for file in (data / "loaded").glob("db.sqlite3*"):
            shutil.copy(file, folders[name])
    sites = {"before": Site(before, folders["before"]), "here": Site(ROOT, folders["here"])}
    listed = subprocess.run(run("addresses", ROOT), cwd=ROOT, env=environment(folders["here"]), check=True, capture_output=True)
    print("| page | before, median ms | here, median ms | ratio |\n| --- | --- | --- | --- |")
    for page, address in json.loads(listed.stdout.splitlines()[-1]).items():
        taken: dict[str, list[float]] = {name: [] for name in sites}
        for number in range(rounds + UNCOUNTED):
            for name in sorted(sites, reverse=bool(number % 2)):
                taken[name].append(sites[name].milliseconds(address))
        before_ms, here_ms = (statistics.median(taken[name][UNCOUNTED:]) for name in ("before", "here"))
        print(f"| {page} | {before_ms:.1f} | {here_ms:.1f} | {here_ms / before_ms:.2f} |", flush=True)
    for site in sites.values():
        site.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--before", type=Path, help="a checkout of the project to compare with")
    parser.add_argument("--data", type=Path, help="a folder that keeps the ads between runs")
    parser.add_argument("--ads", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--part", choices=("load", "answer", "addresses"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        return {"load": load, "answer": answer, "addresses": addresses}[options.part]()
    if not options.before:
        parser.error("--before is needed")
    with tempfile.TemporaryDirectory() as temporary:
        data = (options.data or Path(temporary)).resolve()
        if not (data / "loaded").exists():
            make_ads(options.before.resolve(), data / "loaded", options.ads)
        measure(options.before.resolve(), data, options.rounds)


if __name__ == "__main__":
    main()
