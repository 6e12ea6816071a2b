"""Matching of many subscriptions with new ads: seconds, and whether the matches equal searching one by one.

    python bench/alerts.py --data /tmp/loaded --subscriptions 10000 --ads 500

`--data`: folder with `db.sqlite3` and `index` of a loaded site; it is copied. With `--search-url` another engine is filled from
the database first.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobsearch.search import api as search

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SAMPLE = 300
WORDS = (
    "sykepleier lærer kokk butikkmedarbeider utvikler ingeniør selger renholder elektriker vikar sjåfør barnehagelærer "
    "helsefagarbeider leder prosjektleder rådgiver kundeservice mekaniker lege tømrer regnskapsfører vernepleier sveiser maler "
    "sykepleeier jurist fysioterapeut resepsjonist lagermedarbeider kranfører"
).split()
PLACES = ["", "OSLO", "VESTLAND", "VESTLAND/BERGEN", "ROGALAND", "TRØNDELAG", "NORDLAND", "AGDER", "VIKEN", "AKERSHUS"]
FILTERS = ["", "extent=Heltid", "extent=Deltid", "sector=Offentlig", "sector=Privat", "engagement=Fast", "engagement=Vikariat"]
EXTRA = ["", "natt", "erfaring", "ikke vikariat", "helse", "uten erfaring"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--ads", type=int, default=500)
    parser.add_argument("--search-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(options.data, folder, options.search_url)
        measure(options.subscriptions, options.ads)


def prepare(data: Path, folder: str, search_url: str) -> None:
    """Copy a loaded site to `folder`, set Django up for the copy, and fill the engine where it has no index of it."""
    for name in ("db.sqlite3", "index"):
        source = data / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, Path(folder) / name)
    os.environ |= {
        "JOBSEARCH_READ_DOTENV": "0",
        "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "SEARCH_URL": search_url or f"embedded://{folder}/index",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
        "EMAIL_URL": f"filemail://{folder}/mail",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from jobsearch.search import api as search

    call_command("migrate", verbosity=0, skip_checks=True)
    if search_url or not search.engine_health().ok:
        search.rebuild()


def measure(subscriptions: int, ads: int) -> None:
    from django.db.models import F
    from django.utils import timezone

    from jobsearch.saved import matching
    from jobsearch.saved.models import AlertMatch, Subscription
    from jobsearch.search import api as search
    from jobsearch.vacancies.models import Vacancy

    now = timezone.now()
    make_subscriptions(subscriptions)
    new = list(Vacancy.objects.active().order_by("uuid").values_list("uuid", flat=True)[:ads])
    Vacancy.objects.update(first_seen=now.replace(year=now.year - 1))
    Vacancy.objects.filter(uuid__in=new).update(first_seen=now, version=F("version") + 1)
    search.index_changes()
    search.count_many([(search.SearchQuery(q="sykepleier"), None)])  # loads the lists of words
    began, cpu = time.perf_counter(), time.process_time()
    result = matching.match_new_ads(timezone.now(), lambda: None)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"{subscriptions:,} searches × {result.ads} ads: {result.matches:,} matches in {seconds:.1f} s ({cpu:.1f} s of processor)"
    )
    rows = random.Random(1).sample(list(Subscription.objects.all()), min(SAMPLE, subscriptions))
    wrong = 0
    for row in rows:
        found = set(search.scan(row.query)) & set(new)
        wrong += found != set(AlertMatch.objects.filter(subscription=row).values_list("vacancy_uuid", flat=True))
    print(f"{len(rows)} of them searched one by one: {wrong} differ")


def list_searches(number: int) -> list[tuple[str, search.SearchQuery]]:
    """Canonical parameters of different searches, and the searches."""
    from urllib.parse import urlencode

    from jobsearch.search import api as search

    texts = list(itertools.product(WORDS, EXTRA, PLACES, FILTERS))
    found = []
    for word, extra, place, rest in random.Random(0).sample(texts, min(number, len(texts))):
        pairs = [("q", f"{word} {extra}".strip()), *([("place", place)] if place else [])]
        query, _problems = search.SearchQuery.from_address(urlencode(pairs) + (f"&{rest}" if rest else ""))
        found.append((query.urlencode(), query))
    return found


def make_subscriptions(number: int) -> None:
    from django.utils import timezone

    from jobsearch.saved.models import Subscriber, Subscription, compute_digest

    created = timezone.now().replace(year=timezone.now().year - 1)
    searches = [params for params, _query in list_searches(number)]
    subscribers = [Subscriber(address=f"person{n}@example.no", language="nb") for n in range(number)]
    Subscriber.objects.bulk_create(subscribers, batch_size=500)
    rows = []
    for n in range(number):
        params = searches[n % len(searches)]
        rows.append(
            Subscription(
                subscriber=subscribers[n], params=params, digest=compute_digest(params), frequency="daily", created=created
            )
        )
    Subscription.objects.bulk_create(rows, batch_size=500)


if __name__ == "__main__":
    main()
