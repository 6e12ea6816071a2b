"""What `manage.py check` says about the index. It never asks the network, and the database only where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from jobsearch.search.schema import fingerprint

from .models import IndexState


@register(Tags.database)
def the_index_has_the_present_schema(
    app_configs: Any, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """From the record's own note of what was built: `manage.py check --database default`, and before each `migrate`."""
    if "default" not in (databases or ()):
        return []
    try:
        state = IndexState.objects.first()
    except DatabaseError:
        return []  # not migrated yet
    if state is None or state.fingerprint == fingerprint():
        return []
    told = (
        "This version reads ads in another way than the search index was built with, so searches answer 503 until it is rebuilt."
    )
    hint = "Run manage.py rebuild_index, or start the worker, whose next indexing does it."
    return [Warning(told, hint=hint, id="search.W001")]
