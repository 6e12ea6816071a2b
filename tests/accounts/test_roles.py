"""Roles: their permissions, and how they get into the database."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from jobsearch.accounts.roles import PERMISSIONS, Role, get_role, set_role, write_roles

pytestmark = pytest.mark.django_db
PERSONAL = {"view_contact", "view_user", "change_user", "view_accessattempt", "view_loginattempt", "view_subscriber"}


@pytest.fixture
def user():
    return User.objects.create_user("kari", "kari@example.no")


@pytest.mark.parametrize("role", Role)
def test_every_permission_of_a_role_exists_and_is_in_the_database(role):
    written = {
        f"{label}.{codename}"
        for label, codename in Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    }
    assert written == PERMISSIONS[role]


def test_an_operator_sees_no_personal_data():
    assert not {name.partition(".")[2] for name in PERMISSIONS[Role.OPERATOR]} & PERSONAL


def test_an_administrator_may_do_what_an_operator_may():
    assert PERMISSIONS[Role.OPERATOR] < PERMISSIONS[Role.ADMINISTRATOR]


def test_migrate_removes_a_permission_that_was_given_by_hand(user):
    Group.objects.get(name=Role.OPERATOR).permissions.add(Permission.objects.get(codename="view_contact"))
    call_command("migrate", verbosity=0)
    set_role(user, Role.OPERATOR)
    user = User.objects.get()
    assert user.has_perm("ingest.add_run")
    assert not user.has_perm("vacancies.view_contact")


@pytest.mark.parametrize(("role", "staff"), [(Role.RECRUITER, False), (Role.OPERATOR, True), (Role.ADMINISTRATOR, True)])
def test_a_user_has_one_role_and_the_admin_follows_from_it(user, role, staff):
    others = Group.objects.create(name="another")
    user.groups.add(others, Group.objects.get(name=Role.ADMINISTRATOR))
    set_role(user, role)
    user.refresh_from_db()
    assert (get_role(user), user.is_staff) == (role, staff)
    assert set(user.groups.values_list("name", flat=True)) == {"another", role}
    set_role(user, None)
    assert (get_role(user), user.is_staff) == (None, False)


def test_a_superuser_keeps_the_admin_without_a_role():
    user = User.objects.create_superuser("root", "root@example.no")
    set_role(user, None)
    assert user.is_staff


def test_writing_the_roles_again_changes_nothing(django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        write_roles()
    assert Group.objects.filter(name__in=list(Role)).count() == len(Role)
