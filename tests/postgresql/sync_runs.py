"""Sync runs in processes of their own, each of which begins when the test says so; run by test_several_workers."""

from __future__ import annotations

import os
import sys
import time
from io import StringIO
from pathlib import Path

from tests.postgresql.competing import compete, read_results
from tests.servers.live import ROOT, LiveSite
from tests.servers.ports import wait_until


class SyncRuns:
    """The command `sync` in processes with these names, forked from one."""

    def __init__(self, site: LiveSite, *names: str) -> None:
        self._site = site
        self._program = site.start("syncs", str(ROOT / "tests/postgresql/sync_runs.py"), str(site.folder), *names)

    def begin(self, name: str) -> int:
        """Begins a run; returns the number of its process."""
        (self._site.folder / f"{name}.begin").touch()
        number = self._site.folder / f"{name}.pid"
        wait_until(lambda: self._program.poll() is not None or number.exists(), 60, "the process of the sync run")
        return int(number.read_text())

    def wait(self, name: str) -> tuple[int, str]:
        """Waits for the end of a run; returns its exit code and what it printed."""
        wait_until(lambda: self._program.poll() is not None or name in self._results(), 60, f"the end of the sync run {name!r}")
        results = self._results()
        assert name in results, self._site.log("syncs")
        return results[name][0], results[name][1]

    def _results(self) -> dict[str, tuple[int, str]]:
        return read_results(self._site, "syncs")


def _run(name: str) -> tuple[int, str]:
    while not (folder / f"{name}.begin").exists():
        time.sleep(0.01)
    draft = folder / f"{name}.draft"
    draft.write_text(str(os.getpid()))
    draft.rename(folder / f"{name}.pid")
    printed = StringIO()
    try:
        call_command("sync", "--json", stdout=printed)
    except SystemExit as end:
        return int(end.code or 0), printed.getvalue()
    return 0, printed.getvalue()


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("check", verbosity=0)  # imports what the checks of each run import
    folder = Path(sys.argv[1])
    compete(sys.argv[2:], _run)
