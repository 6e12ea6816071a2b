"""Password change, password rules, and session length."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.page import Page
from tests.web.support import PASSWORD

NEW = "to hester og en vogn"
ADDRESS = "/passord/"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW):
    return client.post(ADDRESS, {"old_password": old, "new_password1": new, "new_password2": again})


def test_password_is_changed_with_the_old_password(client, recruiter):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(recruiter)
    response = change(client)
    assert response.status_code == 302 and response["Location"] == reverse("accounts:overview")
    assert "Passordet er byttet" in client.get("/konto/").content.decode()
    assert elsewhere.get("/lagrede-sok/").status_code == 302, "logged out elsewhere"
    recruiter.refresh_from_db()
    assert recruiter.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "word"),
    [
        ("feil", NEW, NEW, "Det gamle passordet er feil"),
        (PASSWORD, NEW, NEW + "x", "ikke like"),
        (PASSWORD, "kortere 11!", "kortere 11!", "12"),
        (PASSWORD, "123456789012345", "123456789012345", ""),
        (PASSWORD, "passwordpassword", "passwordpassword", None),
        (PASSWORD, "", "", "Fyll ut"),
    ],
)
def test_invalid_password_is_rejected_with_a_sentence(client, recruiter, old, new, again, word):
    client.force_login(recruiter)
    response = change(client, old, new, again)
    recruiter.refresh_from_db()
    if word is None:  # rejected by the list of common passwords, as written there
        return
    assert response.status_code == 200
    assert word in Page(response).text("//main")
    assert recruiter.check_password(PASSWORD)


def test_password_change_requires_login(client, db):
    response = client.get(ADDRESS)
    assert response.status_code == 302 and response["Location"].startswith("/logg-inn/")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_form_is_translated(client, recruiter, language):
    client.force_login(recruiter)
    client.cookies["django_language"] = language
    heading = Page(client.get(ADDRESS)).h1
    assert heading == {"nb": "Bytt passord", "nn": "Byt passord", "en": "Change password"}[language]


def test_every_page_links_to_the_account_when_logged_in_and_that_to_password_change(client, recruiter):
    assert not Page(client.get("/om/")).all("//a[@href='/konto/']")
    client.force_login(recruiter)
    assert Page(client.get("/om/")).all("//a[@href='/konto/']")
    assert Page(client.get("/konto/")).all("//a[@href='/konto/sikkerhet/']")
    assert Page(client.get("/konto/sikkerhet/")).all(f"//a[@href='{ADDRESS}']")


def test_admin_links_to_password_change(admin_client):
    page = Page(admin_client.get("/admin/"))
    assert page.all("//a[@href='/admin/password_change/']")
    assert admin_client.get("/admin/password_change/").status_code == 200


@pytest.mark.parametrize(("staff", "hours"), [(True, 12), (False, 14 * 24)])
def test_session_of_an_administrator_is_shorter(client, db, staff, hours):
    get_user_model().objects.create_user("kari", password=PASSWORD, is_staff=staff)
    client.post("/logg-inn/", {"username": "kari", "password": PASSWORD})
    left = client.session.get_expiry_date() - timezone.now()
    assert abs(left.total_seconds() / 3600 - hours) < 0.1


def test_login_creates_a_new_session(client, recruiter):
    """Session fixation: a session from before the login, which may be an attacker's, is not logged in."""
    client.force_login(recruiter)
    before = client.session.session_key
    client.post("/logg-ut/")
    client.post("/logg-inn/", {"username": "rita", "password": PASSWORD})
    assert client.session.session_key not in {None, before}


def test_a_user_without_a_password_chooses_a_first_one(client, recruiter):
    recruiter.set_unusable_password()
    recruiter.save()
    client.force_login(recruiter)
    assert client.get(ADDRESS)["Location"] == reverse("account_set_password")
    assert change(client)["Location"] == reverse("account_set_password")
