"""What the processes of `measurements/rebuild_killed.py` do: rebuild the index, and write, index and search meanwhile."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from pathlib import Path

PAUSE_SECONDS = 0.05
SEARCHED_EVERY = 5  # writes


def set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def rebuild() -> None:
    """Rebuilds the index once, and prints the seconds."""
    set_up()
    from jobsearch.search import indexing

    print(json.dumps("begins"), flush=True)
    began = time.perf_counter()
    report = indexing.rebuild()
    print(json.dumps({"rebuilt": report.rebuilt, "seconds": time.perf_counter() - began}), flush=True)


def write() -> None:
    """Changes and closes ads, indexes and searches until the input ends. Then rebuilds once more and compares."""
    set_up()
    from django.db import transaction

    from jobsearch.search import api as search
    from jobsearch.search import indexing
    from jobsearch.vacancies import store
    from jobsearch.vacancies.models import Vacancy

    indexing.index_changes()
    if differences := indexing.compare():
        raise SystemExit(f"{len(differences)} differences before the first write")
    print(json.dumps("begins"), flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    chance = random.Random(3)
    active = sorted(search.scan(search.SearchQuery()))  # without those whose deadline has passed
    closed = set()
    figures = dict.fromkeys(("writes", "searches", "failed", "ended", "missing", "differences"), 0)
    while not ended.wait(PAUSE_SECONDS):
        figures["writes"] += 1
        with transaction.atomic():
            row = Vacancy.objects.select_for_update().get(uuid=chance.choice(active))
            row.title = f"{row.title.partition(' nr. ')[0]} nr. {figures['writes']}"
            row.version += 1
            row.save(update_fields=["title", "version"])
        if figures["writes"] % 2:
            gone = active.pop(chance.randrange(len(active)))
            with transaction.atomic():
                store.close_vacancies([gone], Vacancy.Closed.FEED)
            closed.add(gone)
        if figures["writes"] % SEARCHED_EVERY:
            continue
        figures["searches"] += 1
        try:
            indexing.index_changes()
            hits = {*search.scan(search.SearchQuery())}
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            figures["failed"] += 1
            continue
        figures["ended"] += len(hits & closed)
        figures["missing"] += len({*active} - hits)
    began = time.perf_counter()
    report = indexing.rebuild()
    figures["seconds"] = time.perf_counter() - began
    if not report.rebuilt:
        raise SystemExit("The index could not be rebuilt after the kills.")
    indexing.index_changes()
    figures["differences"] = len(indexing.compare()) + len({*search.scan(search.SearchQuery())} ^ {*active})
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    {"rebuild": rebuild, "write": write}[sys.argv[1]]()
