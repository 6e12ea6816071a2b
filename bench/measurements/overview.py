"""The admin's overview with a year of samples and runs, beside a page of the admin with little of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample, time_each

SMALL_PAGE = "/admin/password_change/"
PAGES = {"/admin/": "overview", "/admin/tilstand/": "its parts that are read again", "/admin/siste-30-dager/": "last 30 days"}
ADS, DAYS, RUNS_A_DAY = 300, 365, 720


def make_cases(options: Options) -> Iterator[Case]:
    folder = options.data / "overview"
    shutil.rmtree(folder, ignore_errors=True)
    site.set_up_django(folder)
    from django.contrib.auth.models import User
    from django.test import Client

    fill_site()
    client = Client()
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    for address, label in PAGES.items():
        works = {BASELINE: partial(time_each, client.get, [SMALL_PAGE]), "page": partial(request_page, client, address)}
        yield Case(f"{address}: {label}", works, baseline=BASELINE)


def fill_site() -> None:
    from django.utils import timezone

    from ingest.models import FeedState
    from jobsearch.search import indexing
    from tests.admin_dashboard.site_faults import beat, fill_jobs, fill_samples
    from tests.conftest import store_vacancies

    now = timezone.now()
    FeedState.objects.create(origin="https://pam-stilling-feed.nav.no", last_read=now, last_line_time=now, tip_time=now)
    store_vacancies(*({"title": f"Sykepleier {number}"} for number in range(ADS)))
    indexing.index_changes()
    fill_samples(now, days=DAYS)
    fill_jobs(now, number=DAYS * RUNS_A_DAY)
    beat(now)


def request_page(client: Any, address: str) -> list[Sample]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answers: list[Any] = []
    with CaptureQueriesContext(connection) as captured:
        (sample,) = time_each(lambda one: answers.append(client.get(one)), [address])
    if answers[0].status_code != 200:
        raise SystemExit(f"{address}: {answers[0].status_code}")
    return [Sample(sample.value, sample.cpu, {"queries": len(captured), "kB": len(answers[0].content) / 1000})]


MEASUREMENT = Measurement(
    name="overview",
    title="Overview of the admin",
    sample=f"one request in process; samples of {DAYS} days and {DAYS * RUNS_A_DAY:,} runs",
    baseline="the admin's form for a new password, in the same templates",
    make_cases=make_cases,
    by="processor",
    rounds=30,
)
