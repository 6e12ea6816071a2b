"""The account page: e-mail address, language, devices, alerts, export and deletion."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from jobsearch.accounts import sessions
from jobsearch.accounts.email_change import EmailChangeProcess
from jobsearch.accounts.models import LoginSession, Preferences
from jobsearch.core import personal_data
from jobsearch.saved.models import SavedSearch, Subscriber, Subscription, SubscriptionRequest
from tests.accounts.support import ADDRESS, log_in_by_code, make_user, read_code
from tests.quick_login import log_in_with_signals
from tests.web.page import Page

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
NEW = "ny@example.no"


@pytest.fixture
def browser(client, kari) -> Client:
    """A browser in which the user has just logged in."""
    log_in_by_code(client)
    mail.outbox.clear()
    return client


# --- E-mail address ---


def test_the_address_is_changed_by_a_code_sent_to_the_new_one(browser, kari):
    assert browser.post("/konto/e-post/", {"email": "NY@example.no"})["Location"] == "/konto/e-post/kode/"
    [message] = mail.outbox
    assert message.to == [NEW]
    kari.refresh_from_db()
    assert kari.email == ADDRESS, "until the code is right"
    assert browser.post("/konto/e-post/kode/", {"code": "1"}).status_code == 200
    assert browser.post("/konto/e-post/kode/", {"code": read_code()})["Location"] == "/konto/"
    kari.refresh_from_db()
    assert kari.email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert mail.outbox[-1].to == [ADDRESS], "the old address gets a notice"
    log_in_by_code(Client(), NEW)


def test_the_address_of_another_account_is_not_revealed_nor_taken(browser):
    make_user("rita", NEW)
    answers = [browser.post("/konto/e-post/", {"email": address}, follow=True) for address in ("free@example.no", NEW)]
    texts = [Page(answer).one("//main").text_content().replace(NEW, "free@example.no") for answer in answers]
    assert texts[0] == texts[1]
    assert "allerede en konto" in mail.outbox[-1].body
    for code in ("", "-", "0000-0000"):
        assert browser.post("/konto/e-post/kode/", {"code": code}).status_code == 200
    assert User.objects.get(username="rita").email == NEW


def test_an_address_that_is_taken_in_the_meantime_is_not_used(browser, kari):
    browser.post("/konto/e-post/", {"email": NEW})
    code = read_code()
    make_user("rita", NEW)
    assert browser.post("/konto/e-post/kode/", {"code": code}, follow=True).status_code == 200
    kari.refresh_from_db()
    assert kari.email == ADDRESS


def test_five_wrong_codes_end_the_change(browser):
    browser.post("/konto/e-post/", {"email": NEW})
    statuses = [browser.post("/konto/e-post/kode/", {"code": "1"}).status_code for _ in range(5)]
    assert statuses == [200] * 4 + [302]
    assert browser.post("/konto/e-post/kode/", {"code": read_code()})["Location"] == "/konto/e-post/"


def test_the_present_address_is_refused(browser):
    assert "adressen du har nå" in browser.post("/konto/e-post/", {"email": ADDRESS}).content.decode()


def test_changes_of_address_are_limited(browser):
    statuses = [browser.post("/konto/e-post/", {"email": f"a{number}@example.no"}).status_code for number in range(6)]
    assert statuses == [302] * 5 + [429]


# --- Language ---


def test_the_language_is_kept_with_the_account(browser, kari):
    browser.post("/konto/sprak/", {"language": "en"})
    assert Page(browser.get("/konto/")).one("//html").get("lang") == "en"
    other = Client()
    log_in_by_code(other)
    assert Page(other.get("/konto/")).one("//html").get("lang") == "en"


@pytest.mark.parametrize("language", ["", "xx", "en\0", "nb" * 50])
def test_an_unknown_language_changes_nothing(browser, language):
    before = list(Preferences.objects.values_list("user", "language"))
    assert browser.post("/konto/sprak/", {"language": language}).status_code == 302
    assert list(Preferences.objects.values_list("user", "language")) == before


# --- Devices ---


def test_the_devices_are_listed_and_the_others_logged_out(kari):
    browsers = [Client(headers={"user-agent": agent}) for agent in (FIREFOX, "curl/8", FIREFOX)]
    for client in browsers:
        log_in_by_code(client)
    page = Page(browsers[0].get("/konto/"))
    rows = [" ".join(row.text_content().split()) for row in page.all("//ul[@class='device-list']/li")]
    assert len(rows) == 3 and rows[0].startswith("Firefox, Windows Denne enheten Sist i bruk")
    assert any(row.startswith("Ukjent enhet") for row in rows)
    browsers[0].post("/konto/enheter/logg-ut/")
    assert [client.get("/konto/").status_code for client in browsers] == [200, 302, 302]
    assert LoginSession.objects.count() == 1


def test_sessions_of_others_are_not_ended(browser):
    other = Client()
    make_user("rita", NEW)
    log_in_by_code(other, NEW)
    browser.post("/konto/enheter/logg-ut/")
    assert other.get("/konto/").status_code == 200


def test_a_session_is_recorded_once_in_five_minutes(browser):
    seen = LoginSession.objects.get().last_seen
    browser.get("/om/")
    assert LoginSession.objects.get().last_seen == seen
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        browser.get("/om/")
    assert LoginSession.objects.get().last_seen > seen + dt.timedelta(minutes=5)


def test_a_session_stays_one_row_when_its_key_changes(browser):
    browser.post("/konto/passord/", {"password1": "et passord som er langt nok", "password2": "et passord som er langt nok"})
    assert LoginSession.objects.get().session_key == browser.session.session_key


def test_a_session_from_before_is_recorded_at_the_next_request(client, kari):
    log_in_with_signals(client, kari)
    session = client.session
    del session["recorded_session"]
    session.save()
    client.get("/om/")
    assert LoginSession.objects.get().user == kari


def test_rows_of_ended_sessions_are_deleted(browser):
    Session.objects.all().delete()
    assert sessions.delete_ended_sessions() == 1


def test_visitors_are_not_recorded(client):
    client.get("/om/")
    client.post("/logg-inn/kode/", {"email": ADDRESS})
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", "Safari, Mac"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_described_without_versions(agent, device):
    assert sessions.describe_device(agent) == device


# --- Alerts ---


def subscribe(address: str) -> Subscription:
    subscriber, _created = Subscriber.objects.get_or_create(address=address, defaults={"language": "nb"})
    return Subscription.objects.create(subscriber=subscriber, params="q=kokk", frequency="daily")


def test_alerts_of_the_confirmed_address_are_linked(browser):
    assert not Page(browser.get("/konto/")).all("//a[contains(@href, '/varsler/mine/')]")
    subscribe(ADDRESS)
    link = Page(browser.get("/konto/")).one("//a[contains(@href, '/varsler/mine/')]")
    assert " ".join(link.text_content().split()) == "1 varsel på e-post"
    assert browser.get(link.get("href")).status_code == 200


def test_alerts_of_an_unconfirmed_address_are_not_linked(client):
    """An administrator can type any address for a user."""
    subscribe(ADDRESS)
    client.force_login(User.objects.create_user("rita", ADDRESS))
    assert not Page(client.get("/konto/")).all("//a[contains(@href, '/varsler/mine/')]")


def test_alerts_of_an_unconfirmed_address_do_not_follow_a_change_of_address(client):
    """The address was typed by an administrator: its alerts are those of its owner."""
    alert = subscribe(ADDRESS)
    client.force_login(make_user("rita", NEW))
    User.objects.filter(username="rita").update(email=ADDRESS)
    EmailAddress.objects.all().delete()
    user = User.objects.get(username="rita")
    request = RequestFactory().get("/")
    request.session = client.session
    state = EmailChangeProcess.initial_state(user=user, email=NEW)
    EmailChangeProcess(request, user, state).finish()
    user.refresh_from_db()
    assert user.email == NEW
    assert Subscription.objects.get(pk=alert.pk).subscriber.address == ADDRESS


# --- Export and deletion ---


@pytest.fixture
def everything(browser, kari) -> Client:
    """The user has something in every table."""
    SavedSearch.objects.create(owner=kari, name="Kokk i Bergen", params="q=kokk")
    subscribe(ADDRESS)
    SubscriptionRequest.objects.create(address=ADDRESS, language="nb", params="q=lege", frequency="weekly")
    AccessAttempt.objects.create(username=ADDRESS, ip_address="203.0.113.9", failures_since_start=1)
    Preferences.objects.update_or_create(user=kari, defaults={"language": "nn"})
    Authenticator.objects.create(user=kari, type="webauthn", data={"name": "Telefon", "credential": {"secret": "x"}})
    return browser


def test_the_export_has_everything_and_no_secret(everything):
    response = everything.get("/konto/data.json")
    assert response["Content-Type"] == "application/json" and "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="utlyst-')
    data = json.loads(response.content)
    assert data["account"]["email"] == ADDRESS and data["account"]["language"] == "nn"
    assert [search["name"] for search in data["saved"]["saved_searches"]] == ["Kokk i Bergen"]
    assert [alert["params"] for alert in data["saved"]["subscriptions"]] == ["q=kokk"]
    assert [alert["params"] for alert in data["saved"]["subscription_requests"]] == ["q=lege"]
    assert data["login_methods"][0]["name"] == "Telefon" and "secret" not in response.content.decode()
    assert len(data["sessions"]) == len(data["failed_logins"]) == 1
    assert "pbkdf2" not in response.content.decode() and everything.session.session_key not in response.content.decode()


def test_the_export_has_nothing_of_others(everything):
    other = make_user("rita", NEW)
    SavedSearch.objects.create(owner=other, name="Hemmelig", params="q=lege")
    subscribe(NEW)
    text = everything.get("/konto/data.json").content.decode()
    assert "Hemmelig" not in text and NEW not in text and len(json.loads(text)["saved"]["subscriptions"]) == 1


def test_the_account_is_deleted_at_once_with_everything(everything):
    other = make_user("rita", NEW)
    subscribe(NEW)
    response = everything.get("/konto/slett/")
    assert User.objects.count() == 2 and "Det kan ikke angres" in response.content.decode()
    response = everything.post("/konto/slett/", follow=True)
    assert "Kontoen din er slettet." in response.content.decode()
    assert list(User.objects.all()) == [other]
    assert everything.get("/konto/").status_code == 302
    for model in (SavedSearch, SubscriptionRequest, AccessAttempt, Preferences, Authenticator, LoginSession):
        assert not model.objects.exists(), model
    assert list(Subscriber.objects.values_list("address", flat=True)) == [NEW]
    [message] = [message for message in mail.outbox if message.to == [ADDRESS]]
    assert message.subject == "Kontoen din hos Utlyst er slettet"
    assert "ny konto" not in message.body and "/konto/" not in message.body


def test_no_table_has_the_address_after_the_deletion(everything):
    everything.post("/konto/slett/")
    found = [
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in {"CharField", "EmailField", "TextField"}
        and model.objects.filter(**{f"{field.name}__icontains": ADDRESS}).exists()
    ]
    assert found == []


def test_no_history_has_the_name_after_the_deletion(browser, kari):
    kind = ContentType.objects.get_for_model(User)
    administrator = make_user("root", NEW)
    LogEntry.objects.create(
        user=administrator, content_type=kind, object_id=str(kari.pk), object_repr=kari.username, action_flag=CHANGE
    )
    browser.post("/konto/slett/")
    assert [entry.object_repr for entry in LogEntry.objects.all()] == [f"#{kari.pk}"]


def test_every_table_about_a_user_goes_with_the_user():
    """A reference to a user without CASCADE would keep the row, or prevent the deletion."""
    kept = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in User._meta.related_objects
        if getattr(relation, "on_delete", None) is not None and relation.on_delete.__name__ != "CASCADE"
    }
    assert kept == set()


def test_a_deletion_goes_through_when_the_mail_server_is_down(everything, monkeypatch):
    def fail(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    assert everything.post("/konto/slett/").status_code == 302
    assert not User.objects.exists()


def test_a_part_that_an_app_registers_is_exported_and_deleted(browser, monkeypatch):
    monkeypatch.setattr(personal_data, "_PARTS", {})
    deleted = []
    personal_data.register_part("part", lambda user: [user.email], lambda user: deleted.append(user.email))
    assert browser.get("/konto/data.json").json()["part"] == [ADDRESS]
    browser.post("/konto/slett/")
    assert deleted == [ADDRESS]
