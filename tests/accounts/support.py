"""Fixtures and functions of account tests: users of each kind, and the code in the last mail."""

from __future__ import annotations

import re

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from jobsearch.accounts.roles import Role, set_role
from tests.web.support import PASSWORD

ADDRESS = "kari@example.no"
CODE = re.compile(r"\b\d{4}-\d{4}\b")


def make_user(name: str, email: str = "", *, role: Role | None = None, password: str | None = PASSWORD) -> User:
    """A user with a confirmed address, if one is given."""
    user = User.objects.create_user(name, email, password)
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if role:
        set_role(user, role)
    return User.objects.get(pk=user.pk)


def read_code(index: int = -1) -> str:
    """The code in a sent mail, by default the last."""
    message = mail.outbox[index]
    [code] = set(CODE.findall(str(message.body)))
    return code


def log_in_by_code(client: Client, address: str = ADDRESS, **extra: str):
    """The response to the right code."""
    response = client.post("/logg-inn/kode/", {"email": address, **extra}, follow=True)
    assert response.redirect_chain[-1][0].startswith("/logg-inn/kode/bekreft/"), response.redirect_chain
    return client.post(response.redirect_chain[-1][0], {"code": read_code()})
