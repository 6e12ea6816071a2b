"""Shared searches: the secret link, and colleagues who are invited by mail."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from jobsearch.saved import sharing
from jobsearch.saved.mail import limits, recipients
from jobsearch.saved.mail.links import Purpose, build_path, read_token, sign_token
from jobsearch.saved.models import SavedSearch, SearchInvitation, SearchShare
from tests.web.page import Page

LIST = "/lagrede-sok/"
RITA, OLA = "rita@example.no", "ola@example.no"


@pytest.fixture
def confirmed(monkeypatch):
    """Users have confirmed addresses by their names."""
    monkeypatch.setattr(recipients, "get_address", lambda user: f"{user.username}@example.no")


@pytest.fixture
def logged_in(client, recruiter, confirmed):
    recruiter.user_permissions.add(Permission.objects.get(codename="invite_colleagues"))
    client.force_login(recruiter)
    return client


@pytest.fixture
def ola(django_user_model, confirmed) -> Client:
    colleague = Client()
    colleague.force_login(django_user_model.objects.create_user("ola"))
    return colleague


@pytest.fixture
def saved(recruiter) -> SavedSearch:
    return recruiter.saved_searches.create(name="Kokker i vest", params="q=kokk", note="Ikke Per")


def read_link(client, saved: SavedSearch) -> str:
    """The path of the link that the page of sharing shows."""
    link = Page(client.get(f"{LIST}{saved.pk}/del/")).one("//input[@id='delt-lenke']").get("value")
    return link.removeprefix("http://localhost:8000")


def share(client, saved: SavedSearch) -> str:
    assert client.post(f"{LIST}{saved.pk}/del/", {"action": "create"}).url == f"{LIST}{saved.pk}/del/"
    return read_link(client, saved)


def invite(client, saved: SavedSearch, email: str = OLA):
    return client.post(f"{LIST}{saved.pk}/del/", {"action": "invite", "email": email})


def get_invitation(mailoutbox) -> str:
    (path,) = re.findall(r"http://localhost:8000(/lagrede-sok/invitasjon/\S+)", mailoutbox[-1].body)
    return path


def test_link_shows_the_search_without_its_owner_and_note(logged_in, saved, ads):
    ads({"title": "Kokk"}, {"title": "Kokk natt"}, {"title": "Lege"})
    path = share(logged_in, saved)
    assert path == share(logged_in, saved) == read_link(logged_in, saved), "the same link each time"
    response = Client().get(path)
    page = Page(response)
    assert (response.status_code, page.total, page.h1) == (200, 2, "Kokker i vest")
    assert "noindex" in response["X-Robots-Tag"] and "no-store" in response["Cache-Control"]
    assert "sessionid" not in response.cookies
    content = response.content.decode()
    assert "rita" not in content and "Ikke Per" not in content
    assert Client().post(path).status_code == 405


def test_revoked_link_is_404_and_a_new_one_is_another(logged_in, saved, own_index):
    path = share(logged_in, saved)
    logged_in.post(f"{LIST}{saved.pk}/del/", {"action": "revoke"})
    response = Client().get(path)
    assert response.status_code == 404 and "no-store" in response["Cache-Control"]
    assert "Kokker" not in response.content.decode()
    assert share(logged_in, saved) != path
    assert Client().get(path).status_code == 404


def test_the_link_of_a_disabled_account_is_404(logged_in, saved, recruiter, own_index):
    path = share(logged_in, saved)
    recruiter.is_active = False
    recruiter.save()
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("change", ["cut", "other purpose", "other key", "empty", "long", "NUL"])
def test_forged_links_are_404(logged_in, saved, own_index, change):
    path = share(logged_in, saved)
    token = path.split("/")[2]
    forged = {
        "cut": token[:-1],
        "other purpose": sign_token(Purpose.MANAGE, saved.share.pk),
        "other key": token.replace(token[:4], "abcd", 1) if token[:4] != "abcd" else "x" + token,
        "empty": "-",
        "long": token * 50,
        "NUL": "%00" + token,
    }[change]
    assert Client().get(f"/delt/{forged}/").status_code == 404


def test_shared_page_follows_the_search_and_goes_with_it(logged_in, saved, ads):
    ads({"title": "Kokk"}, {"title": "Lege"}, {"title": "Lege natt"})
    path = share(logged_in, saved)
    logged_in.post(f"{LIST}{saved.pk}/oppdater/", {"query": "q=lege"})
    assert Page(Client().get(path)).total == 2
    confirmation = Page(logged_in.get(f"{LIST}{saved.pk}/slett/"))
    assert "De som du har delt søket med, ser det ikke lenger." in confirmation.text()
    logged_in.post(f"{LIST}{saved.pk}/slett/")
    assert Client().get(path).status_code == 404


def test_shared_page_has_pages(logged_in, saved, ads):
    ads(*({"title": f"Kokk {n}", "description": f"<p>{n}</p>"} for n in range(30)))
    path = share(logged_in, saved)
    first, second = Page(Client().get(path)), Page(Client().get(f"{path}?page=2"))
    assert len({*first.titles, *second.titles}) == 30 and len(second.titles) == 5
    assert Client().get(f"{path}?page=3").url == f"{path}?page=2"
    for number in ("x", "0", "-1", "\0", "٢"):
        assert Page(Client().get(path, {"page": number})).titles == first.titles
    assert Client().get(path, {"page": "9" * 500}).url == f"{path}?page=2"


@pytest.mark.parametrize("params", ["published=2020-01-01", "place=UTLAND%2FHELLAS", "q=kari%40example.no", "foo=bar"])
def test_shared_search_that_finds_nothing_is_shown(logged_in, recruiter, ads, params):
    ads()
    page = Page(Client().get(share(logged_in, recruiter.saved_searches.create(name="X", params=params))))
    assert page.total == 0 and page.titles == [] and page.all("//p[@class='message warn']")


def test_shared_page_while_the_engine_is_down(logged_in, saved, own_index, request):
    path = share(logged_in, saved)
    request.getfixturevalue("engine_down")
    response = Client().get(path)
    assert response.status_code == 503 and response["Retry-After"] == "30" and "Kokker i vest" in response.content.decode()


def test_colleague_is_invited_accepts_and_has_the_search_on_an_own_list(logged_in, ola, saved, ads, mailoutbox):
    ads({"title": "Kokk"})
    assert invite(logged_in, saved).status_code == 302
    (mail,) = mailoutbox
    assert mail.to == [OLA] and mail.subject == "rita@example.no vil dele et søk med deg på Utlyst"
    assert "Kokker" not in mail.body + mail.alternatives[0][0], "no text of the sender's own"
    assert not Page(ola.get(LIST)).all("//li[@class='saved-search']")
    page = Page(ola.get(get_invitation(mailoutbox)))
    assert "rita@example.no vil dele søket «Kokker i vest» med deg." in page.text()
    assert SearchInvitation.objects.get().colleague is None, "opening the link accepts nothing"
    assert ola.post(get_invitation(mailoutbox)).url == f"{LIST}#sok-{saved.pk}"
    listed = Page(ola.get(LIST))
    assert listed.total == 1 and "Ikke Per" not in listed.text()
    assert {one.text_content().strip() for one in listed.all("//details//li")} <= {"Marker som sett", "Fjern fra listen"}
    for page in ("endre/", "slett/", "del/", "oppdater/", "flytt/", "varsel/"):
        assert ola.post(f"{LIST}{saved.pk}/{page}", {"query": "q=lege", "name": "X"}).status_code == 404
    assert "har søket" in Page(logged_in.get(f"{LIST}{saved.pk}/del/")).text("//li[@class='invitation']")


def test_new_ads_are_counted_for_each_colleague(logged_in, ola, recruiter, saved, ads, mailoutbox):
    invite(logged_in, saved)
    ola.post(get_invitation(mailoutbox))
    ads({"title": "Kokk"})
    hour = timezone.now() - dt.timedelta(hours=1)
    SavedSearch.objects.update(last_looked=hour)
    SearchInvitation.objects.update(last_looked=hour)
    opened = ola.get(f"{LIST}{saved.pk}/")
    assert opened.url == f"/?q=kokk&sort=published&since={int(hour.timestamp())}"
    assert Page(ola.get(opened.url)).text("//h3[@class='part']").startswith("1 ny siden")
    counts = [Page(client.get(LIST)).one("//*[@data-new]").get("data-new") for client in (logged_in, ola)]
    assert counts == ["1", "0"]
    SearchInvitation.objects.update(last_looked=hour)
    assert ola.post(f"{LIST}{saved.pk}/sett/").status_code == 302
    saved.refresh_from_db()
    assert saved.last_looked == hour and SearchInvitation.objects.get().last_looked > hour


def test_owner_takes_a_search_back_and_a_colleague_leaves_it(logged_in, ola, saved, own_index, mailoutbox):
    for end in ("remove", "leave"):
        invite(logged_in, saved)
        ola.post(get_invitation(mailoutbox))
        invitation = SearchInvitation.objects.get()
        if end == "remove":
            logged_in.post(f"{LIST}{saved.pk}/del/", {"action": "remove", "invitation": str(invitation.pk)})
        else:
            ola.post(f"{LIST}{saved.pk}/forlat/")
        assert not SearchInvitation.objects.exists()
        assert ola.get(f"{LIST}{saved.pk}/").status_code == ola.get(get_invitation(mailoutbox)).status_code == 404


def test_invitation_is_for_one_address_and_one_account(logged_in, ola, saved, own_index, mailoutbox, django_user_model):
    invite(logged_in, saved)
    path = get_invitation(mailoutbox)
    per = Client()
    assert per.get(path).url.startswith("/logg-inn/?next=")
    per.force_login(django_user_model.objects.create_user("per"))
    for response in (per.get(path), per.post(path)):
        assert response.status_code == 403 and "Kokker" not in response.content.decode()
    ola.post(path)
    assert ola.post(path).status_code == 302, "a second click changes nothing"
    per.force_login(django_user_model.objects.get(username="per"))
    assert per.get(path).status_code == 404 and SearchInvitation.objects.count() == 1


def test_invitation_expires_and_its_address_is_deleted(logged_in, ola, saved, own_index, mailoutbox):
    invite(logged_in, saved)
    later = timezone.now() + dt.timedelta(days=14, seconds=1)
    assert sharing.delete_old_invitations(later - dt.timedelta(seconds=2)) == 0
    assert sharing.delete_old_invitations(later) == 1 and not SearchInvitation.objects.exists()
    assert ola.get(get_invitation(mailoutbox)).status_code == 404


@pytest.mark.parametrize("email", ["", "ola", "a@b@c.no", "ola@example.no\nBcc: x@example.no", "k" * 250 + "@example.no", "\0"])
def test_an_invalid_address_is_named_beside_its_field(logged_in, saved, own_index, mailoutbox, email):
    response = invite(logged_in, saved, email)
    assert response.status_code == 422 and Page(response).one("//input[@name='email']").get("aria-invalid") == "true"
    assert not mailoutbox


def test_an_address_is_invited_once_and_the_owner_never(logged_in, saved, own_index, mailoutbox):
    invite(logged_in, saved)
    for email in (OLA, "OLA@Example.no", RITA):
        assert invite(logged_in, saved, email).status_code == 422
    assert len(mailoutbox) == 1


def test_an_address_gets_few_invitations_and_a_search_has_few(logged_in, recruiter, own_index, mailoutbox, monkeypatch):
    for n in range(limits.A_DAY_TO_ADDRESS + 1):
        one = recruiter.saved_searches.create(name=f"{n}", params=f"q=kokk+{n}")
        assert invite(logged_in, one).status_code == (302 if n < limits.A_DAY_TO_ADDRESS else 429)
    assert len(mailoutbox) == limits.A_DAY_TO_ADDRESS == SearchInvitation.objects.count()
    monkeypatch.setattr(sharing, "MAX_INVITATIONS", 1)
    first = recruiter.saved_searches.get(name="0")
    assert invite(logged_in, first, "per@example.no").status_code == 429


def test_inviting_needs_the_permission_and_a_confirmed_address(client, recruiter, saved, own_index, mailoutbox, monkeypatch):
    client.force_login(recruiter)
    monkeypatch.setattr(recipients, "get_address", lambda user: RITA)
    assert not Page(client.get(f"{LIST}{saved.pk}/del/")).all("//input[@name='email']")
    invite(client, saved)
    recruiter.user_permissions.add(Permission.objects.get(codename="invite_colleagues"))
    monkeypatch.setattr(recipients, "get_address", lambda user: "")
    invite(client, saved)
    assert not mailoutbox and not SearchInvitation.objects.exists()


def test_account_and_search_take_what_was_shared_with_them(logged_in, ola, recruiter, saved, own_index, mailoutbox):
    share(logged_in, saved)
    invite(logged_in, saved)
    ola.post(get_invitation(mailoutbox))
    recruiter.delete()
    assert not SearchShare.objects.exists() and not SearchInvitation.objects.exists()


def test_token_of_another_purpose_is_no_invitation(logged_in, ola, saved, own_index):
    path = share(logged_in, saved)
    assert read_token(Purpose.INVITE, path.split("/")[2]) is None
    assert ola.get(f"{LIST}invitasjon/{path.split('/')[2]}/").status_code == 404
    assert build_path(Purpose.SHARE, saved.share.pk) == path
