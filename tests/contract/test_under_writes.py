"""Rebuild and rollback during constant writes and searches: nothing is lost, and no ended ad is shown."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from jobsearch.search.api import SearchQuery, scan, search
from jobsearch.search.indexing import compare, index_changes, rebuild
from jobsearch.search.indexing.rollback import rollback
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


class Thread(threading.Thread):
    """Calls `work` repeatedly until `end`, which raises the error that stopped it, if any."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.work, self.done, self.error = work, 0, None
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopped.wait(0.01):
                self.work()
                self.done += 1
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def end(self) -> None:
        self.stopped.set()
        self.join()
        if self.error:
            raise self.error


class Writer:
    """Publishes, changes, closes and hides ads, and indexes most of these changes."""

    def __init__(self, keys: list[uuid.UUID]) -> None:
        self.active, self.ended = list(keys), set[uuid.UUID]()
        self.chance = random.Random(3)
        self.number = 0

    def __call__(self) -> None:
        self.number += 1
        with transaction.atomic():
            new = vacancy_data(title=f"Kokk {self.number}", occupations=(), contacts=())
            changed = vacancy_data(
                uuid=self.chance.choice(self.active), title=f"Baker {self.number}", occupations=(), contacts=()
            )
            store.store_vacancies([new, changed])
        self.active.append(new.uuid)
        if self.number % 2:
            gone = self.active.pop(self.chance.randrange(len(self.active)))
            if self.number % 4 == 1:
                with transaction.atomic():
                    store.close_vacancies([gone], Vacancy.Closed.FEED)
            else:
                store.set_hidden(gone, True)
            self.ended.add(gone)
        if self.number % 3:
            index_changes()


def test_rebuild_and_rollback_under_writes_lose_nothing_and_show_no_ended_ad(engine):
    with transaction.atomic():
        stored = [vacancy_data(title=f"Kokk {n}", occupations=(), contacts=()) for n in range(100)]
        store.store_vacancies(stored)
    prepare_documents()
    index_changes()
    first = {ad.uuid for ad in stored}
    write = Writer([*first])
    shown: list[uuid.UUID] = []

    def look() -> None:
        ended = set(write.ended)
        hits = {*scan(SearchQuery())}
        shown.extend({*hits, *search(SearchQuery(sort="published")).uuids} & ended)
        assert first & {*write.active} <= hits, "an ad that was active all the time is not found"

    writer, reader = Thread(write), Thread(look)
    for thread in (writer, reader):
        thread.start()
    served = {engine.get_live_index().get_identity()}
    reports = []
    # A small index is built faster than some writes take, so it is rebuilt until there have been enough writes.
    while len(reports) < 2 or (min(writer.done, reader.done) <= 5 and len(reports) < 100):
        reports.append(rebuild())
        served.add(engine.get_live_index().get_identity())
    built = len(reports)
    if engine.name == "opensearch":
        reports.append(rollback())
        served.add(engine.get_live_index().get_identity())
        reports.append(rebuild())
    for thread in (writer, reader):
        thread.end()
    assert all(report.rebuilt for report in reports), "held up by the writers"
    assert len(served) == 1 + built
    assert writer.done > 5
    assert reader.done > 5
    assert shown == []
    index_changes()
    assert compare() == []
    assert {*scan(SearchQuery())} == {*write.active}
