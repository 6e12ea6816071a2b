"""Users of the demo, with random passwords that are generated at the first start and kept in a private file."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from jobsearch.accounts.login_codes import confirm_address, is_taken
from jobsearch.accounts.roles import Role, set_role

ADMINISTRATOR = "administrator"
OPERATOR = "operator"
RECRUITER = "rekrutterer"
ROLES = {ADMINISTRATOR: Role.ADMINISTRATOR, OPERATOR: Role.OPERATOR, RECRUITER: Role.RECRUITER}
"""User name -> role. The e-mail address is `<user name>@example.no`."""


@transaction.atomic
def ensure_users(path: Path) -> dict[str, str]:
    """Creates the users if missing; returns their passwords by user name.

    The passwords are stored in the file at `path`, with mode 0600. If the file is missing, new passwords are set.
    """
    passwords = _read(path)
    for name, role in ROLES.items():
        user, created = User.objects.get_or_create(username=name, defaults={"is_superuser": name == ADMINISTRATOR})
        if created or name not in passwords:
            passwords[name] = secrets.token_urlsafe(9)
            user.set_password(passwords[name])
            user.save()
        set_role(user, role)
        address = get_address(name)
        if not user.email and not is_taken(address):
            confirm_address(user, address)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(passwords, file)
    return passwords


def get_address(name: str) -> str:
    """The e-mail address of a user of the demo, for a login by code."""
    return f"{name}@example.no"


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(name): str(password) for name, password in found.items()} if isinstance(found, dict) else {}
