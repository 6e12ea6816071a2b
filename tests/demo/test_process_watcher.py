"""The program that watches a site's processes once they all run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
# Starts one child, then hands over, as `manage.py demo` does.
STARTER = """
import signal
import sys
from pathlib import Path
from jobsearch.demo.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]))
supervisor.start("sleeper", [sys.executable, "-c", sys.argv[2]])
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
print("started", supervisor.running["sleeper"].pid, flush=True)
supervisor.hand_over("The last words.")
"""


def start(folder: Path, child: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    """A program that has started `child` and handed over, and the child."""
    command = [sys.executable, "-c", STARTER, str(folder), child]
    watcher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    pid = int(watcher.stdout.readline().split()[1])
    return watcher, psutil.Process(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("pause", [0, 0.02, 0.1, 2], ids=["at once", "20 ms later", "100 ms later", "2 s later"])
def test_a_signal_stops_the_processes_and_exits_with_zero(tmp_path, number, pause):
    """Also one that arrives while the program is replaced."""
    watcher, child = start(tmp_path, "import time; time.sleep(600)")
    time.sleep(pause)
    watcher.send_signal(number)
    output, errors = watcher.communicate(timeout=60)
    assert (watcher.returncode, errors) == (0, "")
    assert "Stopping …" in output and output.endswith("The last words.\n")
    assert not child.is_running()


def test_a_process_that_ends_is_named_with_the_end_of_its_log(tmp_path):
    watcher, _child = start(tmp_path, "print('what went wrong'); raise SystemExit(3)")
    _output, errors = watcher.communicate(timeout=60)
    assert watcher.returncode == 1
    assert "sleeper ended (exit code 3)" in errors and "what went wrong" in errors


def test_the_watcher_imports_no_django():
    modules = "{name.partition('.')[0] for name in sys.modules}"
    code = f"import sys, jobsearch.demo.process_watcher; print({modules} & {{'django', 'celery'}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
