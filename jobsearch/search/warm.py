"""What a web process keeps of the record, read beside the questions from its start on, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, connections

from .recent import RENEW_SECONDS
from .spelling import speller
from .suggesting import names

log = logging.getLogger(__name__)
EVERY_SECONDS = RENEW_SECONDS - 60
"""Before a question would have it renewed. A round at 10,000 ads takes less than a second of one core."""


def keep_warm() -> None:
    """Has the names that are suggested and the words that are known read now, and again and again, in a thread of its own."""
    threading.Thread(target=_keep, name="warm", daemon=True).start()


def _keep() -> None:
    while True:
        read()
        connections.close_all()  # this thread's own, not held while it sleeps
        time.sleep(EVERY_SECONDS)


def read() -> None:
    """One round. While there is no database the next one tries again, and a question that comes before it reads for itself."""
    try:
        for kept in (names, speller):
            kept.renew()
    except DatabaseError as error:
        log.warning("The words of the record could not be read (%s); they will be tried again.", type(error).__name__)
