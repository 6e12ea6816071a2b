"""Forked child processes with limits on processor time, waiting time and memory, for work on texts from outside.

Work that hangs inside C code, such as `re`, holds the interpreter's lock: no thread of the same process can stop it. The kernel
ends a child. A fork from a process with threads is risky, so a child only computes: it uses no connection or file of the parent,
collects none of the parent's garbage and leaves by `_exit` (docs/decisions/0013-bounded-analysis.md).
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

MEMORY = 256 * 2**20  # bytes above what the parent has
MOST_BYTES = 2**20  # of an answer of a `Worker`: its parent reads it into its own memory
_LENGTH = struct.Struct("!I")
_MOST_FILES = 65_536
_SIGNALS = (signal.SIGTERM, signal.SIGPROF, signal.SIGPIPE, signal.SIGCHLD, signal.SIGALRM)


def prepare_child(channel: int) -> None:
    """First call in a child: signals, files and memory. `channel`: the file descriptor that stays open."""
    gc.freeze()  # no object of the parent is collected here: a database connection would end the parent's session
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)  # SIGPROF without a handler ends the process, whatever code it is in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends the child
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    # A child that hangs must not keep a port, file or connection of the parent open.
    os.closerange(3, channel)
    os.closerange(channel + 1, _MOST_FILES)
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold texts and contacts
    if used := _get_address_space():
        _limit(resource.RLIMIT_AS, used + MEMORY)


@contextlib.contextmanager
def limit_processor_time(seconds: float) -> Iterator[None]:
    """Ends the process, by SIGPROF, where the block takes more processor time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def describe_end(status: int | None) -> str:
    """How a child ended, by its status of `waitpid`."""
    if status is None:
        return ""
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit code {os.waitstatus_to_exitcode(status)}"


def end_child(pid: int) -> int | None:
    """Ends a child and returns its status; one that has ended by itself keeps it until it is read."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return None  # something in this process waits for every child


class WorkerEnded(Exception):
    """The child has ended or did not answer in time. Its text holds nothing of the request."""


class Worker:
    """Forked child that stays, and answers requests in order. Raises OSError where none can be forked.

    `work` is called in the child with each request, within so many seconds of the processor and by the clock. The answer is b""
    where it raises, and where it would be longer than `MOST_BYTES`. `finish` is called there at the end.
    """

    def __init__(
        self, work: Callable[[bytes], bytes], finish: Callable[[], bytes], *, cpu_seconds: float, wait_seconds: float
    ) -> None:
        ours, its = socket.socketpair()
        try:
            self._pid = os.fork()
        except OSError:
            ours.close()
            its.close()
            raise
        if self._pid == 0:
            _serve(its, work, finish, cpu_seconds)
        its.close()
        self._channel, self._cpu_seconds, self._wait_seconds = ours, cpu_seconds, wait_seconds
        self._has_ended = False
        self._ending = threading.Lock()

    def ask(self, requests: Sequence[bytes]) -> Iterator[bytes]:
        """The answers of these requests, one after the other. Raises `WorkerEnded` at the first that has none."""
        try:
            self._channel.settimeout(self._wait_seconds)
            # The child reads all of them before it answers the first, so neither waits for the other to read.
            self._channel.sendall(_LENGTH.pack(len(requests)) + b"".join(_LENGTH.pack(len(one)) + one for one in requests))
            for _request in requests:
                yield _receive(self._channel, time.monotonic() + self._wait_seconds)
        except (OSError, EOFError) as error:
            raise WorkerEnded(self._explain(error)) from None

    def finish(self, seconds: float) -> bytes:
        """Ends the child after its last work; what `finish` returned there, b"" where that takes longer."""
        try:
            self._channel.settimeout(seconds)
            self._channel.sendall(_LENGTH.pack(0))
            return _receive(self._channel, time.monotonic() + seconds)
        except (OSError, EOFError):
            return b""
        finally:
            self.end()

    def end(self) -> int | None:
        """Ends the child at once, and returns its status."""
        self._channel.close()
        with self._ending:
            status = None if self._has_ended else end_child(self._pid)
            self._has_ended = True
        return status

    def kill(self) -> None:
        """Kills the child; the thread that asks it finds that it has ended. May be called by another thread."""
        with self._ending:
            if not self._has_ended:
                os.kill(self._pid, signal.SIGKILL)

    def _explain(self, error: OSError | EOFError) -> str:
        status = self.end()
        if isinstance(error, TimeoutError):
            return f"no answer within {self._wait_seconds:g} s"
        if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
            return f"more than {self._cpu_seconds:g} s of processor time"
        return describe_end(status)


def _serve(channel: socket.socket, work: Callable[[bytes], bytes], finish: Callable[[], bytes], cpu_seconds: float) -> NoReturn:
    """Answers until the parent says that there is no more, or has ended itself."""
    try:
        prepare_child(channel.fileno())
        channel.settimeout(None)
        while number := _LENGTH.unpack(_read(channel, _LENGTH.size))[0]:
            for request in [_receive(channel) for _ in range(number)]:
                with limit_processor_time(cpu_seconds):
                    answer = _work(work, request)
                _send(channel, answer if len(answer) <= MOST_BYTES else b"")
        with limit_processor_time(cpu_seconds):
            last = _work(lambda _nothing: finish(), b"")
        _send(channel, last)
        os._exit(0)
    finally:
        os._exit(1)


def _work(work: Callable[[bytes], bytes], request: bytes) -> bytes:
    try:
        return work(request)
    except MemoryError:
        os._exit(2)  # a new child begins with the parent's memory
    except Exception:
        return b""  # the parent does this work itself, and meets the same error


def _send(channel: socket.socket, answer: bytes) -> None:
    channel.sendall(_LENGTH.pack(len(answer)) + answer)


def _receive(channel: socket.socket, until: float | None = None) -> bytes:
    return _read(channel, _LENGTH.unpack(_read(channel, _LENGTH.size, until))[0], until)


def _read(channel: socket.socket, size: int, until: float | None = None) -> bytes:
    found = bytearray()
    while len(found) < size:
        if until is not None:
            channel.settimeout(max(0.001, until - time.monotonic()))
        some = channel.recv(min(size - len(found), 2**20))
        if not some:
            raise EOFError
        found += some
    return bytes(found)


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    # A sandbox may forbid it, as the project's systemd units do (@resources). Their own memory limit holds then.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _get_address_space() -> int:
    """Bytes that this process has reserved; 0 where they are unknown (no /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
