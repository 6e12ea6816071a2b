"""Rebuilds that are killed (SIGKILL) at random moments, while another process changes, closes and indexes ads and searches.

Afterwards one rebuild is left alone, and index and database are compared.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import datasets, site
from bench.harness.protocol import Case, Measurement, Options, make_reading

KILLS = 10


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads)
    folder = datasets.copy_database(loaded, options.data / "rebuild-killed")
    try:
        figures = measure(site.build_environment(folder))
    finally:
        shutil.rmtree(folder)
    for label, value in figures.items():
        yield make_reading(label, partial(float, value))


def measure(environment: dict[str, str]) -> dict[str, float]:
    writer = site.Child(site.ROOT, "rebuild_killed.py", "write", environment)
    whole = site.Child(site.ROOT, "rebuild_killed.py", "rebuild", environment)
    seconds = whole.read()["seconds"]
    whole.close()
    chance, killed = random.Random(5), 0
    while killed < KILLS:
        killed += kill_one(environment, seconds * chance.uniform(0.02, 0.98))
        print(f"{killed} of {KILLS} rebuilds killed", file=sys.stderr, flush=True)
    figures: dict[str, Any] = writer.end()
    return {
        "rebuilds killed": killed,
        "changes and closings meanwhile": figures["writes"],
        "searches meanwhile, each of all ads": figures["searches"],
        "of them failed": figures["failed"],
        "ended ads that they found": figures["ended"],
        "active ads that they did not find": figures["missing"],
        "a rebuild beside the writes, s": seconds,
        "the rebuild after the kills, s": figures["seconds"],
        "differences between index and database after it": figures["differences"],
    }


def kill_one(environment: dict[str, str], seconds: float) -> bool:
    """Starts a rebuild and kills it after so many seconds of its work. False if it was done by then."""
    rebuild = site.Child(site.ROOT, "rebuild_killed.py", "rebuild", environment)
    try:
        rebuild.process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        rebuild.process.send_signal(signal.SIGKILL)
        return True
    finally:
        rebuild.close()


MEASUREMENT = Measurement(
    name="rebuild-killed",
    title="Rebuilds that are killed under writes",
    sample="one run, in which another process changes, closes, indexes and searches ads",
    baseline="",
    make_cases=make_cases,
    unit="",
    rounds=1,
    warm_up=0,
    ads=(1000,),
    by_hand="three minutes",
)
