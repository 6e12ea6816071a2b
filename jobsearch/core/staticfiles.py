"""Addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFilesStorage(StaticFilesStorage):
    """Adds a part of the file's checksum to its address, so that after an upgrade no browser runs last week's script.

    Django's ManifestStaticFilesStorage does the same with the file's name, but needs a collectstatic step between a clone and
    a running site, and answers 500 where that was forgotten.
    """

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = _now(name or "") if settings.DEBUG else _once(name or "")
        return f"{address}?v={version}" if version else address


def _now(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10] if isinstance(path, str) else ""


_once = cache(_now)
