"""Roles and their permissions: recruiters, operators and administrators. No other module gives permissions.

A role is a Django group with the permissions below. `migrate` writes them to the database and removes others, so that a
permission given to a role by hand does not outlive the next deployment. Other users, and visitors without an account, use
the public pages and their own data.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from django.apps import apps as installed_apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.translation import gettext_lazy as _


class Role(enum.StrEnum):
    """Role of a user. The value is the name of its group."""

    RECRUITER = "recruiter"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {Role.RECRUITER: _("Rekrutterer"), Role.OPERATOR: _("Driftsoperatør"), Role.ADMINISTRATOR: _("Administrator")}
STAFF_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
"""The roles whose users may use the admin."""

_RECRUITER = frozenset({"saved.invite_colleagues"})  # share saved searches by mail

# Runs the site: jobs, lists and schedules. Nothing that names a person: no contacts, users, addresses or failed logins.
_OPERATOR = frozenset(
    {
        "ingest.view_feedstate",
        "ingest.view_run",
        "ingest.add_run",  # start and cancel jobs
        "ingest.view_detailtask",
        "ingest.change_detailtask",  # fetch ads again, empty the quarantine
        "search.view_indexstate",
        "search.view_setaside",
        "search.change_setaside",
        "search.view_threadfailure",
        "vacancies.view_vacancy",  # contacts need `view_contact`
        "vacancies.view_moderation",
        "vacancies.view_tombstone",
        "vacancies.view_purge",  # ids and counts of what was deleted
        "saved.view_alertmail",  # neither address nor search
        "saved.view_remindermail",  # neither address nor ad
        "django_celery_beat.view_periodictask",
        "django_celery_beat.change_periodictask",
        "django_celery_beat.view_intervalschedule",
    }
)

_ADMINISTRATOR = (
    _OPERATOR
    | _RECRUITER
    | {
        "vacancies.view_contact",  # show contacts unmasked
        "vacancies.view_erasure",
        "vacancies.add_erasure",  # remove a person who asks for it
        "vacancies.delete_erasure",  # lift such a request
        "vacancies.add_moderation",
        "vacancies.change_moderation",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.delete_user",
        "auth.view_group",
        "axes.view_accessattempt",
        "axes.delete_accessattempt",  # end a lock
        "control.view_loginattempt",
        "control.delete_loginattempt",
        "django_celery_beat.add_intervalschedule",
        "django_celery_beat.change_intervalschedule",
    }
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.RECRUITER: _RECRUITER,
    Role.OPERATOR: _OPERATOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}
"""The permissions of each role, as `app_label.codename`."""


def set_role(user: User, role: Role | None) -> None:
    """Gives a user this role and no other; `None` takes the role away. `is_staff` follows from it."""
    with transaction.atomic():
        groups = Group.objects.filter(name__in=list(Role))
        user.groups.remove(*groups.exclude(name=role or ""))
        if role is not None:
            user.groups.add(Group.objects.get_or_create(name=role.value)[0])
        user.is_staff = user.is_superuser or role in STAFF_ROLES
        user.save(update_fields=["is_staff"])


def get_role(user: User) -> Role | None:
    """The user's role; where several groups were given by hand, the one with the most permissions."""
    names = set(user.groups.values_list("name", flat=True))
    return next((role for role in reversed(Role) if role.value in names), None)


def list_grantable(actor: Any) -> list[Role]:
    """The roles that a user may give and take away: those without a permission that the user lacks."""
    return [role for role in Role if actor.is_superuser or actor.has_perms(PERMISSIONS[role])]


def write_roles(using: str = "default", apps: Any = installed_apps, **kwargs: Any) -> None:
    """Writes the roles to the database, as groups (receiver of `post_migrate`). Idempotent."""
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # only some apps have been migrated
        return
    # Django creates the permissions of an app after this app's signal, if the app comes later in INSTALLED_APPS.
    for label in sorted({name.partition(".")[0] for name in _ADMINISTRATOR | _RECRUITER}):
        create_permissions(installed_apps.get_app_config(label), verbosity=0, using=using, apps=apps)
    ids = {
        f"{label}.{codename}": pk
        for pk, label, codename in permissions.objects.using(using).values_list("pk", "content_type__app_label", "codename")
    }
    for role, names in PERMISSIONS.items():
        group, _created = groups.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(_get_ids(names, ids))


def _get_ids(names: Iterable[str], ids: dict[str, int]) -> list[int]:
    """The primary keys of permissions. One whose model is not in the database yet is written by a later `migrate`."""
    return [ids[name] for name in names if name in ids]
