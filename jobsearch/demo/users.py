"""Users of the demo, with random passwords that are generated at the first start and kept in a private file."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction

ADMINISTRATOR = "administrator"
RECRUITER = "rekrutterer"


@transaction.atomic
def ensure_users(path: Path) -> dict[str, str]:
    """Creates the administrator and the recruiter if missing; returns their passwords by user name.

    The passwords are stored in the file at `path`, with mode 0600. If the file is missing, new passwords are set.
    """
    passwords = _read(path)
    users = get_user_model().objects
    for name in (ADMINISTRATOR, RECRUITER):
        user, created = users.get_or_create(
            username=name, defaults={"is_staff": name == ADMINISTRATOR, "is_superuser": name == ADMINISTRATOR}
        )
        if created or name not in passwords:
            passwords[name] = secrets.token_urlsafe(9)
            user.set_password(passwords[name])
            user.save()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file)
    return passwords


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(name): str(password) for name, password in found.items()} if isinstance(found, dict) else {}
