"""Alerts of saved searches and the account's confirmed address."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jobsearch.accounts.personal_data import delete_account, export_account
from jobsearch.accounts.roles import Role
from jobsearch.saved.models import SearchInvitation, Subscriber, Subscription
from tests.accounts.support import ADDRESS, log_in_by_code, make_user, read_code
from tests.web.page import Page
from tests.web.support import own_index  # noqa: F401 - a fixture

NEW = "ny@example.no"


@pytest.fixture
def kari(db, own_index, client):  # noqa: F811 - the fixture
    kari = make_user("kari", ADDRESS, role=Role.RECRUITER)
    client.force_login(kari)
    return kari


def choose_daily(client, saved) -> None:
    page = Page(client.get("/lagrede-sok/"))
    button = page.one("//button[@name='frequency' and @value='daily']")
    assert button.get("formaction") == f"/lagrede-sok/{saved.pk}/varsel/"
    client.post(button.get("formaction"), {"frequency": "daily"})


def test_alert_needs_no_further_confirmation_and_follows_a_changed_address(client, kari, mailoutbox):
    saved = kari.saved_searches.create(name="Kokker", params="q=kokk")
    choose_daily(client, saved)
    assert Subscription.objects.get().subscriber.address == ADDRESS and not mailoutbox
    client.logout()
    log_in_by_code(client)
    client.post("/konto/e-post/", {"email": NEW})
    client.post("/konto/e-post/kode/", {"code": read_code()})
    assert Subscription.objects.get().subscriber.address == NEW
    assert "Hver dag" in Page(client.get("/lagrede-sok/")).text("//summary")


def test_login_is_recorded_as_activity(client, kari):
    subscriber = Subscriber.objects.create(address=ADDRESS, language="nb", pause_announced=timezone.now())
    client.logout()
    log_in_by_code(client)
    subscriber.refresh_from_db()
    assert subscriber.pause_announced is None


def test_recruiters_may_invite_colleagues_and_others_may_not(client, kari):
    saved = kari.saved_searches.create(name="Kokker", params="q=kokk")
    assert Page(client.get(f"/lagrede-sok/{saved.pk}/del/")).all("//input[@name='email']")
    per = make_user("per", "per@example.no")
    client.force_login(per)
    saved = per.saved_searches.create(name="Kokker", params="q=kokk")
    assert not Page(client.get(f"/lagrede-sok/{saved.pk}/del/")).all("//input[@name='email']")


def test_what_is_shared_is_exported_and_deleted_with_the_account(client, kari):
    saved = kari.saved_searches.create(name="Kokker", params="q=kokk", note="Mitt")
    client.post(f"/lagrede-sok/{saved.pk}/del/", {"action": "create"})
    client.post(f"/lagrede-sok/{saved.pk}/del/", {"action": "invite", "email": "ola@example.no"})
    per = make_user("per", "per@example.no")
    theirs = per.saved_searches.create(name="Pers", params="q=lege")
    SearchInvitation.objects.create(search=theirs, address=ADDRESS)
    exported = export_account(kari)
    own, received = exported["shared_searches"]
    assert own == {"search": "Kokker", "link": True, "invited": ["ola@example.no"]}
    assert (received["search__name"], exported["saved"]["saved_searches"][0]["note"]) == ("Pers", "Mitt")
    choose_daily(client, saved)
    delete_account(kari)
    assert not SearchInvitation.objects.exists() and not Subscriber.objects.exists()
