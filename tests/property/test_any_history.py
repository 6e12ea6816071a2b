"""Property test: after any history of the feed and of the site, a final sync makes the database and the index correct.

A Hypothesis state machine runs random sequences of changes to ads, faults of the feed, and kills of the sync process. At the
end, without faults: the database equals the feed, the index equals the database, and no file of the database or the index
contains a contact that is no longer shown.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ingest import detail_queue, replay, sync
from ingest.consistency import compare_with_feed
from ingest.models import DetailTask, FeedState, PageMark, Run
from jobsearch.core.leases import LeaseHeld
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.facets import ALL_DEADLINES
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Moderation, Tombstone, Vacancy
from tests.database_files import read_files

FAULTS = {
    "server error": lambda faults: faults.status(500, every=3),
    "busy": lambda faults: faults.status(429, on="detail", every=2),
    "outage": lambda faults: faults.status(503),
    "no such page": lambda faults: faults.page_gone(),
    "a page that is its own next page": lambda faults: faults.self_referring_next(),
    "no details": lambda faults: faults.mass_404(),
    "cut off": lambda faults: faults.truncated(every=4),
    "a proxy's page": lambda faults: faults.html_with_200(every=3),
    "reset": lambda faults: faults.reset(every=4),
    "invalid JSON": lambda faults: faults.invalid_json(on="page", every=2),
}


class AnyHistory(RuleBasedStateMachine):
    ads = Bundle("ads")

    @initialize()
    def begin(self) -> None:
        for model in (DetailTask, PageMark, Run, FeedState, Moderation, Tombstone, Vacancy):
            model.objects.all().delete()
        self.folder = Path(tempfile.mkdtemp(prefix="jobsearch-history-"))
        self.feed = FakeFeed().open()
        self.settings = override_settings(NAV_FEED_URL=self.feed.url, SEARCH_URL=f"embedded://{self.folder}/index")
        self.settings.enable()
        self.sent_emails: set[str] = set()
        """All e-mail addresses of contacts that the feed ever sent."""
        self.number = 0
        self.rotated = False
        # A line committed late before the very first line read is before every page that a replay can start from. On NAV's
        # feed that place is half a year back.
        self.publish()
        self.sync()

    @rule(target=ads)
    def publish(self) -> str:
        return self.feed.publish(**self.contacts())

    @rule(ad=ads)
    def change(self, ad: str) -> None:
        if ad in self.feed.read_active_ads():
            self.feed.change(ad, **self.contacts())

    @rule(ad=ads)
    def change_without_a_line(self, ad: str) -> None:
        if ad in self.feed.read_active_ads():
            self.feed.edit_silently(ad, **self.contacts())

    @rule(flapping=st.booleans())
    def rotate_the_token(self, flapping: bool) -> None:
        if not self.rotated:  # two tokens issued within one second are identical
            self.feed.tokens.rotate(flapping=flapping)
        self.rotated = True

    @rule()
    def forget_what_is_closed(self) -> None:
        store.replace_with_tombstones(timezone.now())

    @rule(ad=ads, end=st.sampled_from(["expire", "stop", "dir_cleanup", "close_silently", "active_without_content"]))
    def end(self, ad: str, end: str) -> None:
        if ad in self.feed.read_active_ads():
            getattr(self.feed, end)(ad)

    @rule(ad=ads)
    def reactivate(self, ad: str) -> None:
        if ad not in self.feed.read_active_ads():
            self.feed.reactivate(ad, **self.contacts())

    @rule(ad=ads)
    def become_finn(self, ad: str) -> None:
        if ad in self.feed.read_active_ads():
            self.feed.become_finn(ad)

    @rule()
    def commit_a_line_late(self) -> None:
        with self.feed.late_commit(**self.contacts()):
            self.feed.publish(**self.contacts())
            self.sync()

    @rule(ad=ads, end=st.sampled_from(["stop", "expire"]))
    def commit_a_closing_line_late(self, ad: str, end: str) -> None:
        if ad in self.feed.read_active_ads():
            with self.feed.late_commit(end, ad):
                self.feed.publish(**self.contacts())
                self.sync()

    @rule()
    def rebuild_feed(self) -> None:
        self.feed.rebuild()

    @rule(name=st.sampled_from(sorted(FAULTS)))
    def sync_with_fault(self, name: str) -> None:
        FAULTS[name](self.feed.faults)
        self.sync()
        self.feed.faults.clear()

    @rule()
    def sync(self) -> None:
        try:
            sync.run()
        except LeaseHeld:
            pytest.fail("the lease of a dead process was not taken")

    @rule(seed=st.integers(0, 1000))
    def sync_and_kill(self, seed: int) -> None:
        connections.close_all()  # a child process must not share the parent's connection
        child = os.fork()
        if child == 0:
            try:
                sync.run()
                indexing.index_changes()
            finally:
                os._exit(0)
        time.sleep(random.Random(seed).uniform(0.005, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    @rule()
    def index(self) -> None:
        indexing.index_changes()

    @rule()
    def rebuild(self) -> None:
        indexing.rebuild()

    def contacts(self) -> dict[str, Any]:
        self.number += 1
        mail = f"kontakt{self.number}x{id(self)}@hemmelig.example"
        self.sent_emails.add(mail)
        person = {"name": f"Kvitebjørn Nr{self.number}", "email": mail, "phone": "", "role": "", "title": ""}
        return {
            "contactList": [person],
            "description": f"<p>Spør Kvitebjørn Nr{self.number} på {mail}. Her er nordlys om natten.</p>",
        }

    def teardown(self) -> None:
        if not hasattr(self, "feed"):
            return
        try:
            self.check()
        finally:
            self.settings.disable()
            self.feed.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def check(self) -> None:
        """Without faults: a sync, a replay, a recheck of each active ad, and another sync; then compares."""
        self.feed.tokens.settle()
        sync.run(retry_now=True)
        with closing(sync.connect()) as feed:
            replay.replay_overlap(feed)
        replay.enqueue_recheck(limit=10_000)
        detail_queue.release_quarantined()
        report = sync.run(retry_now=True)
        assert report.exit_code == 0, report
        with closing(sync.connect()) as feed:
            assert list(compare_with_feed(feed)) == []  # also finds withdrawn titles and employers
        indexing.index_changes()

        truth = {UUID(uuid): content for uuid, content in self.feed.read_active_ads().items()}
        active = {row.uuid: row for row in Vacancy.objects.active().prefetch_related("contacts")}
        assert set(active) == set(truth)
        for uuid, content in truth.items():
            assert active[uuid].title == " ".join(content["title"].split())
            assert [row.email for row in active[uuid].contacts.all()] == [row["email"] for row in content["contactList"]]
        assert Contact.objects.exclude(vacancy__in=active).count() == 0
        assert list(indexing.compare()) == []
        every_ad = search.SearchQuery(deadline=ALL_DEADLINES)
        assert search.search(every_ad).total == len(truth)
        assert search.search(every_ad.replace(q="nordlys")).total == len(truth)
        assert search.search(every_ad.replace(q="kvitebjørn")).total == 0

        shown = {row["email"] for content in truth.values() for row in content["contactList"]}
        database = Path(connection.settings_dict["NAME"])
        connections.close_all()
        for file in [*database.parent.glob(f"{database.name}*"), *self.folder.rglob("*")]:
            if file.is_file():
                data = read_files(file)
                in_index = self.folder in file.parents
                for mail in self.sent_emails if in_index else self.sent_emails - shown:
                    assert mail.encode() not in data, f"{mail} is still in {file}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_any_history_ends_with_correct_data(every_combination):
    run_state_machine_as_test(
        AnyHistory,
        settings=settings(
            max_examples=50 if every_combination else 8,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
