"""Claim of jobs: one of several processes claims a job, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers.live import ROOT, LiveSite
from tests.servers.ports import wait_until

JOBS = 100


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_job_is_claimed_by_one_worker(live_site: Callable[..., LiveSite], vendor: str) -> None:
    site = live_site(vendor, feed="http://127.0.0.1:9")
    code = f"from jobsearch.core.models import Job; Job.objects.bulk_create(Job(kind='index') for _ in range({JOBS}))"
    assert site.start("jobs", "-c", f"import django; django.setup(); {code}").wait(60) == 0, site.log("jobs")
    names = [f"claimer{number}" for number in range(3)]
    claimers = [site.start(name, str(ROOT / "tests/postgresql/claimer.py"), str(site.folder), name) for name in names]
    wait_until(lambda: all((site.folder / f"{name}.ready").exists() for name in names), 60, "all claimers")
    (site.folder / "go").touch()
    assert [claimer.wait(120) for claimer in claimers] == [0] * len(names), [site.log(name) for name in names]
    claimed = [key for name in names for key in site.log(name).split()]
    assert len(claimed) == len({*claimed}) == JOBS
    owners = site.value("SELECT count(DISTINCT owner) FROM core_job WHERE state = 'running'")
    assert owners == JOBS, "each claim has an owner of its own"
