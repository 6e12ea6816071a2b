"""Memory of the site's processes: imports, and the return of freed memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Of a site on SQLite with the embedded engine and a broker on the file system, as the demo is. Megabytes: redis 7, requests and
# urllib3 3, Celery's command line with prompt_toolkit and pygments 4, the others 2 each.
NOT_FOR_WEB = {"redis", "requests", "urllib3", "prompt_toolkit", "pygments", "xlsxwriter", "icalendar", "psycopg", "opensearchpy"}
NOT_FOR_WORKER = {
    *("redis", "prompt_toolkit", "pygments", "xlsxwriter", "icalendar", "psycopg", "opensearchpy", "fido2", "celery.bin"),
    *("jobsearch.urls", "jobsearch.web.views.search"),
}
WEB = "import jobsearch.wsgi"
WORKER = "from jobsearch.core.embedded_beat import build_worker; build_worker(1, 'WARNING')"
HEAP = """
from jobsearch.core import free_memory
blocks = [bytes(1000) for _ in range(60_000)]
kept = blocks[::500]  # glibc cannot return the end of its heap, because one of these blocks is there
held = free_memory.read_resident()
del blocks
freed = free_memory.read_resident()
free_memory._find_release()(0)
print(held - freed, freed - free_memory.read_resident())
"""


def run(program: str, folder: Path, **more: str) -> str:
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "NAV_FEED_URL": "http://127.0.0.1:9",
        "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
        "SEARCH_URL": f"embedded://{folder}/index",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
        **more,
    }
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize(("start", "unwanted"), [(WEB, NOT_FOR_WEB), (WORKER, NOT_FOR_WORKER)], ids=["web", "worker"])
def test_a_process_imports_no_library_that_it_does_not_need(start, unwanted, tmp_path):
    program = f"import sys\n{start}\nprint('modules:', *sorted(sys.modules))"
    modules = set(run(program, tmp_path, CELERY_SKIP_CHECKS="1").partition("modules: ")[2].split())
    assert "jobsearch.search.api" in modules
    assert not modules & unwanted


def test_freed_memory_goes_back_to_the_system(tmp_path):
    at_once, later = map(int, run(HEAP, tmp_path, MALLOC_ARENA_MAX="1", MALLOC_TRIM_THRESHOLD_="131072").split())
    assert at_once < 10 * 2**20, "glibc returns it by itself, so `malloc_trim` is not needed"
    assert later > 40 * 2**20
