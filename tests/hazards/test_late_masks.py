"""Hazards 15 and 23 together: a line that withdraws title and employer counts whenever it is read, and in whatever order."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest import consistency, replay
from ingest.consistency import Kind
from ingest.models import DetailTask
from jobsearch.demo.feed_server.time_formats import micros
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Vacancy


@pytest.fixture
def look_back(site):
    def looked() -> dict[str, int]:
        client = site.client()
        try:
            return replay.replay_overlap(client)
        finally:
            client.close()

    return looked


@pytest.fixture
def compare(site):
    def found(**options) -> dict[str, Kind]:
        client = site.client()
        try:
            return {str(item.uuid): item.kind for item in consistency.compare_with_feed(client, **options)}
        finally:
            client.close()

    return found


def is_blank(row: Vacancy) -> bool:
    return (row.status, row.title, row.employer_name, row.job_title, row.employer_orgnr) == ("INACTIVE", "", "", "", "")


def _insert(feed, number: int, uuid: str, status: str, title: str = "...", business: str = "") -> None:
    """A line under a number that was taken earlier, whatever the ad itself is now."""
    feed.store.insert_line(uuid, status, title, business, "OSLO", "IMPORTAPI", micros(timezone.now()), number)


def test_a_masked_end_committed_late_blanks_as_in_order(feed, site, look_back, compare):
    """15, 23: of an active ad and of one that had ended with its title."""
    active, ended, other = [feed.publish() for _ in range(3)]
    site.follow()
    feed.expire(ended)
    site.follow()
    assert site.ad(ended).title
    late = [feed.late_commit("stop", active), feed.late_commit("stop", ended), feed.late_commit("change", other)]
    for _ in range(4):
        feed.publish()
    site.follow()
    for line in late:
        line.commit()
    site.follow()
    assert active in site.active()  # a strict walk forward does not see them
    assert compare() == {active: Kind.CLOSED, ended: Kind.NAMED, other: Kind.DIFFERS}
    assert look_back()["masked"] == 1
    site.follow()
    assert is_blank(site.ad(active))
    assert is_blank(site.ad(ended))
    assert site.ad(active).closed_reason == Vacancy.Closed.FEED
    assert not Contact.objects.filter(vacancy=active).exists()
    assert compare() == {}
    assert "masked" not in look_back()


@pytest.mark.parametrize("how", ["stop", "dir_cleanup"])
@pytest.mark.parametrize("closed", ["by the clock", "as withdrawn", "by a line"])
def test_however_the_ad_was_closed(feed, site, look_back, how, closed):
    """23: `...` and `?` alike."""
    feed.publish(), feed.publish()
    ad = feed.publish()
    site.follow()
    late = feed.late_commit(how, ad)
    if closed == "by the clock":
        Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(hours=1))
        store.close_expired()
    elif closed == "as withdrawn":
        feed.close_silently(ad)
        replay.recheck()
    else:
        feed.expire(ad)
    for _ in range(3):
        feed.publish()
    site.follow()
    assert site.ad(ad).title
    late.commit()  # in order it would stand before an ordinary end, which gives nothing back
    look_back()
    site.follow()
    assert is_blank(site.ad(ad))


def test_an_ad_that_came_back_after_the_mask_keeps_its_title(feed, site, look_back):
    """23: the later ACTIVE line has the last word, also where the ad ends in the ordinary way then."""
    back, ended = feed.publish(), feed.publish()
    site.follow()
    numbers = [feed.store.take_seq() for _ in range(2)]
    feed.expire(ended)
    feed.reactivate(ended)
    feed.expire(ended)
    feed.change(back)
    feed.publish()
    site.follow()
    for number, ad in zip(numbers, (back, ended), strict=True):
        _insert(feed, number, ad, "INACTIVE")
    assert "masked" not in look_back()
    site.follow()
    assert back in site.active()
    assert site.ad(ended).title


def test_an_active_line_committed_late_before_the_mask_brings_nothing_back(feed, site, look_back, compare):
    ad = feed.publish()
    site.follow()
    number = feed.store.take_seq()
    feed.stop(ad)
    feed.publish()
    site.follow()
    _insert(feed, number, ad, "ACTIVE", "Sykepleier", "Sykehus")
    look_back()
    site.follow()
    assert is_blank(site.ad(ad))
    assert compare() == {}


def test_a_mask_committed_late_on_the_tail_counts_though_a_later_line_was_seen(feed, site):
    """15: the tail `[base, end]` becomes `[base, masked, end]`; the later line was applied before."""
    ad = feed.publish()
    site.follow()
    number = feed.store.take_seq()
    feed.expire(ad)
    site.follow()
    assert site.ad(ad).title
    _insert(feed, number, ad, "INACTIVE")
    site.follow()
    assert is_blank(site.ad(ad))


def test_a_mask_and_an_ordinary_end_on_one_page_are_as_on_two(feed, site):
    ad = feed.publish()
    site.follow()
    feed.stop(ad)
    feed.append_line(ad, status="INACTIVE", title="Sykepleier", business_name="Sykehus")
    site.follow()
    assert is_blank(site.ad(ad))


def test_a_queued_check_learns_of_the_mask(feed, site, look_back):
    """The check of its detail, queued for another reason, would keep the title."""
    feed.publish()
    ad = feed.publish()
    site.follow()
    late = feed.late_commit("stop", ad)
    feed.publish(), feed.publish()
    site.follow()
    replay.recheck()
    assert site.task(ad).origin == DetailTask.Origin.RECHECK
    late.commit()
    look_back()
    assert site.task(ad).line_says == DetailTask.Says.MASKED
    site.follow()
    assert is_blank(site.ad(ad))


def test_the_end_counts_where_the_detail_cannot_be_had(feed, site, look_back):
    """A line ends the ad, and the detail, which fails for this ad alone, says nothing else."""
    feed.publish(), feed.publish()
    ad = feed.publish()
    site.follow()
    late = feed.late_commit("stop", ad)
    feed.publish(), feed.publish()
    site.follow()
    late.commit()
    look_back()
    with feed.faults.status(500, uuid=ad):
        site.follow()
    assert is_blank(site.ad(ad))
    assert site.task(ad) is None


def test_what_is_left_is_listed_and_mended(feed, site, compare):
    """Also long after the replay's days: the lines of the whole backfill are read."""
    ads = [feed.publish() for _ in range(3)]
    site.follow()
    for ad in ads[:2]:
        feed.stop(ad, at=timezone.now() - dt.timedelta(days=9))
    site.follow()
    Vacancy.objects.filter(uuid=ads[0]).update(title="Sykepleier")
    Vacancy.objects.filter(uuid=ads[1]).update(employer_orgnr="987654321")
    assert compare() == {ads[0]: Kind.NAMED, ads[1]: Kind.NAMED}
    before = site.ad(ads[0]).version
    client = site.client()
    assert consistency.repair(consistency.compare_with_feed(client)) == 2
    client.close()
    assert compare() == {}
    assert site.ad(ads[0]).version == before + 1  # the search follows by the version
