"""Claim of jobs: one of several processes claims a job, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.postgresql.competing import read_results
from tests.servers.live import ROOT, LiveSite

JOBS = 100


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_job_is_claimed_by_one_worker(live_site: Callable[..., LiveSite], vendor: str) -> None:
    site = live_site(vendor, feed="http://127.0.0.1:9")
    names = [f"claimer{number}" for number in range(3)]
    claimers = site.start("claimers", str(ROOT / "tests/postgresql/claimer.py"), str(JOBS), *names)
    assert claimers.wait(120) == 0, site.log("claimers")
    results = read_results(site, "claimers")
    assert set(results) == set(names)
    claimed = [key for keys in results.values() for key in keys]
    assert len(claimed) == len({*claimed}) == JOBS
    owners = site.value("SELECT count(DISTINCT owner) FROM core_job WHERE state = 'running'")
    assert owners == JOBS, "each claim has an owner of its own"
