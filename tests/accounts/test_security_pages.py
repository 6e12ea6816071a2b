"""Passwords, passkeys, code apps and recovery codes: allauth's pages with our templates, and the second step of a login."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from jobsearch.accounts import mails
from tests.accounts.support import ADDRESS, log_in_by_code, make_user, read_code
from tests.web.page import Page
from tests.web.support import PASSWORD

pytestmark = pytest.mark.django_db
_KEY = {"id": "AA", "rawId": "AA", "type": "public-key"}
_ANSWER = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}
CREDENTIALS = [
    *("", "x", "null", "[]", "{}", "0", "false", '""', "-0.0", "1e400", '{"id": 1}', '{"response": 1}', '{"response": null}'),
    '{"response": {"userHandle": 1}}',
    json.dumps({**_KEY, "response": {"userHandle": "AA", "clientDataJSON": "AA"}}),
    json.dumps({**_KEY, "response": _ANSWER}),
    json.dumps({**_KEY, "response": {**_ANSWER, "attestationObject": "AA"}}),
]
"""What anybody can send as the answer of a passkey."""


def make_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def secret(kari) -> str:
    """Secret of the code app that the user has connected."""
    secret = generate_totp_secret()
    TOTP.activate(kari, secret)
    RecoveryCodes.activate(kari)
    return secret


def test_a_code_app_is_connected_and_asked_for_at_the_next_login(client, kari):
    log_in_by_code(client)
    page = Page(client.get("/konto/kodeapp/"))
    secret = page.one("//code[@class='secret']").text_content()
    assert page.one("//img[@class='qr']").get("src").startswith("data:image/svg+xml;base64,")
    response = client.post("/konto/kodeapp/", {"code": make_code(secret)})
    assert response["Location"] == "/konto/reservekoder/"
    codes = [code.text_content() for code in Page(client.get("/konto/reservekoder/")).all("//li/code")]
    assert len(codes) == 10
    assert client.get("/konto/reservekoder/fil/").content.decode().split() == codes
    assert [message.subject for message in mail.outbox[1:]] == [
        "En kodeapp er koblet til kontoen din – Utlyst",
        "Du har fått nye reservekoder – Utlyst",
    ][: len(mail.outbox) - 1]

    other = Client()
    assert log_in_by_code(other)["Location"] == "/logg-inn/trinn-2/"
    assert other.get("/konto/").status_code == 302
    assert Page(other.post("/logg-inn/trinn-2/", {"code": "000000"})).one("//*[@role='alert']//li") is not None
    assert other.post("/logg-inn/trinn-2/", {"code": codes[0]}).status_code == 302
    assert other.get("/konto/").status_code == 200


def test_the_second_step_is_asked_for_after_a_password_too(secret, kari):
    kari.set_password(PASSWORD)
    kari.save()
    client = Client()
    assert client.post("/logg-inn/", {"username": ADDRESS, "password": PASSWORD})["Location"] == "/logg-inn/trinn-2/"
    assert client.get("/konto/").status_code == 302
    client.post("/logg-inn/trinn-2/", {"code": make_code(secret)})
    assert client.get("/konto/").status_code == 200


def test_guesses_of_the_second_step_are_limited(client, secret):
    log_in_by_code(client)
    for _ in range(10):
        client.post("/logg-inn/trinn-2/", {"code": "000000"})
    response = client.post("/logg-inn/trinn-2/", {"code": make_code(secret)})
    assert "For mange forsøk" in response.content.decode()
    assert client.get("/konto/").status_code == 302


READ_CREDENTIALS = ("/logg-inn/passnokkel/", "/konto/passnokler/ny/", "/logg-inn/trinn-2/")
PAIRS = [
    pytest.param(address, credential, marks=() if (one + other) % len(READ_CREDENTIALS) == 0 else pytest.mark.every_combination)
    for one, address in enumerate(READ_CREDENTIALS)
    for other, credential in enumerate(CREDENTIALS)
]
"""Each credential at one of the addresses, which read it by the same code."""


@pytest.mark.parametrize(("address", "credential"), PAIRS)
def test_no_credential_raises_an_exception(client, kari, secret, address, credential):
    if address.startswith("/konto/"):
        client.force_login(kari)
        session = client.session
        session["account_authentication_methods"] = [{"method": "code", "at": 10**11}]
        session["account_authentication_methods_user"] = str(kari.pk)
        session.save()
    elif "trinn" in address:
        log_in_by_code(client)
    client.get(address, headers={"accept": "application/json"})
    assert client.post(address, {"credential": credential, "name": "x"}).status_code in {200, 302}
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_the_challenge_of_a_passkey_login_is_sent_to_the_script(client):
    data = client.get("/logg-inn/passnokkel/", headers={"accept": "application/json"}).json()
    assert data["request_options"]["publicKey"]["challenge"]
    assert client.get("/logg-inn/passnokkel/")["Location"] == "/logg-inn/"


def test_a_sensitive_page_asks_for_confirmation_long_after_the_login(client, kari):
    client.force_login(kari)  # without a record of the login, as after 15 minutes
    response = client.get("/konto/slett/")
    assert response["Location"] == "/konto/bekreft/kode/?next=%2Fkonto%2Fslett%2F"
    page = Page(client.get(response["Location"]))
    form = {field.get("name"): field.get("value") for field in page.all("//main//form//input")}
    assert form["recipient"] == ADDRESS
    response = client.post(response["Location"], form)
    page = Page(client.post(response["Location"], {"code": "1"}))
    assert ADDRESS in page.one("//main").text_content() and page.one("//label[@for='id_code']").text_content() == "Kode"
    response = client.post(response["Location"], {"code": read_code(), "next": "/konto/slett/"})
    assert response["Location"] == "/konto/slett/"
    assert client.get("/konto/slett/").status_code == 200


def test_a_sensitive_page_takes_the_password_and_counts_wrong_ones(client):
    client.force_login(make_user("rita", ADDRESS))
    address = client.get("/konto/data.json")["Location"]
    assert address == "/konto/bekreft/passord/?next=%2Fkonto%2Fdata.json"
    assert client.post(address, {"password": "feil"}).status_code == 200
    assert client.post(address, {"password": PASSWORD, "next": "/konto/data.json"})["Location"] == "/konto/data.json"
    assert client.get("/konto/data.json").status_code == 200


def test_wrong_passwords_before_a_sensitive_page_are_limited(client):
    client.force_login(make_user("rita", ADDRESS))
    address = "/konto/bekreft/passord/?next=/konto/"
    statuses = [client.post(address, {"password": "feil"}).status_code for _ in range(8)]
    assert statuses[:4] == [200] * 4 and 429 in statuses


def test_a_mail_server_that_is_down_is_said_before_a_sensitive_page(client, kari, monkeypatch):
    def fail(*args):
        raise mails.MailServerDown

    client.force_login(kari)
    monkeypatch.setattr("jobsearch.accounts.mails.send_now", fail)
    response = client.post("/konto/bekreft/kode/?next=/konto/slett/", {"recipient": ADDRESS})
    assert response.status_code == 200 and "Vi får ikke sendt e-post" in response.content.decode()


def test_a_first_password_is_chosen_and_removed(client, kari):
    log_in_by_code(client)
    assert client.get("/konto/sikkerhet/").status_code == 200
    response = client.post("/konto/passord/", {"password1": PASSWORD, "password2": PASSWORD})
    assert response["Location"] == "/konto/"
    assert mail.outbox[-1].subject == "Kontoen din har fått et passord – Utlyst"
    assert Client().post("/logg-inn/", {"username": ADDRESS, "password": PASSWORD}).status_code == 302
    assert client.get("/konto/").status_code == 200, "this session stays"
    assert client.post("/konto/passord/fjern/")["Location"] == "/konto/sikkerhet/"
    assert client.get("/konto/").status_code == 200
    assert Client().post("/logg-inn/", {"username": ADDRESS, "password": PASSWORD}).status_code == 200
    assert mail.outbox[-1].subject == "Passordet ditt er fjernet – Utlyst"


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        ("kort", "kort", "minst 12 tegn"),
        (PASSWORD, "noe annet", "ikke like"),
        ("", "", "Fyll ut"),
        ("123456789012", "123456789012", "tall"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(client, kari, first, second, error):
    log_in_by_code(client)
    response = client.post("/konto/passord/", {"password1": first, "password2": second})
    assert response.status_code == 200 and error in Page(response).one("//*[@id='feil']").text_content()


def test_the_only_way_in_is_not_removed(client):
    client.force_login(make_user("rita"))
    client.post("/konto/bekreft/passord/?next=/konto/", {"password": PASSWORD})
    assert client.post("/konto/passord/fjern/")["Location"] == "/konto/sikkerhet/"
    assert Client().post("/logg-inn/", {"username": "rita", "password": PASSWORD}).status_code == 302


def test_a_code_app_is_disconnected(client, kari, secret):
    log_in_by_code(client)
    client.post("/logg-inn/trinn-2/", {"code": make_code(secret)})
    assert client.get("/konto/kodeapp/fjern/").status_code == 200
    assert client.post("/konto/kodeapp/fjern/")["Location"] == "/konto/sikkerhet/"
    assert not Authenticator.objects.exists()


def test_passkeys_of_others_are_not_found(client, kari):
    other = make_user("rita", "rita@example.no")
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    log_in_by_code(client)
    for page in ("navn", "fjern"):
        assert client.get(f"/konto/passnokler/{key.pk}/{page}/").status_code == 404
        assert client.post(f"/konto/passnokler/{key.pk}/{page}/", {"name": "y"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "x"


def test_a_passkey_is_renamed_and_removed(client, kari):
    key = Authenticator.objects.create(user=kari, type="webauthn", data={"name": "Min", "credential": {}})
    log_in_by_code(client)
    client.force_login(kari)
    log_in = client.session
    log_in["account_authentication_methods"] = [{"method": "code", "at": 10**11}]
    log_in["account_authentication_methods_user"] = str(kari.pk)
    log_in.save()
    assert "Min" in client.get("/konto/passnokler/").content.decode()
    assert client.post(f"/konto/passnokler/{key.pk}/navn/", {"name": "<b>Telefon</b>"}).status_code == 302
    assert "&lt;b&gt;Telefon" in client.get("/konto/passnokler/").content.decode()
    assert client.get(f"/konto/passnokler/{key.pk}/fjern/").status_code == 200
    assert client.post(f"/konto/passnokler/{key.pk}/fjern/").status_code == 302
    assert not Authenticator.objects.exists()
