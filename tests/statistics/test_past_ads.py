"""Past ads: those that ended before the first load are counted from the lines of the feed, once, and nothing of them is kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.statistics import dimensions
from jobsearch.statistics.counting import count_market
from jobsearch.statistics.models import DailyCount
from jobsearch.vacancies.models import PastAd
from jobsearch.vacancies.past_ads import Mention, end_recording, record_mentions
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import store_vacancies
from tests.hazards.conftest import feed, site  # noqa: F401 - fixtures

NOON = dt.datetime(2026, 6, 10, 12, tzinfo=OSLO)
DAY = dt.timedelta(days=1)
UUID_1, UUID_2 = UUID(int=1), UUID(int=2)


def total(column: str) -> dict[dt.date, int]:
    found: Counter[dt.date] = Counter()
    for day, number in DailyCount.objects.values_list("day", column):
        found[day] += number
    return {day: number for day, number in found.items() if number}


@pytest.mark.django_db
def test_an_ad_is_counted_by_its_first_and_last_line():
    record_mentions(
        [
            Mention(UUID_1, NOON, True, "BERGEN"),
            Mention(UUID_1, NOON + DAY, True, "BERGEN"),
            Mention(UUID_1, NOON + 3 * DAY, False, "?"),
            Mention(UUID_2, NOON, False, "Kari Nordmann, 22 33 44 55"),
        ]
    )
    record_mentions([Mention(UUID_1, NOON + 5 * DAY, False, "BERGEN")])
    end_recording()
    report = count_market(NOON + 50 * DAY)
    assert (report.new, report.closed) == (1, 2)
    assert total("new") == {NOON.date(): 1}
    assert total("closed") == {NOON.date(): 1, (NOON + 3 * DAY).date(): 1}
    row = DailyCount.objects.get(day=(NOON + 3 * DAY).date())
    assert row.days_open == {"3": 1}
    assert row.occupation == dimensions.get_number("occupation", "Ikke oppgitt")
    assert row.municipality == dimensions.get_number("place", "VESTLAND/BERGEN")
    unknown = DailyCount.objects.get(new=0, day=NOON.date())
    assert unknown.municipality == dimensions.get_number("place", "Ikke oppgitt")
    assert not PastAd.objects.exists()
    assert count_market(NOON + 50 * DAY).closed == 0


@pytest.mark.django_db
def test_an_ad_that_became_active_again_is_not_past():
    record_mentions([Mention(UUID_1, NOON, True, "BERGEN"), Mention(UUID_1, NOON + DAY, False, "BERGEN")])
    record_mentions([Mention(UUID_1, NOON + 2 * DAY, True, "BERGEN")])
    assert count_market(NOON + 9 * DAY).closed == 0, "the first load still reads"
    end_recording()
    assert not PastAd.objects.exists()


@pytest.mark.django_db
def test_an_ad_that_is_stored_is_counted_by_its_own_dates():
    (uuid,) = store_vacancies({})
    record_mentions([Mention(uuid, NOON, True, "BERGEN"), Mention(uuid, NOON + DAY, False, "BERGEN")])
    report = count_market(timezone.now() + DAY)
    assert (report.new, report.closed) == (1, 0)
    assert not PastAd.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_first_load_records_the_ads_that_have_ended(feed, site):  # noqa: F811 - fixtures
    """Their titles are in no table. Later sync runs record nothing: the ads that end then are stored."""
    ads = [feed.publish() for _ in range(4)]
    feed.expire(ads[0])
    feed.stop(ads[1])
    assert site.follow().new == 2
    assert {str(row.uuid) for row in PastAd.objects.all()} == set(ads[:2])
    assert all(row.opened and row.closed and row.place == "VESTLAND/BERGEN" for row in PastAd.objects.all())
    feed.expire(ads[2])
    site.follow()
    assert PastAd.objects.count() == 2
    report = count_market(timezone.now() + dt.timedelta(minutes=5))
    assert (report.new, report.closed) == (4, 3)


@pytest.mark.django_db
def test_a_run_that_fails_leaves_the_rows_for_the_next(monkeypatch):
    record_mentions([Mention(UUID_1, NOON, True, "BERGEN"), Mention(UUID_1, NOON + DAY, False, "BERGEN")])

    def fail(*args: object):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), transaction.atomic():
        patch.setattr("jobsearch.statistics.employers.add_new", fail)
        count_market(NOON + 9 * DAY)
    assert PastAd.objects.count() == 1
    assert count_market(NOON + 9 * DAY).closed == 1
