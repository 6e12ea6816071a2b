"""Distribution of the tests over pytest-xdist's workers: which tests run on the same worker, and which start first.

All tests of a group run on one worker, in order. A group is a file, whose tests share module fixtures, or all that uses one
kind of server: each version of OpenSearch is a group over all files, also of browser tests, so that its node starts once in a
run, and two Java processes run at a time and not one a worker; the tests of real processes are another, which share PostgreSQL,
Redis and the process that theirs are forked from; so are the tests that start the demo, each of which chooses its ports at its
start, and those of relevance, which make and judge the same ads.

A test's group depends on its id alone, so the process that distributes the tests needs no marks of theirs.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest
from xdist.scheduler import LoadScopeScheduling

Made = TypeVar("Made")

OPENSEARCH = OLDER_OPENSEARCH, NEWEST_OPENSEARCH = "opensearch-2.19", "opensearch-3.x"
LIVE = "live processes"
LIVE_FOLDERS = (
    *("tests/postgresql/", "tests/celery/", "tests/cluster/", "tests/servers/"),
    *("tests/ingest/test_restart.py", "tests/core/test_embedded_beat.py"),
)
DEMO = "demo"
RELEVANCE = "tests/relevance/"
FIRST = (
    # These wait for a minute, OpenSearch for the start of its node: the visit and the second pass use the cores meanwhile.
    "tests/deployment/test_slow_clients.py",
    NEWEST_OPENSEARCH,
    "tests/browser/test_whole_journey.py",
    LIVE,  # waits two thirds of its four minutes
    RELEVANCE,
    "tests/property/",
    "tests/browser/test_list.py",
    "tests/browser/test_pages.py",
    OLDER_OPENSEARCH,
    "tests/contract/test_large.py",
    "tests/browser/",
    DEMO,
    "tests/web/test_hostile_addresses.py",
    "tests/admin_dashboard/test_admin_addresses.py",
    "tests/expressions/",
    "tests/deployment/",
)
"""Groups, files and folders that take longest: begun late, they would run at the end while other workers have nothing to do."""
WAITING = (
    *("tests/hazards/", "tests/core/", "tests/search/test_set_aside.py"),
    *("tests/web/test_database_down.py", "tests/web/test_login_throttle.py", "tests/ingest/test_precomputing.py"),
)
"""Files whose tests wait half of their time, for a fake feed or a time limit: three at once would leave a core idle."""


def group_of(nodeid: str) -> str:
    """Name of the group that a test belongs to."""
    file, _, name = nodeid.partition("::")
    if file.startswith(("tests/contract/", "tests/browser/")):
        for version in OPENSEARCH:
            if version in name:
                return version
    if file.startswith("tests/demo/test_"):
        return DEMO
    if file.startswith(RELEVANCE):
        return RELEVANCE
    return LIVE if file.startswith(LIVE_FOLDERS) else file


def sort_by_group(items: list[pytest.Item]) -> None:
    """Put the longest groups first, and those that wait between the others; the order within a group stays."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(group_of(item.nodeid), []).append(item)
    first = sorted((name for name in groups if rank(name) < len(FIRST)), key=rank)
    others = [name for name in groups if name not in first]
    waiting = [name for name in others if name.startswith(WAITING)]
    busy = [name for name in others if name not in waiting]
    step = len(busy) // max(1, len(waiting)) + 1
    for number, name in enumerate(waiting):
        busy.insert(number * step, name)
    items[:] = [item for name in (*first, *busy) for item in groups[name]]


def rank(group: str) -> int:
    """Position of a group in `FIRST`."""
    return next((position for position, name in enumerate(FIRST) if group.startswith(name)), len(FIRST))


class GroupScheduling(LoadScopeScheduling):
    """Scheduler that hands each group to one worker; groups start in the order of collection."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> GroupScheduling:
    return GroupScheduling(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means: no workers for tests of chosen files, which start sooner in this process; else one more than cores.

    Much of the time goes to waiting for servers, browsers and processes.
    """
    chosen = [Path(argument.partition("::")[0]) for argument in config.args]
    if all(path.suffix == ".py" for path in chosen):
        return 0
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """No garbage collections while the tests are read: what is read stays until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Leave what exists now out of garbage collections, modules and tests, which stay until the end; and collect less often.

    A full collection took 0.4 s with them, and a tenth of the processor time of the page tests. Of what was left, a collection
    after each 20,000 new objects, as in commands, takes 3 % of it, and one after each 700 took 6 %.
    """
    gc.freeze()
    gc.set_threshold(20_000)


def make_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[], Made]) -> Made:
    """What `make` returns, made by the first worker that asks; the other workers wait for it and read it from a file."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make()
    file = tmp_path_factory.getbasetemp().parent / f"{name}.pickle"  # the workers' folders stand side by side
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_bytes(pickle.dumps(make()))
    return pickle.loads(file.read_bytes())
