"""Storage of static files whose URLs change with the file's content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFilesStorage(StaticFilesStorage):
    """Adds a part of the file's checksum to its URL, so that after an upgrade no browser runs an old script from its cache.

    Django's ManifestStaticFilesStorage does the same with the file's name, but needs a collectstatic step between a clone and
    a running site, and answers 500 where that step is missing.
    """

    def url(self, name: str | None) -> str:
        url = super().url(name)
        version = _hash(name or "") if settings.DEBUG else _hash_once(name or "")
        return f"{url}?v={version}" if version else url


def _hash(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10] if isinstance(path, str) else ""


_hash_once = cache(_hash)
