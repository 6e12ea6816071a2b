"""Settings of a test run: the project's own, built from an environment that holds nothing of this machine's.

What a developer or a server has set (`DATABASE_URL`, `SEARCH_URL`, `.env` …) is taken away before the settings are read,
so no test can reach a real database, engine, broker or feed.
"""

import os
import tempfile

VARIABLES = (
    "NAV_FEED_URL NAV_FEED_TOKEN DATABASE_URL SEARCH_URL CELERY_BROKER_URL CACHE_URL SECRET_KEY DEBUG ALLOWED_HOSTS SITE_URL "
    "CSRF_TRUSTED_ORIGINS TRUSTED_PROXIES EMAIL_URL DEFAULT_FROM_EMAIL ADMINS FEED_BACKFILL_DAYS FEED_POLL_SECONDS "
    "RETENTION_DAYS"
).split()
for _name in VARIABLES:
    os.environ.pop(_name, None)

_folder = tempfile.mkdtemp(prefix="jobsearch-tests-")
os.environ.update(
    JOBSEARCH_READ_DOTENV="0",
    SECRET_KEY="a key for tests only, with nothing behind it",
    NAV_FEED_URL="http://127.0.0.1:9",  # the discard port: a test that forgot its stand-in gets a refused connection
    SEARCH_URL=f"embedded:///{_folder}/index",
    DATABASE_URL=f"sqlite:////{_folder}/db.sqlite3",
    CELERY_BROKER_URL=f"filesystem:///{_folder}/broker",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
)

from jobsearch.settings import *  # noqa: E402, F403

CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}  # noqa: F405 - a file: threads and processes share it
