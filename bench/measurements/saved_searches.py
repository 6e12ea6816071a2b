"""The page of a user's saved searches, beside the engine's own counts for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import datasets, saved_search_texts, site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample, time_each

SEARCHES = 200
DAYS = 30  # of the line beside each search


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads)
    for name in options.engines:
        with site.start_engine(name) as (url, _pid):
            folder = datasets.copy_database(loaded, options.data / "saved-searches")
            site.set_up_django(folder, url)
            from jobsearch.search import api as search
            from jobsearch.search import indexing

            indexing.rebuild()
            client, rows = make_saved_searches()
            asked = [(row.query, row.last_looked) for row in rows]
            works = {
                BASELINE: partial(time_each, lambda _: search.count_by_day(asked, DAYS), [None]),  # noqa: B023
                "page": partial(request_page, client, len(rows)),
            }
            yield Case(f"{name}, {len(rows)} searches, {ads:,} ads", works)
    shutil.rmtree(folder)


def make_saved_searches() -> tuple[Any, list[Any]]:
    """A client that is logged in as the owner, and the searches, all of which find something."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.utils import timezone

    from jobsearch.saved.models import SavedSearch, compute_digest
    from jobsearch.search import api as search

    owner = get_user_model().objects.create_user("bench")
    looked = timezone.now().replace(hour=0)
    params = [one for one, query in saved_search_texts.list_searches(3 * SEARCHES) if search.count(query)][:SEARCHES]
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=owner, name=f"Søk {position}", params=one, digest=compute_digest(one), last_looked=looked)
        for position, one in enumerate(params)
    )
    client = Client()
    client.force_login(owner)
    return client, list(SavedSearch.objects.filter(owner=owner))


def request_page(client: Any, searches: int) -> list[Sample]:
    """The page without cached counts."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    answers: list[Any] = []
    with CaptureQueriesContext(connection) as captured:
        (sample,) = time_each(lambda address: answers.append(client.get(address)), ["/lagrede-sok/"])
    content = answers[0].content
    if content.count(b"data-total=") != searches:
        raise SystemExit("The page does not show every search.")
    return [Sample(sample.value, sample.cpu, {"queries": len(captured), "kB": len(content) / 1000})]


MEASUREMENT = Measurement(
    name="saved-searches",
    title="List of saved searches",
    sample="one request in process of the page with 200 searches: hits, new ones and 30 days of each, not cached",
    baseline="`count_by_day` of the same searches, without page and account",
    make_cases=make_cases,
    by="processor",
    rounds=15,
)
