"""Hazards 15 and 23: a line that withdraws title and employer is applied whenever and in whatever order it is read."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from ingest import consistency, replay
from ingest.consistency import Kind
from ingest.models import DetailTask
from jobsearch.demo.feed_server.time_formats import to_micros
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Vacancy


@pytest.fixture
def run_replay(site):
    def run() -> dict[str, int]:
        client = site.client()
        try:
            return replay.replay_overlap(client)
        finally:
            client.close()

    return run


def is_blank(row: Vacancy) -> bool:
    return (row.status, row.title, row.employer_name, row.job_title, row.employer_orgnr) == ("INACTIVE", "", "", "", "")


def _insert(feed, number: int, uuid: str, status: str, title: str = "...", business: str = "") -> None:
    """Inserts a line with a sequence number taken earlier, regardless of the ad's status."""
    feed.store.insert_line(uuid, status, title, business, "OSLO", "IMPORTAPI", to_micros(timezone.now()), number)


@pytest.mark.precomputing
def test_a_masked_line_committed_late_masks_the_ad(feed, site, run_replay, compare):
    """15, 23: an active ad, and one that was closed with its title."""
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
    assert active in site.active()  # the page walk does not read them
    assert compare() == {active: Kind.CLOSED, ended: Kind.UNMASKED, other: Kind.DIFFERS}
    assert run_replay()["masked"] == 1
    site.follow()
    assert is_blank(site.ad(active))
    assert is_blank(site.ad(ended))
    assert site.ad(active).closed_reason == Vacancy.Closed.FEED
    assert not Contact.objects.filter(vacancy=active).exists()
    assert compare() == {}
    assert "masked" not in run_replay()


def test_a_late_mask_applies_however_the_ad_was_closed(feed, site, run_replay, store_ads):
    """23: `...` and `?` alike."""
    _one, _other, *ads = store_ads(8)
    kinds = itertools.product(("by expiry", "as withdrawn", "by a line"), ("stop", "dir_cleanup"))
    closed = dict(zip(kinds, ads, strict=True))
    late = [feed.late_commit(how, ad) for (_end, how), ad in closed.items()]
    for (end, _how), ad in closed.items():
        if end == "by expiry":
            Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(hours=1))
        elif end == "as withdrawn":
            feed.close_silently(ad)
        else:
            feed.expire(ad)
    store.close_expired()
    replay.enqueue_recheck()
    for _ in range(3):
        feed.publish()
    site.follow()
    assert {kind: (site.ad(ad).status, bool(site.ad(ad).title)) for kind, ad in closed.items()} == dict.fromkeys(
        closed, ("INACTIVE", True)
    )
    for line in late:
        line.commit()  # before the ad's other closing line, which does not restore the title
    run_replay()
    site.follow()
    assert [kind for kind, ad in closed.items() if not is_blank(site.ad(ad))] == []


def test_an_ad_reactivated_after_the_mask_keeps_its_title(feed, site, run_replay):
    """23: the later ACTIVE line decides, also if the ad then expires with its title."""
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
    assert "masked" not in run_replay()
    site.follow()
    assert back in site.active()
    assert site.ad(ended).title


def test_an_active_line_committed_late_before_the_mask_restores_nothing(feed, site, run_replay, compare):
    ad = feed.publish()
    site.follow()
    number = feed.store.take_seq()
    feed.stop(ad)
    feed.publish()
    site.follow()
    _insert(feed, number, ad, "ACTIVE", "Sykepleier", "Sykehus")
    run_replay()
    site.follow()
    assert is_blank(site.ad(ad))
    assert compare() == {}


def test_a_mask_committed_late_on_the_last_page_applies_despite_a_later_line(feed, site):
    """15: the last page `[base, closed]` becomes `[base, masked, closed]`; the later line was already applied."""
    ad = feed.publish()
    site.follow()
    number = feed.store.take_seq()
    feed.expire(ad)
    site.follow()
    assert site.ad(ad).title
    _insert(feed, number, ad, "INACTIVE")
    site.follow()
    assert is_blank(site.ad(ad))


def test_a_mask_followed_by_an_unmasked_closing_line_on_the_same_page_applies(feed, site):
    ad = feed.publish()
    site.follow()
    feed.stop(ad)
    feed.append_line(ad, status="INACTIVE", title="Sykepleier", business_name="Sykehus")
    site.follow()
    assert is_blank(site.ad(ad))


def test_a_queued_check_is_marked_as_masked(feed, site, run_replay):
    """The ad's check was queued for another reason, and would keep the title."""
    feed.publish()
    ad = feed.publish()
    site.follow()
    late = feed.late_commit("stop", ad)
    feed.publish(), feed.publish()
    site.follow()
    replay.enqueue_recheck()
    assert site.task(ad).origin == DetailTask.Origin.RECHECK
    late.commit()
    run_replay()
    assert site.task(ad).line_says == DetailTask.Says.MASKED
    site.follow()
    assert is_blank(site.ad(ad))


def test_a_closing_line_is_applied_if_the_detail_fails(feed, site, run_replay):
    """A line closes the ad, and no detail contradicts it: the request fails for this ad only."""
    feed.publish(), feed.publish()
    ad = feed.publish()
    site.follow()
    late = feed.late_commit("stop", ad)
    feed.publish(), feed.publish()
    site.follow()
    late.commit()
    run_replay()
    with feed.faults.status(500, uuid=ad):
        site.follow()
    assert is_blank(site.ad(ad))
    assert site.task(ad) is None


def test_the_consistency_check_lists_and_repairs_missed_masks(feed, site, compare):
    """Also after the replay's two days: it reads the lines of the whole backfill."""
    ads = [feed.publish() for _ in range(3)]
    site.follow()
    for ad in ads[:2]:
        feed.stop(ad, at=timezone.now() - dt.timedelta(days=9))
    site.follow()
    Vacancy.objects.filter(uuid=ads[0]).update(title="Sykepleier")
    Vacancy.objects.filter(uuid=ads[1]).update(employer_orgnr="987654321")
    assert compare() == {ads[0]: Kind.UNMASKED, ads[1]: Kind.UNMASKED}
    before = site.ad(ads[0]).version
    client = site.client()
    assert consistency.repair(consistency.compare_with_feed(client)) == 2
    client.close()
    assert compare() == {}
    assert site.ad(ads[0]).version == before + 1  # the indexing finds changed rows by the version
