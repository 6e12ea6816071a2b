"""Login by a code sent by mail, and sign-up by the same form."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.accounts.login_codes import create_account, find_user
from jobsearch.accounts.models import LimitCount
from tests.accounts.support import ADDRESS, log_in_by_code, make_user, read_code
from tests.web.page import Page
from tests.web.support import PASSWORD

REQUEST, CONFIRM = "/logg-inn/kode/", "/logg-inn/kode/bekreft/"
pytestmark = pytest.mark.django_db


def is_logged_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


# --- Login ---


def test_the_code_logs_in(client, kari):
    response = log_in_by_code(client)
    assert response["Location"] == "/lagrede-sok/"
    assert is_logged_in(client)
    [message] = mail.outbox
    assert message.to == [ADDRESS] and read_code() in message.subject
    assert "<html" in message.alternatives[0][0] and read_code() in message.alternatives[0][0]


def test_the_login_returns_to_the_page_it_began_at(client, kari):
    assert log_in_by_code(client, next="/om/?x=1")["Location"] == "/om/?x=1"


def test_the_login_redirects_to_no_other_host(client, kari):
    assert log_in_by_code(client, next="https://evil.example/")["Location"] == "/lagrede-sok/"


@pytest.mark.parametrize("typed", ["KARI@example.NO", " kari@example.no "])
def test_spellings_of_an_address_are_one_account(client, kari, typed):
    log_in_by_code(client, typed)
    assert client.get("/konto/").context["user"] == kari


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "])
def test_the_code_may_be_typed_with_or_without_dash(client, kari, change):
    client.post(REQUEST, {"email": ADDRESS})
    client.post(CONFIRM, {"code": change(read_code())})
    assert is_logged_in(client)


def test_a_wrong_code_is_refused_and_the_right_one_still_works(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    page = Page(client.post(CONFIRM, {"code": "0000-0000"}))
    assert page.one("//*[@role='alert']//li").text_content() == "Koden er feil. Sjekk at du har skrevet alle sifrene."
    client.post(CONFIRM, {"code": read_code()})
    assert is_logged_in(client)


def test_five_wrong_codes_end_the_login(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    for _ in range(4):
        assert client.post(CONFIRM, {"code": "0000-0000"}).status_code == 200
    assert client.post(CONFIRM, {"code": "0000-0000"})["Location"] == "/logg-inn/"
    assert client.post(CONFIRM, {"code": read_code()})["Location"] == "/logg-inn/"
    assert not is_logged_in(client)


def test_the_code_expires(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15, seconds=5), tick=False):
        assert client.post(CONFIRM, {"code": read_code()})["Location"] == "/logg-inn/"
        assert not is_logged_in(client)


def test_the_code_works_in_the_browser_that_requested_it_only(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    other = Client()
    assert other.post(CONFIRM, {"code": read_code()})["Location"] == "/logg-inn/"
    other.post(REQUEST, {"email": ADDRESS})
    assert other.post(CONFIRM, {"code": read_code(0)}).status_code == 200
    assert not is_logged_in(other)


def test_a_new_code_replaces_the_old_one(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    client.post(REQUEST, {"email": ADDRESS})
    assert client.post(CONFIRM, {"code": read_code(0)}).status_code == 200
    client.post(CONFIRM, {"code": read_code(1)})
    assert is_logged_in(client)


def test_a_new_session_key_is_used_after_the_login(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    before = client.session.session_key
    client.post(CONFIRM, {"code": read_code()})
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "address", ["", "kari", "kari@", "a" * 300 + "@example.no", "kari\0@example.no", "kari@example.no,x@y.no"]
)
def test_what_is_no_address_is_refused(client, address):
    response = client.post(REQUEST, {"email": address})
    assert response.status_code == 200 and Page(response).one("//input[@name='email' and @aria-invalid='true']") is not None
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/lagrede-sok/", "Logg inn for å se varslene og de lagrede søkene dine."),
        ("/lagrede-sok/invitasjon/x/", "Logg inn for å se søket som er delt med deg."),
        ("/konto/", "Logg inn for å se kontoen din."),
        ("/om/", "Vi sender deg en kode på e-post."),
    ],
)
def test_the_login_page_says_why_it_is_shown(client, path, reason):
    text = Page(client.get("/logg-inn/", {"next": path})).text()
    assert reason in text and text.count("Logg inn for å") == reason.count("Logg inn for å")


# --- Sign-up ---


def test_the_same_form_signs_up(client):
    client.post(REQUEST, {"email": "Ny@Example.no"})
    assert not User.objects.exists(), "the account is made when the code is right"
    client.post(CONFIRM, {"code": read_code()})
    assert is_logged_in(client)
    user = User.objects.get()
    assert (user.email, user.has_usable_password(), user.is_staff) == ("ny@example.no", False, False)
    assert "ny" not in user.username, "the user name gets into logs"
    assert EmailAddress.objects.get().verified


def test_two_logins_at_once_make_one_account(client):
    other = Client()
    for browser in (client, other):
        browser.post(REQUEST, {"email": ADDRESS})
    client.post(CONFIRM, {"code": read_code(0)})
    other.post(CONFIRM, {"code": read_code(1)})
    assert User.objects.count() == 1 and is_logged_in(client) and is_logged_in(other)


@pytest.mark.django_db(transaction=True)
def test_accounts_of_one_address_made_at_the_same_time_are_one():
    together, found = threading.Barrier(2), []

    def create() -> None:
        together.wait()
        try:
            found.append(create_account(ADDRESS).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_an_address_of_a_disabled_account_makes_no_new_one(client, kari):
    User.objects.update(is_active=False)
    client.post(REQUEST, {"email": ADDRESS})
    assert "Vi har ingen konto" in mail.outbox[0].body
    assert User.objects.count() == 1


def test_an_account_from_before_confirms_its_address_by_the_code(client):
    user = User.objects.create_superuser("administrator", ADDRESS, PASSWORD)
    log_in_by_code(client)
    assert client.get("/konto/").context["user"] == user
    assert EmailAddress.objects.get().verified


def test_a_confirmed_address_wins_over_the_same_address_of_another_account(kari):
    User.objects.create_superuser("administrator", ADDRESS, PASSWORD)
    assert find_user(ADDRESS) == kari


# --- No enumeration ---


def show_answer(client: Client, address: str) -> tuple[int, str, str]:
    response = client.post(REQUEST, {"email": address}, follow=True)
    return len(response.redirect_chain), response.redirect_chain[-1][0], Page(response).one("//main").text_content()


@pytest.mark.parametrize("open_", [True, False])
def test_the_answer_does_not_say_whether_an_address_has_an_account(client, kari, settings, open_):
    settings.SIGNUP_OPEN = open_
    known, unknown = show_answer(client, ADDRESS), show_answer(Client(), "anna@example.no")
    assert known == (unknown[0], unknown[1], unknown[2].replace("anna@", "kari@"))
    assert [len(message.to) for message in mail.outbox] == [1, 1], "as many mails, so that the time is the same"
    for browser in (client, Client()):
        assert browser.post(CONFIRM, {"code": "0000-0000"}).status_code in {200, 302}


def test_the_queries_are_about_as_many_for_every_address(kari, settings):
    settings.SIGNUP_OPEN = False
    counts = []
    for address in (ADDRESS, "anna@example.no"):
        with CaptureQueriesContext(connection) as captured:
            Client().post(REQUEST, {"email": address})
        counts.append(len(captured))
    assert abs(counts[0] - counts[1]) <= 4


def test_closed_sign_up_makes_no_account_and_is_not_offered(client, settings):
    settings.SIGNUP_OPEN = False
    assert "lager vi en" not in client.get("/logg-inn/").content.decode()
    client.post(REQUEST, {"email": ADDRESS})
    assert mail.outbox[0].subject == "Ingen konto hos Utlyst"
    for code in ("", "0", "0000-0000"):
        assert client.post(CONFIRM, {"code": code}).status_code == 200
    assert not User.objects.exists()


# --- Limits ---


def test_an_address_gets_five_codes_in_a_quarter(kari):
    statuses = [Client().post(REQUEST, {"email": ADDRESS}, REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(6)]
    assert statuses == [302] * 5 + [429]
    assert len(mail.outbox) == 5
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15, seconds=5), tick=False):
        assert Client().post(REQUEST, {"email": ADDRESS}).status_code == 302


def test_all_addresses_of_a_mailbox_are_limited_together():
    """Mail to kari+1@example.no is delivered to kari@example.no: otherwise one mailbox would get any number of codes."""
    statuses = [
        Client().post(REQUEST, {"email": f"kari+{number}@example.no"}, REMOTE_ADDR=f"198.51.100.{number}").status_code
        for number in range(6)
    ]
    assert statuses == [302] * 5 + [429]


def test_a_mailbox_gets_forty_codes_a_day():
    start, sent = timezone.now(), 0
    for number in range(50):
        with time_machine.travel(start + dt.timedelta(minutes=16) * number, tick=False):
            sent += Client().post(REQUEST, {"email": ADDRESS}, REMOTE_ADDR=f"198.51.100.{number}").status_code == 302
    assert sent == 40


def test_a_sender_is_limited_over_all_addresses():
    statuses = [Client().post(REQUEST, {"email": f"p{number}@example.no"}).status_code for number in range(31)]
    assert statuses == [302] * 30 + [429]


def test_an_attacker_cannot_use_up_the_codes_of_a_known_browser(client, kari):
    log_in_by_code(client)
    client.post("/logg-ut/")
    for number in range(6):
        Client().post(REQUEST, {"email": ADDRESS}, REMOTE_ADDR=f"198.51.100.{number}")
    log_in_by_code(client)
    assert is_logged_in(client)


def get_login_link(index: int = -1) -> str:
    [link] = set(re.findall(r"http://localhost:8000(/logg-inn/\?key=\S+)", str(mail.outbox[index].body)))
    return link


def log_in_from_mail(browser: Client, link: str, email: str = ADDRESS):
    """Sends the form that the link of a login mail opens; the last response."""
    page = Page(browser.get(link))
    key = page.one("//form[@action='/logg-inn/kode/']//input[@name='key']").get("value")
    response = browser.post(REQUEST, {"email": email, "key": key}, follow=True)
    if response.status_code == 200:
        response = browser.post(CONFIRM, {"code": read_code()})
    return response


def test_an_attacker_cannot_lock_out_the_reader_of_the_mailbox(client, kari):
    """The codes and the guesses of a quarter are used up by others; the link in any of the mails still logs in."""
    for number in range(5):
        attacker = Client(REMOTE_ADDR=f"198.51.100.{number}")
        attacker.post(REQUEST, {"email": ADDRESS})
        for _ in range(5):
            attacker.post(CONFIRM, {"code": "0000-0000"})
    assert client.post(REQUEST, {"email": ADDRESS}).status_code == 429
    assert log_in_from_mail(client, get_login_link(2)).status_code == 302 and is_logged_in(client)
    assert "kari" not in get_login_link() and "example" not in get_login_link(), "addresses of pages get into logs"


def test_a_new_code_can_be_requested_after_the_link_too(client, kari):
    for _ in range(5):
        Client().post(REQUEST, {"email": ADDRESS})
    key = get_login_link().partition("key=")[2]
    response = client.post(REQUEST, {"email": ADDRESS, "key": key}, follow=True)
    assert Page(response).one("//input[@name='key']").get("value") == key


@pytest.mark.parametrize("kind", ["other mailbox", "too old", "changed", "long", "empty"])
def test_a_link_of_another_mailbox_or_day_gives_no_further_codes(client, kari, kind):
    start = timezone.now()
    early = start - dt.timedelta(hours=25) if kind == "too old" else start
    with time_machine.travel(early, tick=False):
        client.post(REQUEST, {"email": "eve@example.no" if kind == "other mailbox" else ADDRESS})
    key = get_login_link().partition("key=")[2]
    key = {"changed": key[:-1] + ("a" if key[-1] != "a" else "b"), "long": key * 50, "empty": ""}.get(kind, key)
    for number in range(5):
        Client().post(REQUEST, {"email": ADDRESS}, REMOTE_ADDR=f"198.51.100.{number}")
    assert client.post(REQUEST, {"email": ADDRESS, "key": key}).status_code == 429


def test_also_the_reader_of_the_mailbox_is_limited(client, kari):
    client.post(REQUEST, {"email": ADDRESS})
    key = get_login_link().partition("key=")[2]
    assert [Client().post(REQUEST, {"email": ADDRESS, "key": key}).status_code for _ in range(6)] == [302] * 5 + [429]


def test_guesses_are_limited_over_all_browsers(kari):
    statuses = []
    for number in range(5):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        browser.post(REQUEST, {"email": ADDRESS})
        statuses += [browser.post(CONFIRM, {"code": "0000-0000"}).status_code for _ in range(5)]
    assert statuses.count(429) == 5, "20 guesses a quarter"


def test_counts_are_in_the_database_without_addresses(client, kari):
    client.post(REQUEST, {"email": ADDRESS}, REMOTE_ADDR="203.0.113.9")
    rows = list(LimitCount.objects.values_list("cache_key", flat=True))
    assert len(rows) >= 2 and all(re.fullmatch("[0-9a-f]{64}", row) for row in rows)


def test_429_is_a_page_of_ours(client):
    for _ in range(6):
        response = client.post(REQUEST, {"email": ADDRESS})
    assert response.status_code == 429 and "Vent et kvarter" in response.content.decode()
    assert "Passord og passnøkkel virker også" in response.content.decode()
    assert response["Retry-After"] == "900"


# --- Other ways in ---


def test_a_password_works_with_user_name_and_address(client):
    make_user("rita", ADDRESS)
    for name in ("rita", ADDRESS, "KARI@example.no"):
        browser = Client()
        assert browser.post("/logg-inn/", {"username": name, "password": PASSWORD}).status_code == 302
        assert is_logged_in(browser)


def test_the_admin_leads_to_the_same_login_page(client, admin_user):
    response = client.get("/admin/", follow=True)
    page = Page(response)
    assert page.one("//h1").text_content() == "Logg inn" and page.one("//details[@open]") is not None
    next_url = page.one("//form[@action='/logg-inn/']//input[@name='next']").get("value")
    response = client.post("/logg-inn/", {"username": "admin", "password": "password", "next": next_url})
    assert response["Location"] == "/admin/"


def test_a_user_without_the_admin_gets_403_there_and_no_loop(client, kari):
    client.force_login(kari)
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_header_offers_login_or_account(client, kari):
    assert Page(client.get("/om/")).all("//nav//a[starts-with(@href, '/logg-inn/')]")
    client.force_login(kari)
    page = Page(client.get("/om/"))
    assert page.all("//nav//a[@href='/konto/']") and not page.all("//nav//a[starts-with(@href, '/logg-inn/')]")
