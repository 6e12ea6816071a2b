"""Ads that cannot be computed before they are stored hold up neither the feed nor its closings, in a sync run."""

from __future__ import annotations

import os
import re
import time

import pytest

from ingest import precomputing
from jobsearch.search.indexing import index_changes
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending, precomputed, store
from jobsearch.vacancies.models import PreparedDocument, Vacancy


@pytest.fixture
def misbehave(monkeypatch):
    """Part of a title -> function that the computation of such an ad calls first."""
    real, bad = precomputed.compute_ad, {}

    def compute(entry, *options):
        for part, act in bad.items():
            if part in entry.title:
                act()
        return real(entry, *options)

    monkeypatch.setattr(precomputed, "compute_ad", compute)
    return bad


def has_document() -> set[str]:
    return {str(uuid) for uuid in PreparedDocument.objects.values_list("vacancy", flat=True)}


def test_an_ad_of_the_feed_is_stored_with_its_document(feed, site):
    ads = [feed.publish() for _ in range(5)]
    assert site.follow().new == 5
    assert has_document() == {*ads}
    assert all(change.document for change in pending.list_changes(10, analysis=analysis_fingerprint()))
    feed.change(ads[0])
    feed.stop(ads[1])
    assert site.follow().updated == 1
    assert has_document() == {*ads} - {ads[1]}
    assert PreparedDocument.objects.get(vacancy=ads[0]).version == 2
    assert site.matches_feed()


def test_indexing_analyses_no_ad_of_the_feed(feed, site, settings, tmp_path, monkeypatch):
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
    index_changes()
    feed.publish()
    site.follow()
    monkeypatch.setattr("jobsearch.search.indexing.analysis_process.os.fork", lambda: pytest.fail("an analysis"))
    assert index_changes().indexed == 1


@pytest.mark.parametrize(
    "act",
    [lambda: re.match(r"(?:a|aa)+$", "a" * 90 + "b"), lambda: time.sleep(3600), lambda: os._exit(3)],
    ids=["slow", "waits", "leaves"],
)
def test_a_hostile_ad_delays_the_others_for_a_bounded_time(act, feed, site, misbehave, monkeypatch):
    monkeypatch.setattr(precomputing, "ANSWER_SECONDS", 1.0)
    misbehave["HOSTILE"] = act
    closed = feed.publish()
    site.follow()
    ads = [feed.publish(title=f"HOSTILE {number}" if number % 4 == 0 else f"Kokk {number}") for number in range(24)]
    feed.stop(closed)
    began = time.monotonic()
    report = site.follow()
    assert time.monotonic() - began < 60
    assert (report.exit_code, report.new) == (0, 24)
    assert site.matches_feed()
    hostile = {str(uuid) for uuid in Vacancy.objects.filter(title__startswith="HOSTILE").values_list("uuid", flat=True)}
    assert not has_document() & hostile
    assert has_document() <= {*ads}


def test_a_detail_that_closes_an_ad_does_not_wait_for_others_that_are_computed(feed, site, stored, misbehave, monkeypatch):
    gone = stored()
    monkeypatch.setattr(precomputing, "LONGEST_WAIT", 5.0)
    misbehave["Kokk"] = lambda: time.sleep(3600)
    written, real = [], store.close_vacancies

    def close(*arguments, **options):
        written.append(("closed", time.monotonic()))
        return real(*arguments, **options)

    def save(*arguments, **options):
        written.append(("stored", time.monotonic()))
        return real_save(*arguments, **options)

    real_save = store.store_vacancies
    monkeypatch.setattr(store, "close_vacancies", close)
    monkeypatch.setattr(store, "store_vacancies", save)
    feed.change(gone)
    feed.close_silently(gone)
    feed.publish(title="Kokk")
    site.follow()
    assert [kind for kind, _moment in written] == ["closed", "stored"]
    assert site.matches_feed()


def test_an_ad_that_no_transaction_stores_with_others_keeps_them_computed(feed, site, monkeypatch):
    """The batch fails, and each ad is stored alone."""
    real = store.store_vacancies

    def save(entries, **options):
        if any(entry.title == "Kokk" for entry in entries):
            raise ValueError
        return real(entries, **options)

    monkeypatch.setattr(store, "store_vacancies", save)
    good = {feed.publish() for _ in range(3)}
    feed.publish(title="Kokk")
    report = site.follow()
    assert (report.new, report.quarantined) == (3, 1)
    assert has_document() == good
