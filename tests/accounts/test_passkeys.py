"""Passkeys: registration, login with a passkey alone, and as a second step; forged answers are refused."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from tests.accounts.passkeys import SoftPasskey
from tests.accounts.support import ADDRESS, log_in_by_code, make_user
from tests.web.page import Page
from tests.web.support import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, ADD = "/logg-inn/passnokkel/", "/konto/passnokler/ny/"


def read_options(page) -> dict:
    return json.loads(Page(page).one("//script[@id='passkey-options']").text_content())


def fetch_challenge(client: Client) -> dict:
    return client.get(LOGIN, headers={"accept": "application/json"}).json()["request_options"]


@pytest.fixture
def passkey(kari) -> SoftPasskey:
    """The passkey of the user, registered through the page."""
    browser, key = Client(), SoftPasskey()
    log_in_by_code(browser)
    credential = key.register(read_options(browser.get(ADD))["creation_options"])
    response = browser.post(ADD, {"name": "Telefonen", "passwordless": "on", "credential": credential})
    assert response["Location"] == "/konto/reservekoder/"
    return key


def log_in(client: Client, key: SoftPasskey, **fields: str):
    return client.post(LOGIN, {"credential": key.authenticate(fetch_challenge(client)), **fields})


def test_a_registered_passkey_is_listed_and_the_user_gets_a_mail(passkey, kari):
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Telefonen"
    assert mail.outbox[-1].subject == "Kontoen din har fått en ny passnøkkel – Utlyst"
    client = Client()
    log_in(client, passkey)
    assert "Telefonen" in client.get("/konto/passnokler/").content.decode()
    assert "Du har 1 passnøkkel." in " ".join(Page(client.get("/konto/")).one("//main").text_content().split())


def test_a_passkey_logs_in_alone(passkey, kari):
    client = Client()
    assert log_in(client, passkey)["Location"] == "/lagrede-sok/"
    assert client.get("/konto/").context["user"] == kari


def test_a_login_by_passkey_returns_to_the_page_it_began_at(passkey):
    assert log_in(Client(), passkey, next="/om/")["Location"] == "/om/"
    assert log_in(Client(), passkey, next="https://evil.example/")["Location"] == "/lagrede-sok/"


def test_a_passkey_is_the_second_step_after_code_and_password(passkey, kari):
    kari.set_password(PASSWORD)
    kari.save()
    for begin in (lambda client: log_in_by_code(client), lambda client: log_in_by_password(client)):
        client = Client()
        assert begin(client)["Location"] == "/logg-inn/trinn-2/"
        options = read_options(client.get("/logg-inn/trinn-2/"))["request_options"]
        client.post("/logg-inn/trinn-2/", {"credential": passkey.authenticate(options)})
        assert client.get("/konto/").status_code == 200


def log_in_by_password(client: Client):
    return client.post("/logg-inn/", {"username": ADDRESS, "password": PASSWORD})


def test_an_answer_works_once(passkey):
    client = Client()
    credential = passkey.authenticate(fetch_challenge(client))
    assert client.post(LOGIN, {"credential": credential}).status_code == 302
    client.post("/logg-ut/")
    client.post(LOGIN, {"credential": credential})
    assert client.get("/konto/").status_code == 302


@pytest.mark.parametrize("field", ["signature", "authenticatorData", "clientDataJSON"])
def test_a_changed_answer_is_refused(passkey, field):
    client = Client()
    answer = json.loads(passkey.authenticate(fetch_challenge(client)))
    text = answer["response"][field]
    answer["response"][field] = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
    response = client.post(LOGIN, {"credential": json.dumps(answer)}, follow=True)
    assert response.status_code == 200 and client.get("/konto/").status_code == 302


def test_the_key_of_another_account_is_refused(passkey):
    other = SoftPasskey()
    other.user_handle = passkey.user_handle
    client = Client()
    log_in(client, other)
    assert client.get("/konto/").status_code == 302


def test_a_passkey_of_a_disabled_account_is_refused(passkey, kari):
    kari.is_active = False
    kari.save()
    client = Client()
    assert log_in(client, passkey)["Location"] == "/logg-inn/stengt/"
    assert client.get("/logg-inn/stengt/").status_code == 200 and client.get("/konto/").status_code == 302


def test_logins_by_passkey_are_limited_by_sender(passkey):
    client = Client()
    statuses = [client.post(LOGIN, {"credential": "{}"}).status_code for _ in range(61)]
    assert statuses[-1] == 429 and 429 not in statuses[:60]


def test_a_user_without_address_can_have_a_passkey(client):
    client.post("/logg-inn/", {"username": make_user("rita").username, "password": PASSWORD})
    key = SoftPasskey()
    credential = key.register(read_options(client.get(ADD))["creation_options"])
    client.post(ADD, {"name": "", "passwordless": "on", "credential": credential})
    assert log_in(Client(), key)["Location"] == "/lagrede-sok/"
