"""The admin's overview with a year of samples and runs: milliseconds and queries of one request, in process.

    python bench/overview.py [--runs 50]

Uses a database of its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overview-") as folder:
        os.environ |= {
            "JOBSEARCH_READ_DOTENV": "0",
            "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "SEARCH_URL": f"embedded:///{folder}/index",
            "ALLOWED_HOSTS": "testserver",
        }
        os.chdir(ROOT)
        measure(options.runs)


def measure(runs: int) -> None:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from ingest.models import FeedState
    from jobsearch.core.models import Job
    from jobsearch.search import api as search
    from tests.admin_dashboard.site_faults import beat, fill_jobs, fill_samples
    from tests.conftest import store_vacancies

    call_command("migrate", verbosity=0)
    now = timezone.now()
    FeedState.objects.create(origin="https://pam-stilling-feed.nav.no", last_read=now, last_line_time=now, tip_time=now)
    store_vacancies(*({"title": f"Sykepleier {number}"} for number in range(300)))
    search.index_changes()
    fill_samples(now, days=365)
    fill_jobs(now, number=365 * 720)
    beat(now)
    client = Client()
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    for address in ("/admin/", "/admin/tilstand/", "/admin/siste-30-dager/"):
        client.get(address)
        seconds = []
        busy = time.process_time()
        for _run in range(runs):
            began = time.perf_counter()
            answer = client.get(address)
            seconds.append(time.perf_counter() - began)
        busy = (time.process_time() - busy) / runs
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        p50, p95 = statistics.median(seconds) * 1000, sorted(seconds)[int(runs * 0.95)] * 1000
        times = f"{p50:.0f} ms (p50), {p95:.0f} ms (p95), {busy * 1000:.0f} ms of a core"
        sys.stdout.write(f"{address}: {times}, {len(captured)} queries, {len(answer.content):,} bytes\n")
    sys.stdout.write(f"{Job.objects.count():,} runs\n")


if __name__ == "__main__":
    main()
