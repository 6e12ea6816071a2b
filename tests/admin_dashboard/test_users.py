"""People in the admin: invited by e-mail, given a role, disabled, within the permissions of the administrator who does it."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from ingest.models import FeedState
from jobsearch.accounts.login_codes import find_user
from jobsearch.accounts.models import LoginSession
from jobsearch.accounts.personal_data import delete_account, export_account
from jobsearch.accounts.roles import Role, get_role, set_role
from jobsearch.admin_dashboard.jobs.retention import ADMIN_LOG_DAYS, delete_old_rows
from jobsearch.core.models import Job
from jobsearch.saved.mail.addresses import normalise_address
from jobsearch.saved.models import ReminderMail
from jobsearch.vacancies.deletion_models import Erasure

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


def test_last_seen_is_the_last_use_and_not_the_last_login(administrator):
    now = timezone.now()
    long_ago = now - dt.timedelta(days=30)
    used, logged_in, never = (make_user(name, Role.RECRUITER) for name in ("used", "logged-in", "never"))
    User.objects.filter(pk__in=[used.pk, logged_in.pk]).update(last_login=long_ago)
    for key, ago in (("a", 9), ("b", 3)):
        LoginSession.objects.create(user=used, session_key=key, last_seen=now - dt.timedelta(days=ago))
    found = {user.pk: user.seen for user in administrator.get(f"{PEOPLE}?role=recruiter").context["cl"].result_list}
    assert list(found.items()) == [(used.pk, now - dt.timedelta(days=3)), (logged_in.pk, long_ago), (never.pk, None)]


def give_second_step(user: User) -> None:
    for kind in ("totp", "webauthn", "recovery_codes"):
        Authenticator.objects.create(user=user, type=kind, data={})


def test_a_second_step_that_is_lost_is_removed_after_a_question_and_logged(administrator):
    kari, ola = make_user("kari", Role.OPERATOR), make_user("ola", Role.OPERATOR)
    give_second_step(kari)
    assert "kodeapp, passnøkkel, reservekoder" in administrator.get(f"{PEOPLE}{kari.pk}/change/").content.decode()
    chosen = {"action": "remove_second_step", "_selected_action": [kari.pk, ola.pk]}
    assert "kari@example.com" in administrator.post(PEOPLE, chosen).content.decode()
    assert Authenticator.objects.count() == 3, "nothing before the confirmation"
    administrator.post(PEOPLE, {**chosen, "confirmed": "1"})
    assert not Authenticator.objects.exists()
    assert [message.to for message in mail.outbox] == [["kari@example.com"]]
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(kari.pk), "Ekstra sikkerhet ved innlogging fjernet")


def test_several_passkeys_of_a_user_are_named_in_the_plural(administrator):
    kari = make_user("kari", Role.OPERATOR)
    for name in ("Telefon", "Nøkkel"):
        Authenticator.objects.create(user=kari, type="webauthn", data={"name": name})
    assert "passnøkler" in administrator.get(f"{PEOPLE}{kari.pk}/change/").content.decode()
    assert "passkeys" in administrator.get(f"{PEOPLE}{kari.pk}/change/", headers={"accept-language": "en"}).content.decode()


def test_an_action_that_sends_mails_takes_some_users_at_a_time(administrator):
    chosen = [make_user(f"user{number}", Role.OPERATOR).pk for number in range(25)]
    response = administrator.post(PEOPLE, {"action": "remove_second_step", "_selected_action": chosen})
    assert len(response.context["users"]) == 20


def test_the_second_step_of_a_superuser_or_oneself_is_not_removed_by_the_action(administrator):
    root = User.objects.create_superuser("root", "root@example.com", "x")
    own = User.objects.get(username="administrator")
    for user in (root, own):
        give_second_step(user)
    chosen = {"action": "remove_second_step", "_selected_action": [root.pk, own.pk]}
    assert "Du kan ikke gjøre dette" in administrator.post(PEOPLE, chosen).content.decode()
    administrator.post(PEOPLE, {**chosen, "confirmed": "1"})
    assert Authenticator.objects.count() == 6


def test_a_user_without_the_permission_to_change_people_removes_no_second_step(client, clerk):
    chief = make_user("chief", Role.ADMINISTRATOR)
    give_second_step(chief)
    chosen = {"action": "remove_second_step", "_selected_action": [chief.pk], "confirmed": "1"}
    client.post(PEOPLE, chosen)
    client.force_login(make_user("operator", Role.OPERATOR))
    assert client.post(PEOPLE, chosen).status_code == 403
    assert Authenticator.objects.count() == 3


def test_the_command_removes_the_second_step_of_the_only_administrator(db):
    user = User.objects.create_superuser("root", "root@example.com", "x")
    give_second_step(user)
    with pytest.raises(CommandError, match="no such user"):
        call_command("remove_second_step", "unknown-user")
    call_command("remove_second_step", "ROOT@example.com")
    assert not Authenticator.objects.exists()


def test_the_name_of_a_deleted_user_is_in_no_job_and_no_erasure(db):
    kari, ola = make_user("kari", Role.OPERATOR), make_user("ola", Role.OPERATOR)
    for user in (kari, ola):
        name = user.username
        Job.objects.create(kind="sync", requested_by=name, stop_requested_by=name, error_code="stopped", error_detail=name)
        Job.objects.create(kind="sync", requested_by=name, error_code="bug", error_detail=f"of {name}")
        Erasure.objects.create(requested_by=name)
    FeedState.objects.create(id=1, origin="https://feed.example", paused_by="kari")
    assert [row["what"] for row in export_account(kari)["requested_jobs"]] == ["Følge strømmen", "Følge strømmen", "erasure"]
    number = f"#{kari.pk}"
    delete_account(kari)
    columns = ("requested_by", "stop_requested_by", "error_detail")
    assert set(Job.objects.values_list(*columns)) == {
        (number, number, number),
        (number, "", "of kari"),
        ("ola", "ola", "ola"),
        ("ola", "", "of ola"),
    }
    assert set(Erasure.objects.values_list("requested_by", flat=True)) == {number, "ola"}
    assert FeedState.objects.get().paused_by == number


def test_the_history_of_a_deleted_administrator_is_kept_without_the_name(administrator):
    kari = make_user("kari", Role.ADMINISTRATOR)
    page = ContentType.objects.get_for_model(Job)
    LogEntry.objects.create(
        user=kari, content_type=page, object_id="1", object_repr="x", action_flag=CHANGE, change_message="seen"
    )
    administrator.post(f"{PEOPLE}{kari.pk}/delete/", {"post": "yes"})
    entry = LogEntry.objects.get(object_id="1", content_type=page)
    holder = entry.user
    assert (holder.username, holder.email, holder.is_active, holder.has_usable_password()) == (f"#{kari.pk}", "", False, False)
    assert "kari" not in str(User.objects.values())
    assert f"#{kari.pk}" not in administrator.get(PEOPLE).content.decode(), "not an account that anyone uses"
    delete_old_rows(timezone.now() + dt.timedelta(days=ADMIN_LOG_DAYS + 1))
    assert not User.objects.filter(pk=holder.pk).exists()


def test_a_user_with_rows_in_other_lists_of_the_admin_can_be_deleted(administrator):
    """Django refuses it without the permission to delete the reminders, which no role has."""
    kari = make_user("kari", Role.RECRUITER)
    ReminderMail.objects.create(owner=kari, created=timezone.now())
    page = administrator.get(f"{PEOPLE}{kari.pk}/delete/").content.decode()
    assert "kari@example.com" in page
    assert "object (" not in page, "no names of classes"
    administrator.post(f"{PEOPLE}{kari.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=kari.pk).exists()
    assert not ReminderMail.objects.exists()
