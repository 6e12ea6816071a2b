"""Matching of many subscriptions with new ads, beside the engine's own searches among the new ads."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from bench.harness import datasets, saved_search_texts, search_requests, site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample, make_reading

SUBSCRIPTIONS, NEW_ADS = 10_000, 500
SAMPLE = 300  # subscriptions whose matches are compared with a search of all ads


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads)
    for name in options.engines:
        with site.start_engine(name) as (url, _pid):
            site.set_up_django(datasets.copy_database(loaded, options.data / "alerts"), url)
            from jobsearch.search import api as search
            from jobsearch.search import indexing

            indexing.rebuild()
            new = make_new_ads()
            make_subscriptions(SUBSCRIPTIONS)
            search.count_many([(search.SearchQuery(q="sykepleier"), None)])  # loads the lists of words
            yield Case(
                f"{name}, {SUBSCRIPTIONS:,} subscriptions × {NEW_ADS} new ads",
                {BASELINE: partial(search_new_ads, new), "match_new_ads": match},
            )
            wrong = count_wrong(new)
            yield make_reading(f"{name}: of {SAMPLE} subscriptions differ from a search of all ads", partial(float, wrong))


def make_new_ads() -> list[UUID]:
    """Makes some of the active ads new, and all others a year old."""
    from django.db.models import F
    from django.utils import timezone

    from jobsearch.search import indexing
    from jobsearch.vacancies.models import Vacancy

    now = timezone.now()
    new = list(Vacancy.objects.active().order_by("uuid").values_list("uuid", flat=True)[:NEW_ADS])
    Vacancy.objects.update(first_seen=now.replace(year=now.year - 1))
    Vacancy.objects.filter(uuid__in=new).update(first_seen=now, version=F("version") + 1)
    indexing.index_changes()
    return new


def make_subscriptions(number: int) -> None:
    from django.utils import timezone

    from jobsearch.saved.models import Subscriber, Subscription, compute_digest

    created = timezone.now().replace(year=timezone.now().year - 1)
    searches = [params for params, _query in saved_search_texts.list_searches(number)]
    subscribers = [Subscriber(address=f"person{position}@example.no", language="nb") for position in range(number)]
    Subscriber.objects.bulk_create(subscribers, batch_size=500)
    rows = []
    for position, subscriber in enumerate(subscribers):
        params = searches[position % len(searches)]
        rows.append(
            Subscription(subscriber=subscriber, params=params, digest=compute_digest(params), frequency="daily", created=created)
        )
    Subscription.objects.bulk_create(rows, batch_size=500)


def match() -> list[Sample]:
    """Matches all subscriptions with the new ads, as if they had not been matched before."""
    from django.utils import timezone

    from jobsearch.saved.alerts import matching
    from jobsearch.saved.models import AlertMatch, MatchedAd

    AlertMatch.objects.all().delete()
    MatchedAd.objects.all().delete()
    began, began_cpu = time.perf_counter(), time.process_time()
    result = matching.match_new_ads(timezone.now(), lambda: None)
    return [Sample(time.perf_counter() - began, time.process_time() - began_cpu, {"matches": result.matches})]


_requests: list[Any] = []


def search_new_ads(new: list[UUID]) -> list[Sample]:
    """The engine's searches of the same words and filters among the new ads, as requests that are ready."""
    from dataclasses import replace

    from jobsearch.search.conditions import All, Terms
    from jobsearch.search.engines.registry import engine

    if not _requests:
        queries = [query for _params, query in saved_search_texts.list_searches(SUBSCRIPTIONS)]
        among = Terms("uuid", tuple(str(uuid) for uuid in new))
        made = search_requests.make_requests(queries, facets=False)
        _requests.extend(replace(one, always=All((one.always, among)), size=len(new)) for one in made)
    began, began_cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(_requests), 100):
        engine().find_many(_requests[start : start + 100])
    return [Sample(time.perf_counter() - began, time.process_time() - began_cpu)]


def count_wrong(new: list[UUID]) -> int:
    """Subscriptions whose matches differ from a search through all of its hits."""
    from jobsearch.saved.models import AlertMatch, Subscription
    from jobsearch.search import api as search

    rows = random.Random(1).sample(list(Subscription.objects.all()), min(SAMPLE, SUBSCRIPTIONS))
    wrong = 0
    for row in rows:
        found = set(search.scan(row.query)) & set(new)
        wrong += found != set(AlertMatch.objects.filter(subscription=row).values_list("vacancy_uuid", flat=True))
    return wrong


MEASUREMENT = Measurement(
    name="alerts",
    title="Alerts",
    sample="all subscriptions matched with all new ads",
    baseline="the engine's searches among the new ads alone, with ready requests, no other readings and no rows written",
    make_cases=make_cases,
    unit="s",
    by="processor",
    rounds=3,
    warm_up=0,
)
