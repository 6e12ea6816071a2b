"""Child processes that turn rows into documents, with limits on each ad's processor time, waiting time and memory.

An analysis that hangs inside C code, such as `re`, holds the interpreter's lock: no thread of the same process can stop it, and
Celery's thread pool runs the feed, the index and beat in one process. So children are forked for each chunk, one for each
core. A child inherits its rows (nothing is sent to it), returns ad by ad through a pipe, and is ended by the kernel when one ad
takes too long. The parent continues with a new child after that ad.

Not `multiprocessing`: its pools send the rows to the children, and Celery's worker processes, which are daemonic, may not start
one.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import pickle
import select
import signal
import struct
import time
import traceback
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings

from jobsearch.core import forked_children
from jobsearch.core.forked_children import MEMORY
from jobsearch.search.analysis import pieces
from jobsearch.search.engines.base import Write
from jobsearch.search.models import SetAside
from jobsearch.vacancies import prepared_documents
from jobsearch.vacancies.pending import Change

from . import documents

Reason = SetAside.Reason
CPU_SECONDS = 1.0  # one ad; an ordinary one takes 0.003, so a busy or slow machine is far from it
WAIT_SECONDS = 30.0  # one ad's answer, by the clock: for a child that waits instead of working
START_SECONDS = 30.0  # the same until a child begins
CHUNK_SECONDS = 10.0  # then the parent takes what is done, so that many slow ads do not delay the ordinary ones among them
FEWEST = 50  # ads of a child: a fork takes 10 to 90 ms, as long as some ten to fifty ads
_LENGTH = struct.Struct("!I")
_READY = "ready"
_UNREADABLE = "its stored document is damaged: run manage.py rebuild_index --analyse"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an ad has no document. `detail` holds no text of the ad."""

    reason: str
    detail: str = ""


class NoChild(RuntimeError):
    """The child could not begin. No ad is the cause, so none is quarantined for it."""


@dataclass(slots=True)
class Analysed:
    """Result of analysing a chunk. `left`: rows not analysed, because the chunk's time was over.

    `documents`: those that were made now, to be kept for the next rebuild.
    """

    writes: list[Write] = field(default_factory=list)
    failed: list[tuple[Change, Failure]] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)
    documents: dict[UUID, prepared_documents.Analysed] = field(default_factory=dict)

    def add(self, change: Change, answer: Any) -> None:
        if isinstance(answer, Failure):
            self.failed.append((change, answer))
            return
        document, packed = answer
        self.writes.append(Write(change.uuid, change.version, document))
        self.documents[change.uuid] = prepared_documents.Analysed(change.version, packed)


def needs_analysis(change: Change, now: dt.datetime) -> bool:
    """Whether a child process has to make the document of this row."""
    return change.document is None and not documents.make_removal(change, now)


def analyse(found: Sequence[Change], now: dt.datetime) -> Analysed:
    """Makes the writes of these rows. Removals and prepared documents come first: they need no analysis."""
    result = Analysed()
    wanted: list[Change] = []
    for change in found:
        if removal := documents.make_removal(change, now):
            result.writes.append(removal)
        elif change.document is None:
            wanted.append(change)
        else:
            try:
                result.writes.append(Write(change.uuid, change.version, documents.unpack_document(change.document)))
            except (zlib.error, ValueError):
                result.failed.append((change, Failure(Reason.ERROR, _UNREADABLE)))
    until = time.monotonic() + CHUNK_SECONDS
    children: list[_Child] = []
    try:
        for part in _split(wanted):
            try:
                children.append(_Child(part, now))
            except OSError:  # no memory or no process for another one: the next call takes this part
                if not children:
                    raise
                result.left += part
        while running := [child for child in children if child.rows]:
            # At least one ad is done in any case, so that each call brings the caller further.
            has_begun = result.documents or result.failed
            if has_begun and time.monotonic() >= until:
                break
            _wait_for_answers(running, until if has_begun else math.inf)
            for child in running:
                child.read_answers(result)
    finally:
        for child in children:
            child.end()
    result.left += [change for child in children for change in child.rows]
    return result


def count_processes(rows: int) -> int:
    """Number of children for so many rows: one for each core that this process may use, and at least `FEWEST` rows for each."""
    cores = settings.INDEX_PROCESSES or len(os.sched_getaffinity(0))
    return max(1, min(cores, rows // FEWEST))


def _split(rows: list[Change]) -> list[list[Change]]:
    """The rows distributed among the children: neighbours can be long ads of one employer."""
    number = count_processes(len(rows))
    return [rows[start::number] for start in range(number)] if rows else []


def _wait_for_answers(children: Sequence[_Child], until: float) -> None:
    poller = select.poll()  # not select(), which refuses file descriptors above 1023
    for child in children:
        poller.register(child.pipe, select.POLLIN)
    first = min(until, *(child.deadline for child in children))
    poller.poll(max(0.0, first - time.monotonic()) * 1000)


class _Child:
    """A forked child, and the rows of which it has not sent the answer yet, in its order."""

    def __init__(self, rows: list[Change], now: dt.datetime) -> None:
        self.rows, self._now = rows, now
        self._start()

    def _start(self) -> None:
        reading, writing = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if self._pid == 0:
            _serve(self.rows, self._now, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        self.pipe = reading
        self._data = b""
        self._is_ready = self._has_ended = False
        self.deadline = time.monotonic() + START_SECONDS

    def read_answers(self, result: Analysed) -> None:
        """Adds what the child has sent. Continues with a new child where it has ended, or has not answered for too long."""
        is_open = self._receive(result)
        if not self.rows or (is_open and time.monotonic() < self.deadline):
            return
        status = self.end()
        failure = _explain(status)
        if is_open:
            failure = Failure(Reason.STALLED, f"no answer within {WAIT_SECONDS:g} s")
        if not self._is_ready:
            raise NoChild(f"The process that analyses ads did not begin ({failure.reason}: {failure.detail}).")
        result.failed.append((self.rows.pop(0), failure))
        if self.rows:
            self._start()

    def _receive(self, result: Analysed) -> bool:
        """Reads what is in the pipe; False where the child has ended."""
        is_open = True
        try:
            while some := os.read(self.pipe, 1 << 20):
                self._data += some
                if len(some) < 1 << 16:
                    break
            else:
                is_open = False
        except BlockingIOError:
            pass
        start = 0
        while len(self._data) >= start + _LENGTH.size:
            end = start + _LENGTH.size + _LENGTH.unpack_from(self._data, start)[0]
            if len(self._data) < end:
                break
            answer = pickle.loads(self._data[start + _LENGTH.size : end])  # noqa: S301 - from our own child
            if self._is_ready:
                answer, new = answer
                if new:
                    pieces.add_entries(new)
                result.add(self.rows.pop(0), answer)
            self._is_ready = True
            self.deadline = time.monotonic() + WAIT_SECONDS
            start = end
        self._data = self._data[start:]
        return is_open

    def end(self) -> int | None:
        """Ends the child and returns its status; one that has ended by itself keeps it until it is read."""
        if self._has_ended:
            return None
        self._has_ended = True
        os.close(self.pipe)
        return forked_children.end_child(self._pid)


def _explain(status: int | None) -> Failure:
    if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return Failure(Reason.SLOW, f"more than {CPU_SECONDS:g} s of processor time")
    return Failure(Reason.CRASHED, forked_children.describe_end(status))


# --- In the child -----------------------------------------------------------------------------------------------------


def _serve(found: Sequence[Change], now: dt.datetime, pipe: int) -> NoReturn:
    """Sends one ad's result after another, then ends without the parent's clean-up: its connections belong to the parent."""
    try:
        forked_children.prepare_child(pipe)
        _send(pipe, _READY)
        sizes = pieces.count_entries()
        for left, change in zip(reversed(range(len(found))), found, strict=True):
            with forked_children.limit_processor_time(CPU_SECONDS):
                answer = _analyse_one(change, now)
            _send(pipe, (answer, () if left else pieces.list_new_entries(sizes)))
        os._exit(0)
    finally:
        os._exit(1)


def _analyse_one(change: Change, now: dt.datetime) -> Any:
    try:
        document = documents.make_write(change, now).document
        return document, documents.pack_document(document)
    except MemoryError:
        return Failure(Reason.MEMORY, f"more than {MEMORY // 2**20} MB")
    except Exception as error:
        # The error's type and line of code, not its message, which may hold text of the ad.
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(Reason.ERROR, f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}")


def _send(pipe: int, answer: Any) -> None:
    data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe, view) :]
