"""Settings of the processes that tests start: the project's own, with all names in Redis under the test's prefix."""

import os

from jobsearch.settings import *  # noqa: F403

if prefix := os.environ.get("TEST_REDIS_PREFIX", ""):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = prefix  # noqa: F405
    CACHES["default"]["KEY_PREFIX"] = prefix  # noqa: F405
