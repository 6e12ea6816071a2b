"""The worker with beat in a thread: real processes with a broker on the file system."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.servers.live import LiveSite
from tests.servers.ports import wait_until

OPTIONS = ["--threads", "1"]
# A scheduler whose first round fails, as none of the library does.
BROKEN = """
import sys
from celery.beat import Scheduler
def tick(self, *args, **kwargs):
    raise RuntimeError("the scheduler is broken")
Scheduler.tick = tick
from jobsearch.core.embedded_beat import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def site(live_site: Callable[..., LiveSite]) -> LiveSite:
    return live_site("sqlite", feed="http://127.0.0.1:9")


@pytest.mark.timeout(300)
def test_beat_starts_tasks_in_the_worker_and_ends_with_it(site: LiveSite) -> None:
    worker = site.start("worker", "-m", "jobsearch.core.embedded_beat", *OPTIONS, "--loglevel", "INFO")

    def has_run() -> bool:
        log = site.log("worker")
        assert worker.poll() is None, log
        return "index_changes" in log and "succeeded" in log

    wait_until(has_run, 30, "a task")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0, site.log("worker")
    assert "Beat has ended" not in site.log("worker")


@pytest.mark.timeout(300)
def test_the_worker_ends_when_beat_ends_by_itself(site: LiveSite) -> None:
    worker = site.start("worker", "-c", BROKEN, *OPTIONS, "--loglevel", "WARNING")
    assert worker.wait(120) is not None
    assert "the scheduler is broken" in site.log("worker")
    assert "Beat has ended" in site.log("worker")
