"""Bookmarks in an account: saved, merged with those of a browser, moved on the board, noted, removed; each user's own."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobsearch.saved.bookmark_states import State
from jobsearch.saved.bookmarks import board, bookmarks
from jobsearch.saved.models import BOOKMARK_NOTE_LENGTH, Bookmark, RecentSearch
from jobsearch.vacancies.models import Contact, Moderation, Vacancy
from jobsearch.vacancies.prepared_ads import prepare_from_related, save_prepared
from tests.saved.test_bookmarks import make_ad
from tests.web.page import Page
from tests.web.support import recruiter  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def user(recruiter, client):  # noqa: F811 - the fixture
    client.force_login(recruiter)
    return recruiter


@pytest.fixture
def other(db):
    return get_user_model().objects.create_user("ola", password="et annet langt passord")


def list_saved(user) -> list:
    return list(Bookmark.objects.filter(owner=user).order_by("-created", "-pk").values_list("vacancy_uuid", flat=True))


def test_a_button_saves_and_removes_without_scripts(client, user):
    ad = make_ad("Kokk")
    for _ in range(2):  # a double click makes one
        response = client.post(reverse("bookmarks:change"), {"save": ad.uuid, "next": "/?q=kokk"})
        assert (response.status_code, response["Location"]) == (302, "/?q=kokk")
    assert list_saved(user) == [ad.uuid]
    client.post(reverse("bookmarks:change"), {"remove": ad.uuid, "next": "/"})
    client.post(reverse("bookmarks:change"), {"remove": ad.uuid, "next": "/"})
    assert list_saved(user) == []


def test_a_script_gets_the_number_of_bookmarks(client, user):
    ad = make_ad("Kokk")
    answer = client.post(reverse("bookmarks:change"), {"save": ad.uuid}, headers=JSON)
    assert answer.json() == {"saved": True, "number": 1} and "no-store" in answer["Cache-Control"]
    assert client.post(reverse("bookmarks:change"), {"remove": ad.uuid}, headers=JSON).json() == {"saved": False, "number": 0}


@pytest.mark.parametrize("sent", ["", "x", "\0", "5f943bd9", "é" * 500, str(UUID(int=1))])
def test_what_is_no_ad_cannot_be_saved(client, user, sent):
    assert client.post(reverse("bookmarks:change"), {"save": sent}).status_code == 404
    assert client.post(reverse("bookmarks:update"), {"ad": sent, "action": "remove"}).status_code == 404


@pytest.mark.parametrize(
    "sent",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nX: y", "/" + "a" * 9000],
)
def test_the_page_to_return_to_is_one_of_ours(client, user, sent):
    ad = make_ad("Kokk")
    assert client.post(reverse("bookmarks:change"), {"save": ad.uuid, "next": sent})["Location"] == "/lagret/"


@pytest.mark.parametrize("name", ["change", "update", "merge", "searches", "hide", "show", "settings"])
def test_scripts_without_login_get_401_and_forms_the_login(client, name):
    address = reverse(f"bookmarks:{name}")
    assert client.post(address, {"ads": str(uuid4())}, headers=JSON).status_code == 401
    response = client.post(address, {"next": "/?q=kokk"})
    assert response["Location"] == "/logg-inn/?next=/%3Fq%3Dkokk"
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize("name", ["change", "update", "merge", "searches", "hide", "show", "settings"])
def test_a_form_of_another_site_is_refused(user, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(reverse(f"bookmarks:{name}"), {}).status_code == 403


def test_an_account_has_room_for_a_bounded_number(client, user, monkeypatch):
    monkeypatch.setattr(bookmarks, "MAX_BOOKMARKS", 2)
    ads = [make_ad(f"Kokk {n}") for n in range(3)]
    answers = [client.post(reverse("bookmarks:change"), {"save": ad.uuid}, headers=JSON).status_code for ad in ads]
    assert answers == [200, 200, 409]
    assert client.post(reverse("bookmarks:change"), {"save": ads[2].uuid}, follow=True).status_code == 200
    assert len(list_saved(user)) == 2


def test_merging_adds_once_and_keeps_the_order_of_the_browser(client, user):
    kept = make_ad("Før")
    Bookmark.objects.create(owner=user, vacancy_uuid=kept.uuid, state="applied", note="Søkt i går")
    ads = [make_ad(f"Kokk {n}").uuid for n in range(3)]
    sent = {"ads": " ".join(map(str, [*ads, kept.uuid, "x"])), "search": ["q=kokk&page=3", "q=lege"]}
    for _ in range(2):  # the answer to the first was lost
        answer = client.post(reverse("bookmarks:merge"), sent, headers=JSON)
        assert answer.json() == {"moved": [str(uuid) for uuid in [*ads, kept.uuid]], "number": 4}
    assert [uuid for uuid in list_saved(user) if uuid != kept.uuid] == ads
    assert Bookmark.objects.get(vacancy_uuid=kept.uuid).state == "applied"
    searches = client.get(reverse("bookmarks:searches"), headers=JSON).json()["searches"]
    assert searches == [{"text": "kokk", "params": "q=kokk"}, {"text": "lege", "params": "q=lege"}]


def test_merging_moves_what_there_is_room_for(client, user, monkeypatch):
    monkeypatch.setattr(bookmarks, "MAX_BOOKMARKS", 2)
    ads = [make_ad(f"Kokk {n}").uuid for n in range(3)]
    answer = client.post(reverse("bookmarks:merge"), {"ads": " ".join(map(str, ads))}, headers=JSON)
    assert answer.json() == {"moved": [str(uuid) for uuid in ads[:2]], "number": 2}


def test_merging_takes_no_more_than_a_browser_keeps(client, user):
    sent = {"ads": " ".join(str(uuid4()) for _ in range(1500)), "search": [f"q=kokk+{n}" for n in range(50)]}
    answer = client.post(reverse("bookmarks:merge"), sent, headers=JSON)
    assert answer.json()["number"] == bookmarks.MAX_IN_BROWSER
    assert RecentSearch.objects.count() == 10


def test_recent_searches_are_changed_and_forgotten(client, user):
    address = reverse("bookmarks:searches")

    def send(**fields):
        return [one["text"] for one in client.post(address, fields, headers=JSON).json()["searches"]]

    assert send(search="q=kokk") == ["kokk"]
    assert send(search="q=kokk&extent=Deltid&sort=published") == ["kokk · Deltid"], "a filter changes the latest search"
    assert send(search="q=lege") == ["lege", "kokk · Deltid"]
    assert send(search="q=kari@example.no") == ["lege", "kokk · Deltid"]
    assert send(search="q=" + "x" * 5000) == send(search="") == send(search="\0") == ["lege", "kokk · Deltid"]
    assert send(remove="q=lege") == ["kokk · Deltid"]
    assert send(remove="") == []


def test_the_board_shows_the_ads_by_state(client, user):
    ads = [make_ad(f"Kokk {n}", employer_name="Havgløtt Kro") for n in range(3)]
    for ad, state in zip(ads, ("interested", "applied", "offer"), strict=True):
        Bookmark.objects.create(owner=user, vacancy_uuid=ad.uuid, state=state)
    page = Page(client.get("/lagret/"))
    found = {
        column.get("data-state"): [title.text_content().strip() for title in column.iterfind(".//h3")]
        for column in page.all("//section[@data-state]")
    }
    assert found == {"interested": ["Kokk 0"], "applied": ["Kokk 1"], "interview": [], "offer": ["Kokk 2"], "rejected": []}
    assert page.all("//*[@data-bookmarks]")[0].text_content().strip() == "3"


def test_an_ad_is_moved_noted_and_removed(client, user, other):
    ad = make_ad("Kokk")
    own = Bookmark.objects.create(owner=user, vacancy_uuid=ad.uuid)
    theirs = Bookmark.objects.create(owner=other, vacancy_uuid=ad.uuid, note="Olas")

    def send(**fields):
        response = client.post(reverse("bookmarks:update"), {"ad": ad.uuid, **fields})
        assert response["Location"] == f"/lagret/#ad-{ad.uuid}"

    send(action="move", state="interview", note="Ikke dette")
    own.refresh_from_db()
    assert (own.state, own.note) == ("interview", "")
    send(action="note", note=" Ring Kari\r\nmandag\0 ", state="offer")
    send(action="move", state="hired")
    send(action="dance", note="Nei", state="offer")
    send(action="note", note="x" * (BOOKMARK_NOTE_LENGTH + 1))
    own.refresh_from_db()
    assert (own.state, own.note) == ("interview", "Ring Kari\nmandag")
    send(action="remove")
    theirs.refresh_from_db()
    assert list(Bookmark.objects.all()) == [theirs] and theirs.note == "Olas" and theirs.state == "interested"


def test_a_note_is_shown_as_text(client, user):
    Bookmark.objects.create(owner=user, vacancy_uuid=make_ad("Kokk").uuid, note="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in client.get("/lagret/").content.decode()


def test_of_an_ended_ad_only_title_and_dates_stay_and_after_retention_not_even_that(client, user):
    due = timezone.localdate() + dt.timedelta(days=5)
    ended = make_ad("Kokk", status="INACTIVE", employer_name="Havgløtt Kro", application_due=due, job_title="Grillkokk")
    expired = make_ad("Kelner", employer_name="Havgløtt Kro", visible_until=timezone.now() - dt.timedelta(hours=1))
    Contact.objects.create(vacancy=expired, position=0, name="Kari Nordmann", phone="22334455")
    hidden = make_ad("Skjult stilling")
    Moderation.objects.create(uuid=hidden.uuid, hidden=True)
    for uuid in (ended.uuid, expired.uuid, hidden.uuid, uuid4()):
        Bookmark.objects.create(owner=user, vacancy_uuid=uuid, note="Mitt notat")
    html = client.get("/lagret/").content.decode()
    for text in ("Kokk", "Kelner", "Ikke lenger ledig", "Publisert", "Annonsen er slettet", "Mitt notat"):
        assert text in html
    for text in ("Havgløtt", "Grillkokk", "Kari", "22334455", "Skjult stilling"):
        assert text not in html
    Vacancy.objects.all().delete()
    html = client.get("/lagret/").content.decode()
    assert "Kokk" not in html and html.count("Annonsen er slettet") == 4


def test_the_board_costs_a_fixed_number_of_queries(client, user):
    for n in range(3 * board.SHOWN):
        ad = make_ad(f"KOKK I CAPS {n}", status="INACTIVE" if n % 3 == 0 else "ACTIVE")
        Bookmark.objects.create(owner=user, vacancy_uuid=ad.uuid, state=State.values[n % 2])
    save_prepared([prepare_from_related(ad) for ad in Vacancy.objects.filter(status="ACTIVE")])
    client.get("/lagret/")  # the first request of a session also stores the session's device
    with CaptureQueriesContext(connection) as captured:
        page = Page(client.get("/lagret/"))
    assert len(captured) <= 10, [query["sql"] for query in captured]
    assert len(page.all("//li[@data-bookmark]")) == 2 * board.SHOWN
    assert "Vis alle 30" in page.text()


def test_all_bookmarks_of_a_state_are_listed_in_pages(client, user):
    Bookmark.objects.bulk_create(Bookmark(owner=user, vacancy_uuid=uuid4(), state="applied") for _ in range(120))
    for number, shown in ((1, 50), (3, 20), (99, 20)):
        page = Page(client.get(f"/lagret/?state=applied&page={number}"))
        assert len(page.all("//li[@data-bookmark]")) == shown
    for odd in ("state=x", "state=applied&page=x", "state=applied&page=0", "state=%00"):
        assert client.get(f"/lagret/?{odd}").status_code == 200


def test_another_users_board_is_not_shown(client, user, other):
    Bookmark.objects.create(owner=other, vacancy_uuid=make_ad("Hemmelig kokk").uuid)
    assert "Hemmelig" not in client.get("/lagret/").content.decode()


def test_rows_show_what_is_saved(client, user):
    ads = [make_ad(f"Kokk {n}") for n in range(2)]
    Bookmark.objects.create(owner=user, vacancy_uuid=ads[0].uuid)
    for ad, pressed, name in ((ads[0], "true", "remove"), (ads[1], "false", "save")):
        buttons = Page(client.get(f"/stilling/{ad.uuid}/")).all(f"//button[@data-save='{ad.uuid}']")
        assert {(one.get("aria-pressed"), one.get("name"), one.get("form")) for one in buttons} == {(pressed, name, "bokmerke")}


def test_a_user_is_deleted_with_everything(client, user):
    client.post(reverse("bookmarks:change"), {"save": make_ad("Kokk").uuid})
    client.post(reverse("bookmarks:searches"), {"search": "q=kokk"}, headers=JSON)
    client.post(reverse("bookmarks:settings"), {"action": "make_calendar"})
    user.delete()
    assert not Bookmark.objects.exists() and not RecentSearch.objects.exists()
