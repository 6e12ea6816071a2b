"""Child process that turns rows into documents, with limits on each ad's processor time, waiting time and memory.

An analysis that hangs inside C code, such as `re`, holds the interpreter's lock: no thread of the same process can stop it, and
Celery's thread pool runs the feed, the index and beat in one process. So a child is forked for each chunk. It inherits the
rows (nothing is sent to it), returns ad by ad through a pipe, and is ended by the kernel when one ad takes too long. The parent
continues with a new child after that ad. Measured: 1.1 times the time of an analysis in the same process, for 500 ads.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import os
import pickle
import resource
import select
import signal
import struct
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from jobsearch.search.engines.base import Write
from jobsearch.search.models import SetAside
from jobsearch.vacancies.pending import Change

from . import documents

Reason = SetAside.Reason
CPU_SECONDS = 1.0  # one ad; an ordinary one takes 0.001, so a busy or slow machine is far from it
WAIT_SECONDS = 30.0  # one ad's answer, by the clock: for a child that waits instead of working
START_SECONDS = 30.0  # the same until a child begins
CHUNK_SECONDS = 10.0  # then the parent takes what is done, so that many slow ads do not delay the ordinary ones among them
MEMORY = 256 * 2**20  # bytes above what the parent has
_LENGTH = struct.Struct("!I")
_MOST_FILES = 65_536
_READY = "ready"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an ad has no document. `detail` holds no text of the ad."""

    reason: str
    detail: str = ""


class NoChild(RuntimeError):
    """The child could not begin. No ad is the cause, so none is quarantined for it."""


@dataclass(slots=True)
class Analysed:
    """Result of analysing a chunk. `left`: rows not analysed, because the chunk's time was over."""

    writes: list[Write] = field(default_factory=list)
    failed: list[tuple[Change, Failure]] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)


def analyse(found: Sequence[Change], now: dt.datetime) -> Analysed:
    """Analyses these rows. Removals of ads that may not be shown come first and need no analysis."""
    result = Analysed()
    for change in found:
        if removal := documents.make_removal(change, now):
            result.writes.append(removal)
        else:
            result.left.append(change)
    until = time.monotonic() + CHUNK_SECONDS
    while result.left:
        answers, failure = _ask_child(result.left, now, until)
        for change, answer in zip(result.left, answers, strict=False):
            if isinstance(answer, Failure):
                result.failed.append((change, answer))
            else:
                result.writes.append(Write(change.uuid, change.version, answer))
        del result.left[: len(answers)]
        if failure:
            result.failed.append((result.left.pop(0), failure))
        if time.monotonic() >= until:
            break
    return result


def _ask_child(found: Sequence[Change], now: dt.datetime, until: float) -> tuple[list[Any], Failure | None]:
    """The results of the first of these ads, and why the next one has none; None where there was no more time."""
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if child == 0:
        _serve(found, now, writing)
    os.close(writing)
    answers: list[Any] = []
    failure = None
    try:
        ready = _receive(reading, START_SECONDS)
        if ready != _READY:
            raise NoChild(f"The process that analyses ads did not begin ({ready}).")
        while len(answers) < len(found):
            answer = _receive(reading, WAIT_SECONDS)
            if isinstance(answer, Failure) and answer.reason in (Reason.STALLED, Reason.CRASHED):
                failure = answer
                break
            answers.append(answer)
            if time.monotonic() >= until:
                break
    finally:
        os.close(reading)
        # Ends a child that works or waits; one that has ended keeps its status until it is read.
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = _wait(child)
    if failure and failure.reason == Reason.CRASHED:
        failure = _explain(status)
    return answers, failure


def _receive(pipe: int, seconds: float) -> Any:
    """The next answer; a Failure where the child ended (crashed) or does not answer (stalled)."""
    deadline = time.monotonic() + seconds
    data = b""
    size = _LENGTH.size
    while len(data) < size:
        poller = select.poll()  # not select(), which refuses file descriptors above 1023
        poller.register(pipe, select.POLLIN)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            return Failure(Reason.STALLED, f"no answer within {seconds:g} s")
        some = os.read(pipe, min(size - len(data), 1 << 16))
        if not some:
            return Failure(Reason.CRASHED)
        data += some
        if len(data) == _LENGTH.size and size == _LENGTH.size:
            size += _LENGTH.unpack(data)[0]
    return pickle.loads(data[_LENGTH.size :])  # noqa: S301 - from our own child


def _wait(child: int) -> int | None:
    try:
        return os.waitpid(child, 0)[1]
    except ChildProcessError:
        return None  # something in this process waits for every child


def _explain(status: int | None) -> Failure:
    if status is not None and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGPROF:
            return Failure(Reason.SLOW, f"more than {CPU_SECONDS:g} s of processor time")
        return Failure(Reason.CRASHED, f"signal {number}")
    code = "" if status is None else f"exit code {os.waitstatus_to_exitcode(status)}"
    return Failure(Reason.CRASHED, code)


# --- In the child -----------------------------------------------------------------------------------------------------


def _serve(found: Sequence[Change], now: dt.datetime, pipe: int) -> NoReturn:
    """Sends one ad's result after another, then ends without the parent's clean-up: its connections belong to the parent."""
    try:
        _prepare(pipe)
        _send(pipe, _READY)
        for change in found:
            signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
            answer = _analyse_one(change, now)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _send(pipe, answer)
        os._exit(0)
    finally:
        os._exit(1)


def _prepare(pipe: int) -> None:
    gc.freeze()  # no object of the parent is collected here: a database connection would end the parent's session
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGPROF, signal.SIGPIPE, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)  # SIGPROF without a handler ends the process, whatever code it is in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends the child
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    # A child that hangs must not keep a port, file or connection of the parent open.
    os.closerange(3, pipe)
    os.closerange(pipe + 1, _MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold texts and contacts
    if used := _get_address_space():
        _limit(resource.RLIMIT_AS, used + MEMORY)


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    # A sandbox may forbid it, as the project's systemd units do (@resources). Their own memory limit holds then.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _analyse_one(change: Change, now: dt.datetime) -> Any:
    try:
        return documents.make_write(change, now).document
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


def _get_address_space() -> int:
    """Bytes that this process has reserved; 0 where they are unknown (no /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
