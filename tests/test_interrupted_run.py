"""Runs of the tests that end early: an interrupted `bin/test`, and a worker that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PYTEST = f"""#!{sys.executable}
import pathlib, signal, sys, time
if "--collect-only" in sys.argv:
    sys.exit()
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
    """After a second signal the servers of the run on PostgreSQL would stay."""
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


@pytest.mark.processes
def test_a_run_whose_worker_is_killed_ends_with_an_error(tmp_path: Path) -> None:
    """A worker in its place was given a group with one test left, and waited for another before it began that one."""
    (tmp_path / "conftest.py").write_text("from tests.parallel import pytest_xdist_make_scheduler\n")
    (tmp_path / "test_killed.py").write_text(
        "import os, signal\ndef test_before(): pass\ndef test_killed(): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text("def test_one(): pass\ndef test_two(): pass\n")
    # With the project's options, and without its settings and plugins, which take three processes four seconds.
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"].split()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    left_out = [f"-pno:{plugin}" for plugin in ("django", "playwright", "cacheprovider")]
    command = [sys.executable, "-m", "pytest", *options, "-n2", *left_out]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 1, run.stdout
    assert "crashed while running 'test_killed.py::test_killed'" in run.stdout
    assert "worker restarting disabled" in run.stdout
