"""Options of the test command, and what is random in a test.

The options are a chosen clock (`--clock`), a shuffled order (`--shuffle`) and all combinations of parameters
(`--every-combination`).

Nothing here is random by default: `hypothesis` draws the same examples each time (`--hypothesis-profile random` draws new
ones), and ads made by hand get the same uuids whenever a test runs, in whatever order.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import time
import uuid
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine

from tests import combinations, parallel, second_pass

TESTS = Path(__file__).resolve().parent
OSLO = ZoneInfo("Europe/Oslo")
REAL_CLOCK = {"browser", "celery", "cluster", "demo", "deployment", "postgresql", "servers"}
"""Folders whose tests start other programs, which use the machine's clock."""

DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
"""Fixtures of tests that touch the database."""
SERVERS = {"live_site", "fresh_database", "postgresql_server", "own_postgresql", "redis_server", "own_redis", "sqlite_template"}
NOT_QUICK = (
    *("tests/contract/", "tests/admin_dashboard/", "tests/expressions/", "tests/hazards/", "tests/property/", "tests/relevance/"),
    "tests/web/",
)
"""Folders that are left out of `bin/test quick`, since they take minutes: suites of whole engines, pages and feeds."""

BEFORE_MIDNIGHT = 60  # seconds in which no test starts

_slow_is_no_error = [hypothesis.HealthCheck.too_slow]  # on a busy computer
hypothesis.settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, suppress_health_check=_slow_is_no_error
)
hypothesis.settings.register_profile(
    "random", derandomize=False, deadline=None, suppress_health_check=_slow_is_no_error, print_blob=True
)
hypothesis.settings.load_profile("fixed")

_chance = random.Random()
_clock: time_machine.Coordinates | None = None
_moment: dt.datetime | None = None


def next_uuid() -> uuid.UUID:
    """A uuid that depends only on the test and on how many it has requested."""
    return uuid.UUID(int=_chance.getrandbits(128), version=4)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("jobsearch")
    group.addoption(
        "--clock",
        metavar="MOMENT",
        type=checked_moment,
        help="begin each test at this moment, as 2028-02-29T12:00 (Oslo's) or 2026-10-25T00:30+00:00; "
        "tests that start other programs are left out",
    )
    group.addoption(
        "--shuffle", metavar="SEED", type=int, help="run files, and tests within a file, in an order that this number decides"
    )
    combinations.add_option(group)


def checked_moment(text: str) -> str:
    """The text itself, once it is known to be a moment: pytest-xdist hands options to its workers, and only as plain values."""
    moment(text)
    return text


def moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=OSLO)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # A command that a script starts in the background ignores Ctrl-C, and so would the demo that a test stops by it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    global _clock, _moment
    text = config.getoption("--clock")
    _moment = moment(text) if text else None
    if _moment:
        travel = time_machine.travel(_moment, tick=True)
        _clock = travel.start()
        config.add_cleanup(travel.stop)


def pytest_report_header(config: pytest.Config) -> str | None:
    return f"clock: each test begins at {_moment.astimezone(OSLO).isoformat()}" if _moment else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m quick` or `-m postgresql`, do not read the folders that hold no such test: that takes seconds in each worker."""
    marked = config.getoption("markexpr")
    if marked not in {"quick", "postgresql"} or collection_path == TESTS or TESTS not in collection_path.parents:
        return None
    if marked == "postgresql":
        path = collection_path.relative_to(TESTS.parent).as_posix()
        return None if second_pass.holds_tests(path, is_folder=collection_path.is_dir()) else True
    if not collection_path.is_dir() or collection_path.parent != TESTS:
        return None
    name = collection_path.name
    return True if name in REAL_CLOCK or f"tests/{name}/".startswith(NOT_QUICK) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _moment:
        real = [item for item in items if _keeps_the_real_clock(item)]
        config.hook.pytest_deselected(items=real)
        items[:] = [item for item in items if item not in set(real)]
    if left_out := [item for item in items if combinations.is_left_out(item)]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not combinations.is_left_out(item)]
    for item in items:
        mark(item)
    seed = config.getoption("--shuffle")
    if seed is not None:
        shuffle(items, seed)
    elif "PYTEST_XDIST_WORKER" in os.environ:
        parallel.sort_by_group(items)


def mark(item: pytest.Item) -> None:
    """Add the marks that follow from where a test is and from its fixtures."""
    if item.get_closest_marker("django_db") or DATABASE & {*getattr(item, "fixturenames", ())}:
        item.add_marker(pytest.mark.database)
        every = item.config.getoption(combinations.OPTION)
        if second_pass.runs_again(item.nodeid, every=every) and not item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.postgresql)
    path = item.nodeid.partition("::")[0]
    if not _keeps_the_real_clock(item) and not path.startswith(NOT_QUICK) and not SERVERS & {*getattr(item, "fixturenames", ())}:
        item.add_marker(pytest.mark.quick)


def _keeps_the_real_clock(item: pytest.Item) -> bool:
    folder = Path(item.nodeid.partition("::")[0]).parts[1]
    return folder in REAL_CLOCK or any(item.get_closest_marker(name) for name in ("opensearch", "processes"))


def shuffle(items: list[pytest.Item], seed: int) -> None:
    """Shuffle files, and the tests of each file; tests of a file stay together, because they share slow fixtures."""
    by_file: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(item.nodeid.partition("::")[0], []).append(item)
    chance = random.Random(seed)
    files = sorted(by_file)
    chance.shuffle(files)
    for file in files:
        chance.shuffle(by_file[file])
    items[:] = [item for file in files for item in by_file[file]]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _chance.seed(item.nodeid)
    if _clock and _moment:
        _clock.move_to(_moment)
    else:
        wait_for_midnight(dt.datetime.now(OSLO))


def wait_for_midnight(now: dt.datetime) -> None:
    """Wait for the next day, so that a test does not create ads on one day and search for them on the next."""
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), tzinfo=OSLO)
    left = (midnight - now.astimezone(dt.UTC)).total_seconds()
    if left <= BEFORE_MIDNIGHT:
        time.sleep(left)
