"""System check of the index. It uses no network, and the database only with `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from jobsearch.search.schema import fingerprint

from .models import IndexState


@register(Tags.database)
def check_index_schema(app_configs: Any, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Warns where the index was built with another schema, by the database's own state. Also runs before each `migrate`."""
    if "default" not in (databases or ()):
        return []
    try:
        state = IndexState.objects.first()
    except DatabaseError:
        return []  # not migrated yet
    if state is None or state.fingerprint == fingerprint():
        return []
    message = (
        "This version reads ads in another way than the search index was built with, so searches answer 503 until it is rebuilt."
    )
    hint = "Run manage.py rebuild_index, or start the worker, whose next indexing does it."
    return [Warning(message, hint=hint, id="search.W001")]
