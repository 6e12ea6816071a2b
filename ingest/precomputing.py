"""Precomputing: a child process cleans and analyses fetched ads while others are fetched, before they are stored.

It only saves time. An ad that is not computed in time, or whose child fails, is stored as if this did not exist, and indexing
analyses it; what is computed is used only if nothing has changed since (`PrecomputedAd.is_valid`). Others do not wait for an ad
that takes long: it waits for `LONGEST_WAIT` at most, and while `MOST_WAITING` ads wait for the child, fetching goes on after
`ROOM_SECONDS` and further ads are not computed.
"""

from __future__ import annotations

import datetime as dt
import logging
import pickle
import queue
import threading
import time
from collections.abc import Collection, Iterable, Sequence
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

LONGEST_WAIT = 2.0  # seconds of an ad, from its detail on
MOST_WAITING = 24  # ads for the child, which takes 0.006 s for one on an idle machine, and up to 0.06 on a busy one
ROOM_SECONDS = 0.2  # that one of the six fetching threads waits; on an idle machine none does
CPU_SECONDS = 0.3  # of the child for one ad; indexing gives it more
ANSWER_SECONDS = 10.0  # for one ad, by the clock: for a child that waits instead of working
FINISH_SECONDS = 0.5  # for the words that the child has learnt
MOST_FAILURES = 10  # of a run: a feed of nothing but hostile ads does not fork a child for each
MOST_ADS = (
    150  # of one child: its memory grows to 40 MB with its ads and what its parent changes; a fork takes as long as ten ads
)
AT_ONCE = 4  # ads sent to the child together, so that it does not wait for this process after each
MOST_BYTES = 200_000  # of an ad as it is sent; indexing analyses longer ones
_POLL_SECONDS = 0.02


@dataclass(slots=True, eq=False)
class Task:
    """An ad to be computed. `answer` is b"" where there is no result. `deadline`: nothing waits for it any more then."""

    entry: VacancyData
    first_seen: dt.datetime | None
    request: bytes
    deadline: float = field(default_factory=lambda: time.monotonic() + LONGEST_WAIT)
    done: threading.Event = field(default_factory=threading.Event)
    answer: bytes = b""
    suppressor: Suppressor | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether its ad should not be stored yet."""
        return not self.done.is_set() and time.monotonic() < self.deadline

    def load(self) -> PrecomputedAd | None:
        """The result, a new copy each time, since storing changes it; None where there is none."""
        if not self.answer or self.suppressor is None:
            return None
        return PrecomputedAd(self.entry, self.first_seen, self.suppressor, precomputed.unpack_computed(self.answer))


def wait_for_tasks(tasks: Iterable[Task]) -> None:
    """Waits for these tasks, each until its deadline at most."""
    for task in tasks:
        task.done.wait(max(0.0, task.deadline - time.monotonic()))


@dataclass(slots=True)
class _Run:
    """What the child and those who ask it share. `is_given_up`: no more ads are computed."""

    suppressor: Suppressor
    tasks: queue.SimpleQueue[Task | None] = field(default_factory=queue.SimpleQueue)
    is_given_up: bool = False
    failures: int = 0


class Precomputer:
    """Computes ads in a child process, which is forked for the first of them and ended by `close`."""

    def __init__(self) -> None:
        self._stored: dict[UUID, StoredAd] = {}
        self._run: _Run | None = None
        self._child: _Child | None = None
        self._starting = threading.Lock()

    def expect(self, uuids: Collection[UUID]) -> None:
        """Reads what is needed to compute these ads, in two queries. Call it before their details are requested."""
        if not uuids:
            return
        suppressor = load_suppressor()
        self._stored |= precomputed.read_stored(uuids)
        if self._run:
            self._run.suppressor = suppressor
        else:
            self._run = _Run(suppressor)

    def submit(self, entry: VacancyData) -> Task | None:
        """Queues a fetched ad, from a thread that fetches; None where it is not computed. Waits for `ROOM_SECONDS` at most."""
        try:
            return self._submit(entry, self._run) if self._run else None
        except Exception as error:  # such as an ad nested too deeply to be sent
            log.warning("Ad %s is not computed before it is stored (%s).", entry.uuid, type(error).__name__)
            return None

    def _submit(self, entry: VacancyData, run: _Run) -> Task | None:
        stored = self._stored.pop(entry.uuid, None)
        is_unchanged = stored is not None and stored.content_hash == hash_content(entry)
        if is_unchanged or compute_visible_until(entry.expires) <= timezone.now():
            return None
        if not self._wait_for_room(run):
            return None
        first_seen = stored.first_seen if stored else None
        request = pickle.dumps((entry, first_seen), pickle.HIGHEST_PROTOCOL)
        if len(request) > MOST_BYTES:
            return None
        task = Task(entry, first_seen, request)
        run.tasks.put(task)
        return task

    def _wait_for_room(self, run: _Run) -> bool:
        until = time.monotonic() + ROOM_SECONDS
        while not run.is_given_up:
            if self._has_room(run):
                return True
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_SECONDS)
        return False

    def _has_room(self, run: _Run) -> bool:
        """Whether few enough ads wait. Starts the child."""
        with self._starting:
            self._child = self._child or _Child(run)
        return run.tasks.qsize() < MOST_WAITING

    def close(self) -> None:
        """Ends the child: at once, if it does not end by itself."""
        if self._run:
            self._run.is_given_up = True
            self._run.tasks.put(None)
        with self._starting:
            if self._child:
                self._child.end()


class _Child:
    """A child process, forked again after a failure and after `MOST_ADS`, and the thread that asks it, which uses no database."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._suppressor = run.suppressor
        self._worker: Worker | None = None
        self._served = 0
        self._thread = threading.Thread(target=self._compute_all, daemon=True, name="feed-precomputing")
        self._thread.start()

    def end(self) -> None:
        """Waits for the thread, and kills the process if that takes long."""
        self._thread.join(FINISH_SECONDS)
        if self._thread.is_alive():
            if worker := self._worker:
                worker.kill()
            self._thread.join(FINISH_SECONDS)

    def _compute_all(self) -> None:
        try:
            while tasks := self._take():
                self._compute(tasks)
        except Exception:
            log.exception("No ad is computed any more before it is stored; indexing analyses them.")
            self._run.is_given_up = True
        finally:
            self._finish_worker()

    def _take(self) -> list[Task]:
        """The next tasks, at most `AT_ONCE`; none at the end."""
        tasks: list[Task] = []
        while len(tasks) < AT_ONCE:
            try:
                task = self._run.tasks.get(block=not tasks)
            except queue.Empty:
                break
            if task is None:
                self._run.tasks.put(None)  # for the next call too
                break
            tasks.append(task)
        return tasks

    def _compute(self, tasks: Sequence[Task]) -> None:
        """Computes these tasks but late ones. After a failure it continues behind the ad of the failure."""
        left = [task for task in tasks if task.is_waited_for]
        while left and not self._run.is_given_up:
            try:
                worker = self._provide_worker()
            except OSError as error:  # no memory or no process
                log.warning("No process starts that computes ads before they are stored: %s", error)
                self._run.is_given_up = True
                break
            try:
                for answer in worker.ask([task.request for task in left]):
                    self._served += 1
                    task = left.pop(0)
                    task.suppressor, task.answer, task.request = self._suppressor, answer, b""
                    task.done.set()
            except WorkerEnded as error:
                self._worker = None
                self._note_failure(left.pop(0), error)
        for task in tasks:
            task.done.set()

    def _provide_worker(self) -> Worker:
        if self._served >= MOST_ADS or self._suppressor != self._run.suppressor:
            self._finish_worker()
        if self._worker is None:
            self._suppressor, self._served = self._run.suppressor, 0
            self._worker = fork_worker(self._suppressor)
        return self._worker

    def _note_failure(self, task: Task, error: WorkerEnded) -> None:
        task.done.set()
        if self._run.is_given_up:
            return  # at the end of the run
        log.warning("Ad %s is not computed before it is stored: %s", task.entry.uuid, error)
        self._run.failures += 1
        self._run.is_given_up = self._run.failures >= MOST_FAILURES

    def _finish_worker(self) -> None:
        """Ends the process, and adopts the words that it has learnt: the next one begins with them."""
        worker, self._worker = self._worker, None
        if worker and (words := worker.finish(FINISH_SECONDS)) and (maker := prepared_documents.get_maker()):
            maker.add_words(pickle.loads(words))  # noqa: S301 - from our own child


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
