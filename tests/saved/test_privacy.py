"""What people save, share and follow is theirs: in no log and on no page of an administrator."""

from __future__ import annotations

import logging

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from jobsearch.saved.alerts import owner_alerts
from jobsearch.saved.mail import recipients
from jobsearch.saved.mail.links import Purpose, build_path
from jobsearch.saved.models import SavedSearch, SearchInvitation, SearchShare, Subscriber, Subscription, SubscriptionRequest
from tests.saved.alerts import run

LIST = "/lagrede-sok/"
OTHERS = ("django.db", "mail.log")  # Django's own, which a site with DEBUG writes; the mail server of the test
SECRETS = ("rita@example.no", "ola@example.no", "Hemmelig", "hemmeligheter", "Til Kari")


@pytest.mark.parametrize("model", [SavedSearch, SearchShare, SearchInvitation, Subscriber, Subscription, SubscriptionRequest])
def test_no_list_of_the_admin_has_them(model):
    assert not admin.site.is_registered(model)


@pytest.mark.parametrize("model", [SavedSearch, SearchShare, SearchInvitation])
def test_their_text_in_logs_and_histories_is_the_number_only(model, recruiter):
    saved = recruiter.saved_searches.create(name="Hemmelig", params="q=hemmeligheter")
    rows = {SavedSearch: saved, SearchShare: SearchShare(search=saved), SearchInvitation: SearchInvitation(search=saved)}
    row = rows[model]
    assert str(row) in {f"#{row.pk}", str(row.pk)}


def test_no_log_has_names_addresses_searches_or_secret_links(client, recruiter, ads, mailbox, caplog, monkeypatch):
    monkeypatch.setattr(recipients, "get_address", lambda user: "rita@example.no")
    recruiter.user_permissions.add(Permission.objects.get(codename="invite_colleagues"))
    ads({"title": "Kokk"})
    client.force_login(recruiter)
    mailbox.refuse_recipient["ola@example.no"] = "550 5.1.1 <ola@example.no> unknown"
    mailbox.refuse_recipient["rita@example.no"] = "550 5.1.1 <rita@example.no> unknown"
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        client.post(f"{LIST}lagre/", {"query": "q=hemmeligheter", "name": "Hemmelig"})
        saved = SavedSearch.objects.get()
        client.post(f"{LIST}{saved.pk}/endre/", {"name": "Hemmelig", "note": "Til Kari"})
        for action in ({"action": "create"}, {"action": "invite", "email": "ola@example.no"}):
            client.post(f"{LIST}{saved.pk}/del/", action)
        token = build_path(Purpose.SHARE, saved.share.pk).split("/")[2]
        for path in (f"/delt/{token}/", f"/delt/{token}x/", f"{LIST}{saved.pk}/", f"{LIST}invitasjon/{token}/"):
            client.get(path, follow=True)
        owner_alerts.set_frequency("rita@example.no", saved, "instant")
        Subscription.objects.update(params="q=kokk")
        ads({"title": "Kokk Hemmelig", "description": "hemmeligheter"})
        run(code=1)
        client.post(f"{LIST}{saved.pk}/slett/")
    logged = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records if not record.name.startswith(OTHERS))
    found = [secret for secret in (*SECRETS, token) if secret in logged]
    assert not found, logged
