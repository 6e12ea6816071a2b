"""People in the admin: invited by e-mail, given a role, disabled, within the permissions of the administrator who does it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.test import Client

from jobsearch.accounts.login_codes import find_user
from jobsearch.accounts.roles import Role, get_role, set_role
from jobsearch.saved.subscriptions import normalise_address

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/auth/user/"


def make_user(name: str, role: Role | None, **fields: object) -> User:
    user = User.objects.create_user(name, f"{name}@example.com", password="x", **fields)
    set_role(user, role)
    return user


@pytest.fixture
def administrator(client):
    client.force_login(make_user("administrator", Role.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("role", list(Role))
def test_a_person_is_invited_with_a_role(administrator, role):
    answer = administrator.post(f"{PEOPLE}add/", {"email": "Ny@Example.com", "role": role.value}, follow=True)
    assert answer.status_code == 200
    user = User.objects.get(email="ny@example.com")
    assert (get_role(user), user.is_staff, user.has_usable_password()) == (role, role != Role.RECRUITER, False)
    assert "ny@" not in user.username
    message = mail.outbox[0]
    assert message.to == ["ny@example.com"]
    assert "/logg-inn/" in message.body


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "administrator@EXAMPLE.com", "role": "recruiter"},
        {"email": "x", "role": "recruiter"},
        {"email": "ny@example.com", "role": "king"},
        {"email": "ny@example.com", "role": ""},
        {"email": "a" * 300 + "@example.com", "role": "recruiter"},
        {"email": "a@example.com\nBcc: b@example.com", "role": "recruiter"},
        {},
    ],
)
def test_an_invitation_that_cannot_be_is_refused(administrator, fields):
    assert administrator.post(f"{PEOPLE}add/", fields).status_code == 200
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_a_mail_server_that_is_down_leaves_an_account_that_can_be_invited_again(administrator, settings):
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = administrator.post(f"{PEOPLE}add/", {"email": "ny@example.com", "role": "recruiter"}, follow=True)
    assert "Send den på nytt fra listen" in answer.content.decode()
    settings.EMAIL_BACKEND = before
    user = User.objects.get(email="ny@example.com")
    administrator.post(PEOPLE, {"action": "invite_again", "_selected_action": [user.pk]})
    assert [message.to for message in mail.outbox] == [["ny@example.com"]]


def test_a_role_is_changed_and_taken_away(administrator):
    user = make_user("kari", Role.RECRUITER)
    page = f"{PEOPLE}{user.pk}/change/"
    assert "permission" not in administrator.get(page).content.decode()
    administrator.post(page, {"role": "operator", "is_active": "on"})
    user = User.objects.get(pk=user.pk)
    assert (get_role(user), user.is_staff) == (Role.OPERATOR, True)
    administrator.post(page, {"role": "", "is_active": "on"})
    user = User.objects.get(pk=user.pk)
    assert (get_role(user), user.is_staff) == (None, False)


def test_a_disabled_person_is_out_at_once(administrator):
    user = make_user("kari", Role.OPERATOR)
    other = Client()
    other.force_login(user)
    assert other.get("/admin/").status_code == 200
    administrator.post(f"{PEOPLE}{user.pk}/change/", {"role": "operator"})
    assert not User.objects.get(pk=user.pk).is_active
    assert other.get("/admin/").status_code == 302


@pytest.mark.parametrize("fields", [{"role": "recruiter", "is_active": "on"}, {"role": "administrator"}, {}])
def test_an_administrator_cannot_lock_herself_out(administrator, fields):
    user = User.objects.get()
    assert administrator.post(f"{PEOPLE}{user.pk}/change/", fields).status_code == 200
    user.refresh_from_db()
    assert (get_role(user), user.is_active) == (Role.ADMINISTRATOR, True)
    administrator.post(PEOPLE, {"action": "disable", "_selected_action": [user.pk]})
    administrator.post(f"{PEOPLE}{user.pk}/delete/", {"post": "yes"})
    assert User.objects.get().is_active


def test_an_administrator_cannot_change_a_superuser(administrator):
    root = User.objects.create_superuser("root", "root@example.com", "x")
    page = f"{PEOPLE}{root.pk}/"
    assert administrator.get(f"{page}change/").status_code == 200
    assert administrator.post(f"{page}change/", {"role": ""}).status_code == 403
    assert administrator.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    administrator.post(PEOPLE, {"action": "disable", "_selected_action": [root.pk]})
    root.refresh_from_db()
    assert (root.is_active, root.is_staff) == (True, True)


def test_no_field_of_the_form_makes_a_superuser_or_gives_a_permission(administrator):
    user = make_user("kari", Role.RECRUITER)
    fields = {"is_superuser": "on", "is_staff": "on", "user_permissions": "1", "email": "x@example.com", "password": "x"}
    administrator.post(f"{PEOPLE}{user.pk}/change/", {"role": "recruiter", "is_active": "on", **fields})
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff, user.email) == (False, False, "kari@example.com")
    assert not user.user_permissions.exists()


def test_several_accounts_are_disabled(administrator):
    users = [make_user(f"user{number}", Role.RECRUITER) for number in range(3)]
    administrator.post(PEOPLE, {"action": "disable", "_selected_action": [user.pk for user in users[:2]]})
    assert list(User.objects.order_by("pk").values_list("is_active", flat=True)) == [True, False, False, True]


@pytest.fixture
def clerk(client) -> User:
    """A user with permissions given by hand: to invite and change people, and no role."""
    user = User.objects.create_user("clerk", "clerk@example.com", "x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "add_user", "change_user", "delete_user"]))
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_a_role_with_permissions_that_the_giver_lacks_is_refused(client, clerk, role):
    client.post(f"{PEOPLE}add/", {"email": "ny@example.com", "role": role.value})
    assert not User.objects.filter(email="ny@example.com").exists()
    user = make_user("kari", None)
    client.post(f"{PEOPLE}{user.pk}/change/", {"role": role.value, "is_active": "on"})
    assert get_role(User.objects.get(pk=user.pk)) is None


def test_a_change_of_a_user_with_more_permissions_is_refused(client, clerk):
    chief = make_user("chief", Role.ADMINISTRATOR)
    assert client.post(f"{PEOPLE}{chief.pk}/change/", {"role": ""}).status_code == 403
    assert client.post(f"{PEOPLE}{chief.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(PEOPLE, {"action": "disable", "_selected_action": [chief.pk]})
    chief = User.objects.get(pk=chief.pk)
    assert (chief.is_active, get_role(chief)) == (True, Role.ADMINISTRATOR)


def test_an_invited_address_is_written_as_the_login_looks_for_it(administrator):
    administrator.post(f"{PEOPLE}add/", {"email": "Kari@Blåbær.no", "role": "recruiter"})
    assert find_user(normalise_address("kari@blåbær.no")) == User.objects.get(email="kari@xn--blbr-roah.no")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.RECRUITER, None])
def test_others_see_no_people(client, role):
    client.force_login(make_user("kari", role))
    for address in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}{User.objects.get().pk}/change/"):
        assert client.get(address).status_code in {302, 403}


def test_roles_are_no_list_of_permissions(administrator):
    assert administrator.get("/admin/auth/group/").status_code == 404


def test_people_are_found_and_filtered(administrator):
    make_user("kari", Role.RECRUITER)
    make_user("ola", None)
    for query, found in (("?role=recruiter", 1), ("?role=none", 1), ("?q=kari@", 1), ("?is_active__exact=0", 0), ("?role=x", 3)):
        assert administrator.get(PEOPLE + query, follow=True).context["cl"].result_count == found, query
