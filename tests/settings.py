"""Settings of a test run: the project's settings in a clean environment.

Variables of a developer or a server (`DATABASE_URL`, `SEARCH_URL`, `.env` …) are removed before the settings are loaded,
so no test can reach a real database, engine, broker or feed. With `TEST_ON=postgresql` the same tests run on a PostgreSQL
that is started for them (or on the one at `TEST_DATABASE_URL`, in a database of their own).
"""

import atexit
import os
import re
import secrets
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

_ENV_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"  # names every setting: tests/test_readme.py checks it
VARIABLES = [
    *re.findall(r"^([A-Z][A-Z0-9_]*)=", _ENV_EXAMPLE.read_text(), re.M),
    # Variables that Celery reads itself, without the settings.
    *("CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND", "CELERY_CONFIG_MODULE", "CELERY_LOADER"),
    # And those of libpq: PGHOST, PGPASSWORD, PGSERVICE, PGOPTIONS … complete a connection URL.
    *(name for name in os.environ if name.startswith("PG")),
]
for _name in VARIABLES:
    os.environ.pop(_name, None)

_at_the_end = ExitStack()
_owner = os.getpid()
atexit.register(lambda: _at_the_end.close() if os.getpid() == _owner else None)  # not by forked child processes
_folder = tempfile.mkdtemp(prefix="jobsearch-tests-")
_at_the_end.callback(shutil.rmtree, _folder, ignore_errors=True)
_database = f"sqlite:////{_folder}/db.sqlite3"
if os.environ.get("TEST_ON") == "postgresql":
    from tests.servers import postgresql

    # Also for processes that tests start, and for tests of PostgreSQL only: one server for the whole run.
    os.environ["TEST_DATABASE_URL"] = _database = _at_the_end.enter_context(postgresql.running()).url
os.environ.update(
    JOBSEARCH_READ_DOTENV="0",
    SECRET_KEY="a key for tests only, with nothing behind it",
    NAV_FEED_URL="http://127.0.0.1:9",  # the discard port: a test without a fake feed server gets a refused connection
    SEARCH_URL=f"embedded:///{_folder}/index",
    DATABASE_URL=_database,
    CELERY_BROKER_URL=f"filesystem:///{_folder}/broker",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
)

from jobsearch.settings import *  # noqa: E402, F403

CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if os.environ.get("TEST_ON") == "postgresql":
    DATABASES["default"]["TEST"] = {"NAME": f"jobsearch_test_{secrets.token_hex(8)}"}  # noqa: F405
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - a connection kept by a thread would block dropping the database
else:
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}  # noqa: F405 - a file: threads and processes share it
