"""Matching of new ads with the subscriptions: stores which ads wait for which mail.

An ad is compared once, when it is first in the index. Later events do not count as new: an edit, a republication, the end of a
pause of the subscription.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Exists, Min, OuterRef
from django.db.models.functions import Coalesce

from jobsearch.core.keyset import iterate_batches
from jobsearch.saved.models import AlertMail, AlertMatch, MatchedAd, StoredSearch, Subscription
from jobsearch.search import api as search
from jobsearch.search import engines
from jobsearch.vacancies.models import Vacancy

AD_BATCH = 1000
SEARCH_BATCH = 50
WAIT_DAYS = 7
"""How long an ad may take from its first storing to the index (an engine that was down, a quarantine) and still count as new."""

_MOST_ATTEMPTS = 5
KEPT_DAYS = 400
"""Retention of matches, that of tombstones: an ad that comes back within it is not sent again."""


@dataclass
class Matched:
    """Result of a matching run: ads compared, and pairs of ad and subscription found."""

    ads: int = 0
    matches: int = 0


def match_new_ads(now: dt.datetime, on_batch: Callable[[], None]) -> Matched:
    """Compares the new ads with every subscription that is not paused. Raises EngineDown; the ads so far are done.

    Interrupted, it compares the last batch of ads again, which stores no match twice. `on_batch` is called between batches.
    """
    result = Matched()
    if not Subscription.objects.list_active().exists():
        return result
    # Ads that are not in the index yet wait without a request to the engine, so that its failure would not be seen.
    health = engines.engine_health()
    if not health.ok:
        raise search.EngineDown(health.detail)
    while new := _list_new_ads(now):
        for subscriptions in iterate_batches(Subscription.objects.list_active(), SEARCH_BATCH):
            result.matches += _store_matches(subscriptions, new, now)
            on_batch()
        MatchedAd.objects.bulk_create([MatchedAd(uuid=uuid, matched=now) for uuid in new], ignore_conflicts=True)
        result.ads += len(new)
    return result


def delete_old_matches(now: dt.datetime) -> None:
    """Deletes what has been compared and is too old to be compared again, and matches and mails past their retention."""
    MatchedAd.objects.filter(matched__lt=now - dt.timedelta(days=2 * WAIT_DAYS)).delete()
    AlertMatch.objects.filter(first_seen__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()
    AlertMail.objects.filter(created__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()


def _list_new_ads(now: dt.datetime) -> Mapping[UUID, dt.datetime]:
    """The next ads to compare, with the moments when they were first seen: in the index, and newer than a subscription."""
    oldest = Subscription.objects.list_active().aggregate(oldest=Min(Coalesce("resumed", "created")))["oldest"]
    if oldest is None:
        return {}
    since = max(oldest, now - dt.timedelta(days=WAIT_DAYS))
    matched = MatchedAd.objects.filter(uuid=OuterRef("uuid"))
    # Ads that have ended are compared too, and found by no search: so they do not count as new when they come back.
    ads = Vacancy.objects.filter(~Exists(matched), first_seen__gt=since, first_seen__lte=now, indexed_version__gt=0)
    return dict(ads.order_by("first_seen", "uuid").values_list("uuid", "first_seen")[:AD_BATCH])


def _store_matches(subscriptions: Sequence[Subscription], new: Mapping[UUID, dt.datetime], now: dt.datetime) -> int:
    """Stores which of the ads each subscription finds, without those first seen before it began or was resumed."""
    StoredSearch.parse_all(subscriptions)
    by_search: dict[str, Subscription] = {one.digest: one for one in subscriptions}
    searches = list(by_search.values())
    found = dict(zip(by_search, search.match_ads([one.query for one in searches], new, now), strict=True))
    matches = [
        AlertMatch(subscription=subscription, vacancy_uuid=uuid, first_seen=new[uuid])
        for subscription in subscriptions
        for uuid in found[subscription.digest]
        if new[uuid] > subscription.news_since
    ]
    for attempt in range(_MOST_ATTEMPTS):
        existing = set(Subscription.objects.filter(pk__in=[one.pk for one in subscriptions]).values_list("pk", flat=True))
        matches = [match for match in matches if match.subscription_id in existing]
        try:
            AlertMatch.objects.bulk_create(matches, ignore_conflicts=True, batch_size=500)
            break
        except IntegrityError:  # a subscription has ended between the two queries
            if attempt == _MOST_ATTEMPTS - 1:
                raise
    return len(matches)
