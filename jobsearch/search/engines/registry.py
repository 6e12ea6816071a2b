"""Registry of engines: loads the one that `SEARCH_URL` selects when it is first needed."""

from __future__ import annotations

import threading

from django.conf import settings

from jobsearch.search.errors import EngineDown

from .base import Engine, Health

_lock = threading.Lock()
_engines: dict[str, Engine] = {}


def engine() -> Engine:
    """The engine of `SEARCH_URL`: one object for each process, shared by its threads."""
    url = settings.SEARCH_URL
    found = _engines.get(url)
    if found is None:
        with _lock:
            found = _engines.get(url) or _open(url)
            _engines[url] = found
    return found


def _open(url: str) -> Engine:
    # Only the engine in use is imported: the other one's library would cost each process some 20 MB.
    if url.startswith("embedded:"):
        from jobsearch.env import path_after_scheme

        from .tantivy import TantivyEngine

        return TantivyEngine(path_after_scheme("SEARCH_URL", url))
    from .opensearch import OpenSearchEngine

    # Tests run beside each other on one server, under names of their own.
    return OpenSearchEngine(url, getattr(settings, "SEARCH_INDEX", "jobsearch"))


def engine_health() -> Health:
    """State of the engine. Never raises: an engine that does not answer is not `ok`, and `detail` states why."""
    try:
        return engine().check_health()
    except EngineDown as error:
        return Health(settings.SEARCH_URL.partition(":")[0], "", False, 0, str(error))


def forget_engines() -> None:
    """Closes the engine; the next call of `engine` opens it again. For a fork, and between tests."""
    with _lock:
        for one in _engines.values():
            one.close()
        _engines.clear()
