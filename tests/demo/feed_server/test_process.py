"""`python -m jobsearch.demo.feed_server`: starts, resumes, rebuilds an incomplete file, and ends on a signal."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from jobsearch.demo.feed_server.__main__ import main

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.processes
SMALL = ["--active", "20", "--lines", "80", "--days", "30", "--port", "0"]


def command(*arguments):
    return [sys.executable, "-m", "jobsearch.demo.feed_server", *SMALL, *arguments]


@contextmanager
def running(*arguments, end=signal.SIGTERM):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(*arguments), cwd=ROOT, **pipes) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:"), process.stderr.read()
            yield line.split()[-1], process
            process.send_signal(end)
            out, err = process.communicate(timeout=120)
            assert (process.returncode, out, err) == (0, "", "")
        finally:
            process.kill()


def read_line_summary(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*), min(time), max(seq) FROM line").fetchone()
    finally:
        connection.close()


def test_the_process_listens_resumes_without_rebuilding_and_ends_on_signals(tmp_path):
    data = tmp_path / "deep" / "feed"
    with running("--data", str(data), "--live-seconds", "0") as (url, _):
        token = urllib.request.urlopen(f"{url}/api/publicToken").read().split()[-1].decode()
        request = urllib.request.Request(f"{url}/api/v1/feed", headers={"Authorization": f"Bearer {token}"})
        page = urllib.request.urlopen(request).read()
    with sqlite3.connect(data) as connection:
        connection.execute("UPDATE line SET title = 'kept' WHERE seq = 1")
    connection.close()
    with running("--data", str(data), "--live-seconds", "0.01", end=signal.SIGINT) as (url, process):
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            assert int(peak.split()[1]) < 70_000
    with sqlite3.connect(data) as connection:
        assert connection.execute("SELECT title FROM line WHERE seq = 1").fetchone() == ("kept",)
    connection.close()
    assert b'"kept"' not in page


def test_incomplete_and_corrupt_files_are_rebuilt(tmp_path):
    data = tmp_path / "feed"
    with running("--data", str(data), "--live-seconds", "0"):
        pass
    complete = read_line_summary(data)
    with sqlite3.connect(data) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'complete'")
        connection.execute("DELETE FROM line WHERE seq > 10")
    connection.close()
    with running("--data", str(data), "--live-seconds", "0"):
        pass
    assert read_line_summary(data) == complete
    os.truncate(data, 4096)
    with running("--data", str(data), "--live-seconds", "0"):
        pass
    assert read_line_summary(data) == complete


def test_old_data_are_caught_up_at_the_start(tmp_path):
    data = tmp_path / "feed"
    with running("--data", str(data), "--live-seconds", "0"):
        pass
    with sqlite3.connect(data) as connection:
        (before,) = connection.execute("SELECT count(*) FROM line").fetchone()
        connection.execute("UPDATE ad SET expires = expires - 20 * 86400000000")
    connection.close()
    with running("--data", str(data), "--live-seconds", "0"):
        pass
    with sqlite3.connect(data) as connection:
        added = connection.execute("SELECT status, count(*) FROM line WHERE seq > ? GROUP BY 1", (before,)).fetchall()
        active = "SELECT count(*) FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN' AND expires > ?"
        assert connection.execute(active, (time.time() * 1e6,)).fetchone() == (20,)
    connection.close()
    assert dict(added)["ACTIVE"] == dict(added)["INACTIVE"] > 5


def test_other_parameters_build_another_feed(tmp_path):
    data = tmp_path / "feed"
    for seed in (1, 2):
        with running("--data", str(data), "--live-seconds", "0", "--seed", str(seed)):
            pass
    with sqlite3.connect(data) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'seed'").fetchone() == ("2",)
    connection.close()


@pytest.mark.parametrize("content", [b"my thesis", b"SQLite format 3\x00" + b"\x00" * 200])
def test_a_file_that_is_not_a_feed_is_refused_and_unchanged(tmp_path, capsys, content):
    data = tmp_path / "other"
    data.write_bytes(content)
    assert main([*SMALL, "--data", str(data)]) == 2
    assert "is no feed" in capsys.readouterr().err
    assert data.read_bytes() == content


@pytest.mark.parametrize(
    "wrong", [["--host", "0.0.0.0"], ["--host", "example.no"], ["--lines", "5"], ["--active", "0"], ["--days", "1"]]
)
def test_wrong_arguments_are_refused_before_anything_is_built(tmp_path, capsys, wrong):
    data = tmp_path / "feed"
    with pytest.raises(SystemExit) as stopped:
        main([*SMALL, "--data", str(data), *wrong])
    assert stopped.value.code == 2
    assert not data.exists()
    assert "must be" in capsys.readouterr().err or wrong[0] == "--host"
