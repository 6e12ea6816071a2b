"""Child process that turns rows into documents, with a bound on each ad's processor time, waiting time and memory.

An analysis that hangs inside C code, such as `re`, holds the interpreter's lock: no thread of the same process can stop it, and
Celery's thread pool has the feed, the index and the clock in one process. So a child is forked for each chunk. It inherits the
rows (nothing is sent to it), answers ad by ad through a pipe, and is ended by the kernel when one ad takes too long. The parent
goes on with a new child behind that ad. Measured: 1.1 times the time of an analysis in the same process, for 500 ads.
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
WAIT_SECONDS = 30.0  # one ad's answer, by the clock: for a child that waits for something instead of working
START_SECONDS = 30.0  # the same for a child that is to begin
CHUNK_SECONDS = 10.0  # then the parent takes what is done, so that many slow ads do not hold up the ordinary ones among them
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
    """The child could not begin. That is no ad's fault, so no ad is set aside for it."""


@dataclass(slots=True)
class Analysed:
    """`left`: not looked at, because the time of a chunk was over."""

    writes: list[Write] = field(default_factory=list)
    failed: list[tuple[Change, Failure]] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)


def analyse(found: Sequence[Change], now: dt.datetime) -> Analysed:
    """The writes for these rows. Ads that may not be shown come first and need no analysis."""
    result = Analysed()
    for change in found:
        if removal := documents.removal_of(change, now):
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
    """The answers for the first of these ads, and why there is none for the next one; None where there was no more time."""
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
        # Ends a child that is at work, or that waits for us; one that has ended keeps its status until it is read.
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
    """Answers for one ad after another, then ends without any of the parent's clean-up: its connections are not ours."""
    try:
        _prepare(pipe)
        _send(pipe, _READY)
        for change in found:
            signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
            answer = _answer(change, now)
            signal.setitimer(signal.ITIMER_PROF, 0)
            _send(pipe, answer)
        os._exit(0)
    finally:
        os._exit(1)


def _prepare(pipe: int) -> None:
    gc.freeze()  # nothing of the parent's is collected here: a database connection would end the parent's session
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGPROF, signal.SIGPIPE, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)  # SIGPROF without a handler ends the process, whatever code it is in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    # A child that hangs must keep no port, file or connection of the parent's open.
    os.closerange(3, pipe)
    os.closerange(pipe + 1, _MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold texts and contacts
    if used := _address_space():
        _limit(resource.RLIMIT_AS, used + MEMORY)


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    # A sandbox may forbid it, as our systemd units do (@resources). Their own bound on memory holds then.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(change: Change, now: dt.datetime) -> Any:
    try:
        return documents.write_of(change, now).document
    except MemoryError:
        return Failure(Reason.MEMORY, f"more than {MEMORY // 2**20} MB")
    except Exception as error:
        # Not the error's own words, which may repeat the ad's: its kind, and the line of code.
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(Reason.ERROR, f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}")


def _send(pipe: int, answer: Any) -> None:
    data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[os.write(pipe, view) :]


def _address_space() -> int:
    """Bytes that this process has reserved; 0 where that cannot be known (no /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
