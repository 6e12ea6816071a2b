"""An interrupted `bin/test` interrupts the run on PostgreSQL once: after a second signal its servers would stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PYTEST = f"""#!{sys.executable}
import pathlib, signal, sys, time
name = "beside" if "0" in sys.argv else "main"
times = []
signal.signal(signal.SIGINT, lambda *_: times.append(1))  # as tests/options.py does where the signal is ignored
pathlib.Path(name + ".started").touch()
until = time.monotonic() + 30
while not times and time.monotonic() < until:
    time.sleep(0.01)
time.sleep(2 if name == "beside" else 0.2)  # as the end of its fixtures takes
pathlib.Path(name).write_text(str(len(times)))
"""


@pytest.mark.processes
def test_both_runs_are_interrupted_once(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/test").write_text((ROOT / "bin/test").read_text())
    programs = {".venv/bin/python": PYTEST}
    for name in ("bin/setup", *(f".venv/bin/{one}" for one in ("ruff", "djlint", "codespell", "shellcheck", "mypy"))):
        programs[name] = "#!/bin/sh\n"
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    # As a terminal: every process of its foreground group gets the signal.
    run = subprocess.Popen(
        ["bash", tmp_path / "bin/test"], env=environment, start_new_session=True, stdout=subprocess.DEVNULL, restore_signals=True
    )
    try:
        while not all((tmp_path / f"{name}.started").exists() for name in ("main", "beside")):
            assert run.poll() is None, "it ended before the runs began"
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(60) == 130
    finally:
        run.kill()
        run.wait()
    assert [(tmp_path / name).read_text() for name in ("main", "beside")] == ["1", "1"]
