"""Registry of personal data: each app registers what it stores about a user, for export and deletion of an account.

The account pages need the data of every app, and an app may not import the apps above it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # apps register before Django's models are loaded
    from django.contrib.auth.models import User

Export = Callable[["User"], Any]
"""Returns what is stored about the user as JSON values; times may be `datetime`, ids `UUID`."""
Delete = Callable[["User"], object]
"""Deletes what the cascade of the user's row does not: rows that are found by the user's confirmed e-mail address."""

_PARTS: dict[str, tuple[Export, Delete | None]] = {}


def register_part(name: str, export: Export, delete: Delete | None = None) -> None:
    """Registers a part of the personal data. `name` is its key in the exported file. Call it in `AppConfig.ready`."""
    _PARTS[name] = (export, delete)


def export_parts(user: User) -> dict[str, Any]:
    """All registered parts by name."""
    return {name: export(user) for name, (export, _delete) in sorted(_PARTS.items())}


def delete_parts(user: User) -> None:
    """Deletes the parts that are not deleted with the user's row."""
    for _export, delete in _PARTS.values():
        if delete:
            delete(user)
