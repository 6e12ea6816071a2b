"""Site of the permission matrix: one visitor of each kind, and the addresses of all URL patterns, Django admin's included."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jobsearch.accounts.roles import Role
from tests.accounts.passkeys import SoftPasskey
from tests.accounts.support import make_user
from tests.web.every_page import PAGES, Site, build

VISITORS = ("anonymous", "owner", "other", "recruiter", "operator", "administrator")
"""Columns of the matrix. `owner` has the saved searches and passkeys of the addresses; `owner` and `other` have no role."""

_ADMIN_ARGUMENTS: dict[str, list[Any]] = {
    "admin:start_job": ["sync"],
    "admin:cancel_job": [1],
    "admin:stop_job": [1],
    "admin:job_progress": [1],
    "admin:view_on_site": [1, 1],
    "admin:app_list": ["vacancies"],
}


def make_visitors() -> dict[str, Client]:
    """A browser for each kind of visitor."""
    users = {
        "owner": make_user("owner", "owner@example.no"),
        "other": make_user("other", "other@example.no"),
        **{role.value: make_user(role.value, f"{role.value}@example.no", role=role) for role in Role},
    }
    clients = {"anonymous": Client(raise_request_exception=False)}
    for name, user in users.items():
        clients[name] = Client(raise_request_exception=False)
        log_in_recently(clients[name], user)
    return clients


def log_in_recently(client: Client, user: User) -> None:
    """Log in, with the record that sensitive pages ask for."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def build_site(make_ads: Any) -> Site:
    """The site's data; the owner has saved searches and a passkey."""
    owner = User.objects.get(username="owner")
    site = build(make_ads, owner, number=3)
    credential = json.loads(SoftPasskey().register({"publicKey": {"challenge": "", "user": {"id": ""}}}))
    Authenticator.objects.create(pk=1, user=owner, type="webauthn", data={"name": "Telefon", "credential": credential})
    return site


def list_urls(patterns: Any = None, namespace: str = "") -> Iterator[str]:
    """Names of all URL patterns that have one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from list_urls(pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}"


def find_address(name: str, site: Site) -> str:
    """An address of a URL pattern: of `every_page.PAGES`, or in the admin that of the model's first row."""
    if not name.startswith("admin:"):
        return PAGES[name](site)[0]
    if name == "admin:vacancies_vacancy_contacts":
        return reverse(name, args=[site.active[0]])
    if name in _ADMIN_ARGUMENTS:
        return reverse(name, args=_ADMIN_ARGUMENTS[name])
    if name.endswith(("_change", "_delete", "_history", "_password_change")) and name != "admin:password_change":
        app, _, rest = name.removeprefix("admin:").rpartition("_")[0].removesuffix("_password").partition("_")
        return reverse(name, args=[_find_first_row(app, rest)])
    return reverse(name)


def _find_first_row(app: str, rest: str) -> Any:
    """Primary key of the first row; 1 where there is none. The name of an app may contain "_"."""
    for model in apps.get_models():
        if f"{model._meta.app_label}_{model._meta.model_name}" == f"{app}_{rest}":
            row = model._default_manager.order_by("pk").first()
            return 1 if row is None else row.pk
    raise LookupError(f"{app}_{rest}")


def visit(client: Client, method: str, address: str) -> str:
    """The result of a request, in a word of the matrix. What it changes is rolled back."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(address)
        word = _describe(response)
        transaction.set_rollback(True)
    client.cookies = cookies  # logging out deletes them
    return word


def _describe(response: HttpResponse) -> str:
    location = response.get("Location", "")
    if location.partition("?")[0] in {"/logg-inn/", "/admin/login/"}:
        return "login"
    if location.startswith("/konto/bekreft/"):
        return "confirm"
    if response.status_code in {301, 302, 303}:
        return "to"
    return {200: "ok", 403: "no", 404: "none", 405: "post", 410: "gone"}.get(response.status_code, str(response.status_code))
