"""Settings of a worker in which the analysis of ads with "HENGER" in the title hangs in `re`, holding the GIL."""

from tests.servers.live_settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.servers.hanging"]
