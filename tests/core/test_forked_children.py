"""A forked worker answers in order, and one request that hangs, crashes or fills the memory ends the child alone."""

from __future__ import annotations

import os
import re
import signal
import time

import psutil
import pytest

from jobsearch.core import forked_children
from jobsearch.core.forked_children import Worker, WorkerEnded


def hang() -> None:
    re.match(r"(?:a|aa)+$", "a" * 90 + "b")  # in C code that holds the interpreter's lock


def fill_memory() -> None:
    kept = []
    while True:
        kept.append(bytes(2**26))


def raise_error() -> None:
    raise ValueError("Ring Kari Nordmann")


ACTS = {
    b"hang": hang,
    b"crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    b"killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"leave": lambda: os._exit(7),
    b"memory": fill_memory,
    b"wait": lambda: time.sleep(3600),
    b"raise": raise_error,
}


def work(request: bytes) -> bytes:
    if act := ACTS.get(request):
        act()
    return b"x" * int(request[4:]) if request.startswith(b"size") else request.upper()


def make_worker(work, *, cpu_seconds=30.0, wait_seconds=60.0):
    return Worker(work, lambda: b"learnt", cpu_seconds=cpu_seconds, wait_seconds=wait_seconds)


@pytest.fixture
def worker():
    worker = make_worker(work)
    yield worker
    worker.end()


def test_requests_are_answered_in_order_and_the_child_stays(worker):
    assert [*worker.ask([b"a", b"", b"c"])] == [b"A", b"", b"C"]
    assert [*worker.ask([b"d"])] == [b"D"]
    assert worker.finish(30) == b"learnt"


def test_neither_side_waits_for_the_other_where_all_messages_are_long(worker):
    requests = [bytes([65 + number]) * 400_000 for number in range(8)]
    assert [*worker.ask(requests)] == requests


def test_an_answer_that_is_too_long_or_an_error_is_no_answer(worker):
    too_long = b"size%d" % (forked_children.MOST_BYTES + 1)
    assert [*worker.ask([too_long, b"raise", b"a"])] == [b"", b"", b"A"]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (b"hang", "more than 0.3 s of processor time"),
        (b"crash", "signal 11"),
        (b"killed", "signal 9"),
        (b"leave", "exit code 7"),
        (b"memory", "exit code 2"),
        (b"wait", "no answer within 1 s"),
    ],
)
def test_a_request_that_ends_the_child_has_no_answer_and_those_before_it_have(request_, sentence):
    worker = make_worker(work, cpu_seconds=0.3, wait_seconds=1.0 if request_ == b"wait" else 60.0)
    answers = worker.ask([b"a", request_, b"c"])
    assert next(answers) == b"A"
    with pytest.raises(WorkerEnded, match=sentence):
        next(answers)
    with pytest.raises(WorkerEnded):
        next(worker.ask([b"d"]))


def test_a_child_that_another_thread_kills_ends_what_waits_for_it(worker):
    worker.kill()
    with pytest.raises(WorkerEnded):
        next(worker.ask([b"a"]))
    worker.kill()
    assert worker.end() is None


def test_a_child_has_no_other_file_and_none_is_left_at_the_end():
    process = psutil.Process()
    before = process.num_fds(), len(process.children())
    with open(__file__) as opened:  # noqa: PTH123 - a file descriptor of this process
        worker = make_worker(lambda _request: " ".join(os.listdir("/proc/self/fd")).encode())  # noqa: PTH208
        found = {int(number) for number in next(worker.ask([b""])).split()}
        assert opened.fileno() not in found
    assert len(found - {0, 1, 2}) == 2, "its channel, and the folder that it reads"
    worker.finish(30)
    assert (process.num_fds(), len(process.children())) == before


def test_a_child_ends_with_its_parent():
    """The parent's end of the channel is in no other process."""
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        worker = make_worker(lambda _request: str(os.getpid()).encode())
        os.write(writing, next(worker.ask([b""])))
        os._exit(0)
    child = int(os.read(reading, 100))
    os.waitpid(parent, 0)
    until = time.monotonic() + 30
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
    os.close(reading)
    os.close(writing)
