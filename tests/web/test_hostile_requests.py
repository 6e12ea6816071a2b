"""Hostile requests: charsets, numbers and JSON that no browser sends are answered, never with 500."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from jobsearch.accounts.forms import CredentialField
from jobsearch.saved.mail.addresses import normalise_address
from jobsearch.saved.models import RecentSearch, SavedSearch, SubscriptionRequest

pytestmark = pytest.mark.django_db
FORM = b'--B\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--B--\r\n'


@pytest.fixture
def browser(client):
    client.force_login(User.objects.create_user("kari"))
    return client


@pytest.mark.parametrize("charset", ["rot13", "zlib", "idna", "undefined", "utf-7", "unicode_escape", "utf-16", "none"])
def test_fields_are_read_as_utf_8_whatever_charset_is_declared(browser, charset):
    body = FORM % (b"name", "Kokk på sjøen +2AA- \\ud800".encode())
    answer = browser.generic(
        "POST", "/lagrede-sok/lagre/", body, content_type=f"multipart/form-data; boundary=B; charset={charset}"
    )
    assert answer.status_code == 302
    assert SavedSearch.objects.get().name == "Kokk på sjøen +2AA- \\ud800"


@pytest.mark.parametrize("charset", ["rot13", "idna", "utf-7", "unicode_escape"])
def test_an_address_is_read_as_utf_8_whatever_charset_is_declared(browser, charset):
    answer = browser.generic("GET", "/lagrede-sok/lagre/?query=q%3Dk%C3%B8kk", content_type=f"text/plain; charset={charset}")
    assert answer.status_code == 200
    assert "køkk" in answer.content.decode()


@pytest.mark.parametrize("key", [2**63 - 1, 2**63, 10**30, "9" * 5000], ids=["largest", "too large", "31 digits", "5000 digits"])
@pytest.mark.parametrize(
    "end", ["", "oppdater/", "endre/", "slett/", "strom/", "sett/", "fest/", "flytt/", "varsel/", "del/", "forlat/"]
)
def test_a_number_that_no_column_holds_is_404(browser, key, end):
    for method in (browser.get, browser.post):
        assert method(f"/lagrede-sok/{key}/{end}").status_code == 404


@pytest.mark.parametrize("key", [2**63, "9" * 5000], ids=["too large", "5000 digits"])
@pytest.mark.parametrize("page", ["/konto/passnokler/{}/navn/", "/konto/passnokler/{}/fjern/"])
def test_a_passkey_that_no_column_holds_is_404(browser, key, page):
    assert browser.get(page.format(key)).status_code == 404


@pytest.mark.parametrize(
    "answer", ["[" * 30_000, '{"a":' * 10_000, "9" * 5_000, '"\\ud800"', "NaN", "null", "\0", "{", "[]", "1"]
)
def test_a_passkey_that_is_no_passkey_is_refused(client, answer):
    """Python raises RecursionError or ValueError for some of them, not JSONDecodeError."""
    assert client.post("/logg-inn/passnokkel/", {"credential": answer}).status_code in {200, 302}
    assert "_auth_user_id" not in client.session


def test_a_recent_search_with_nul_removes_nothing(browser):
    RecentSearch.objects.create(owner=User.objects.get(), params="q=kokk")
    assert browser.post("/lagret/sok/", {"remove": "q=kokk\0"}).status_code == 200
    assert RecentSearch.objects.exists()


LONG = "a@" + ".".join(chr(0x4E00 + number * 997 % 20_000) * 9 + chr(0x5000 + number) * 9 for number in range(12)) + ".no"
"""239 characters, and over 254 with the domain in ASCII, which is what the database stores."""


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/varsler/ny/", {"frequency": "daily", "query": "q=kokk"}),
        ("/logg-inn/kode/", {}),
        ("/admin/auth/user/add/", {"role": "recruiter"}),
    ],
)
def test_an_address_that_no_column_holds_is_refused(client, admin_client, own_index, mailoutbox, page, fields):
    assert len(LONG) < 254 < len(normalise_address(LONG))
    browser = admin_client if page.startswith("/admin/") else client
    assert browser.post(page, {"email": LONG, **fields}).status_code in {200, 422}
    assert not mailoutbox and not SubscriptionRequest.objects.exists() and User.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x\\u0000y"}', {"a": "xy"}),
        ('{"a": ["\\ud800"]}', {"a": [""]}),
        ('{"a": [1.5, 1e999]}', {"a": ["1.5", "1e999"]}),
    ],
)
def test_a_credential_has_nothing_that_postgresql_does_not_store(text, value):
    assert CredentialField().clean(text) == value


def test_a_credential_with_a_constant_of_javascript_is_refused():
    with pytest.raises(ValidationError):
        CredentialField().clean("[NaN]")
