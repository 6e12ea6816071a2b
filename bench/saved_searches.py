"""List of saved searches: milliseconds of the page with many searches, in the process, and its parts.

    python bench/saved_searches.py --data /tmp/loaded --searches 200

`--data`: folder with `db.sqlite3` and `index` of a loaded site; it is copied. With `--search-url` another engine is filled from
the database first. The counts are not cached between the requests.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import alerts  # noqa: E402 - after the path

ROUNDS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--search-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alerts.prepare(options.data, folder, options.search_url)
        measure(options.searches)


def measure(number: int) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from jobsearch.saved.models import SavedSearch, compute_digest
    from jobsearch.search import api as search

    settings.ALLOWED_HOSTS = ["testserver"]
    user = get_user_model().objects.create_user("bench")
    looked = timezone.now().replace(hour=0)
    params = [one for one, query in alerts.list_searches(3 * number) if search.count(query)][:number]
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=user, name=f"Søk {place}", params=one, digest=compute_digest(one), last_looked=looked)
        for place, one in enumerate(params)
    )
    client = Client()
    client.force_login(user)
    page, counted = [], []
    rows = list(SavedSearch.objects.filter(owner=user))
    for _round in range(ROUNDS):
        cache.clear()
        began, cpu = time.perf_counter(), time.process_time()
        response = client.get("/lagrede-sok/")
        page.append((time.perf_counter() - began, time.process_time() - cpu))
        asked = [(row.query, row.last_looked) for row in rows]
        began = time.perf_counter()
        search.count_by_day(asked, 30)
        counted.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as captured:
        client.get("/lagrede-sok/")
    shown = response.content.decode().count("data-total=")
    milliseconds = [round(seconds * 1000) for seconds, _cpu in page]
    processor = statistics.median(cpu for _seconds, cpu in page) * 1000
    engine = search.engine_health()
    print(
        f"{shown} searches, {engine.docs:,} ads, {engine.name}: {statistics.median(milliseconds):.0f} ms "
        f"({min(milliseconds)}-{max(milliseconds)}; processor {processor:.0f}), of which counts "
        f"{statistics.median(counted) * 1000:.0f}; {len(captured)} queries, {len(response.content):,} bytes"
    )


if __name__ == "__main__":
    main()
