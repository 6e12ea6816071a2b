"""Precomputing: a child process cleans and analyses a fetched ad while others are fetched, before the transaction that stores it.

It only saves time. An ad that is not computed in time, or whose child fails, is stored as if this did not exist, and indexing
analyses it; what is computed is used only if nothing has changed since (`PrecomputedAd.is_valid`). The feed waits for it at most
`LONGEST_WAIT`, and in the long run `WAIT_PER_AD` for each ad.
"""

from __future__ import annotations

import datetime as dt
import logging
import pickle
import queue
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from jobsearch.core.forked_children import Worker, WorkerEnded
from jobsearch.vacancies import precomputed, prepared_documents
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.precomputed import PrecomputedAd, StoredAd
from jobsearch.vacancies.store import hash_content
from jobsearch.vacancies.suppression import Suppressor, load_suppressor
from jobsearch.vacancies.visibility import compute_visible_until

log = logging.getLogger(__name__)

LONGEST_WAIT = 2.0  # seconds, at once
WAIT_PER_AD = 0.04  # seconds; the child takes 0.006 on an idle machine, while other ads are fetched
CPU_SECONDS = 0.3  # of the child for one ad; indexing gives it more
ANSWER_SECONDS = 10.0  # for one ad, by the clock: for a child that waits instead of working
FINISH_SECONDS = 0.5  # for the words that the child has learnt
MOST_FAILURES = 10  # of a run: a feed of nothing but hostile ads does not fork a child for each
MOST_ADS = 500  # of one child, so that what it keeps in memory is bounded; a fork takes as long as some ten ads
AT_ONCE = 8  # ads sent to the child together, so that it does not wait for this process after each
MOST_BYTES = 200_000  # of an ad as it is sent; indexing analyses longer ones


@dataclass(slots=True, eq=False)
class Task:
    """An ad to be computed. `answer` is b"" where there is no result; `is_abandoned`: nothing waits for it any more."""

    entry: VacancyData
    first_seen: dt.datetime | None
    request: bytes
    done: threading.Event = field(default_factory=threading.Event)
    answer: bytes = b""
    suppressor: Suppressor | None = None
    is_abandoned: bool = False

    def load(self) -> PrecomputedAd | None:
        """The result, a new copy each time, since storing changes it; None where there is none."""
        if not self.answer or self.suppressor is None:
            return None
        return PrecomputedAd(self.entry, self.first_seen, self.suppressor, precomputed.unpack_computed(self.answer))


class Precomputer:
    """Computes ads in a child process, which is forked for the first of them. A thread without a database talks to it."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._stored: dict[UUID, StoredAd] = {}
        self._child: _Child | None = None
        self._patience = LONGEST_WAIT
        self._thread: threading.Thread | None = None

    def expect(self, uuids: Collection[UUID]) -> None:
        """Reads what is needed to compute these ads, in two queries. Call it before their details are requested."""
        if not uuids:
            return
        suppressor = load_suppressor()
        self._stored |= precomputed.read_stored(uuids)
        if self._child:
            self._child.suppressor = suppressor
            return
        self._child = _Child(suppressor)
        self._thread = threading.Thread(target=self._run, args=(self._child,), daemon=True, name="feed-precomputing")
        self._thread.start()

    def submit(self, entry: VacancyData) -> Task | None:
        """Queues a fetched ad, from any thread, without waiting; None where it is not computed."""
        try:
            return self._submit(entry)
        except Exception as error:  # such as an ad nested too deeply to be sent
            log.warning("Ad %s is not computed before it is stored (%s).", entry.uuid, type(error).__name__)
            return None

    def _submit(self, entry: VacancyData) -> Task | None:
        if self._child is None or self._child.is_given_up:
            return None
        stored = self._stored.get(entry.uuid)
        is_unchanged = stored is not None and stored.content_hash == hash_content(entry)
        if is_unchanged or compute_visible_until(entry.expires) <= timezone.now():
            return None
        first_seen = stored.first_seen if stored else None
        request = pickle.dumps((entry, first_seen), pickle.HIGHEST_PROTOCOL)
        if len(request) > MOST_BYTES:
            return None
        task = Task(entry, first_seen, request)
        self._tasks.put(task)
        return task

    def wait(self, tasks: Sequence[Task]) -> None:
        """Waits for these tasks as long as the feed may wait, and abandons those that are not done. Call it once for each."""
        began = time.monotonic()
        for task in tasks:
            task.done.wait(max(0.0, began + self._patience - time.monotonic()))
            task.is_abandoned = not task.done.is_set()
            self._stored.pop(task.entry.uuid, None)
        waited = time.monotonic() - began
        self._patience = min(LONGEST_WAIT, max(0.0, self._patience - waited) + WAIT_PER_AD * len(tasks))

    def close(self) -> None:
        """Ends the child: at once, if it does not end by itself."""
        if not self._child or not self._thread:
            return
        self._child.is_given_up = True
        self._tasks.put(None)
        self._thread.join(FINISH_SECONDS)
        if self._thread.is_alive():
            self._child.kill()
            self._thread.join(FINISH_SECONDS)

    def _run(self, child: _Child) -> None:
        try:
            while tasks := self._take():
                child.compute(tasks)
        except Exception:
            log.exception("No ad is computed any more before it is stored; indexing analyses them.")
            child.is_given_up = True
        finally:
            child.finish()

    def _take(self) -> list[Task]:
        """The next tasks, at most `AT_ONCE`; none at the end."""
        tasks: list[Task] = []
        while len(tasks) < AT_ONCE:
            try:
                task = self._tasks.get(block=not tasks)
            except queue.Empty:
                break
            if task is None:
                self._tasks.put(None)  # for the next call too
                break
            tasks.append(task)
        return tasks


class _Child:
    """The child process, forked again after a failure and after `MOST_ADS`. One thread uses it, others set its attributes."""

    def __init__(self, suppressor: Suppressor) -> None:
        self.suppressor = self._used_suppressor = suppressor
        self.is_given_up = False
        self._worker: Worker | None = None
        self._served = self._failures = 0

    def compute(self, tasks: Sequence[Task]) -> None:
        """Computes these tasks but abandoned ones. After a failure it continues behind the ad of the failure."""
        left = [task for task in tasks if not task.is_abandoned]
        while left and not self.is_given_up:
            try:
                worker = self._provide_worker()
            except OSError as error:  # no memory or no process
                log.warning("No process starts that computes ads before they are stored: %s", error)
                self.is_given_up = True
                break
            try:
                for answer in worker.ask([task.request for task in left]):
                    self._served += 1
                    task = left.pop(0)
                    task.suppressor, task.answer, task.request = self._used_suppressor, answer, b""
                    task.done.set()
            except WorkerEnded as error:
                self._worker = None
                self._note_failure(left.pop(0), error)
        for task in tasks:
            task.done.set()

    def _provide_worker(self) -> Worker:
        if self._served >= MOST_ADS or self._used_suppressor != self.suppressor:
            self.finish()
        if self._worker is None:
            self._used_suppressor, self._served = self.suppressor, 0
            self._worker = fork_worker(self._used_suppressor)
        return self._worker

    def _note_failure(self, task: Task, error: WorkerEnded) -> None:
        task.done.set()
        if self.is_given_up:
            return  # at the end of the run
        log.warning("Ad %s is not computed before it is stored: %s", task.entry.uuid, error)
        self._failures += 1
        self.is_given_up = self._failures >= MOST_FAILURES

    def finish(self) -> None:
        """Ends the child, and adopts the words that it has learnt: the next one begins with them."""
        worker, self._worker = self._worker, None
        if worker and (words := worker.finish(FINISH_SECONDS)) and (maker := prepared_documents.get_maker()):
            maker.add_words(pickle.loads(words))  # noqa: S301 - from our own child

    def kill(self) -> None:
        """Ends the child from another thread; its own thread then finds it ended."""
        if worker := self._worker:
            worker.kill()


def fork_worker(suppressor: Suppressor) -> Worker:
    """A child that computes ads by this suppression list."""
    maker = prepared_documents.get_maker()
    counted = maker.count_words() if maker else None

    def work(request: bytes) -> bytes:
        entry, first_seen = pickle.loads(request)  # noqa: S301 - from our own parent
        return precomputed.pack_computed(precomputed.compute_ad(entry, first_seen, suppressor))

    def finish() -> bytes:
        return pickle.dumps(maker.list_new_words(counted)) if maker else b""

    return Worker(work, finish, cpu_seconds=CPU_SECONDS, wait_seconds=ANSWER_SECONDS)
