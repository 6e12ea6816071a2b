"""Hidden ads and employers: left out of all of one's lists and counts, undone, bounded, each user's own."""

from __future__ import annotations

from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobsearch.saved.bookmarks import hidden
from jobsearch.saved.mail.links import Purpose, sign_token
from jobsearch.saved.models import HiddenItem, SearchFeed
from jobsearch.vacancies.ad_data import LocationData
from tests.saved.alerts import run
from tests.web.page import Page
from tests.web.support import ads, closed, own_index, recruiter  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
KRO = {"employer_name": "Havgløtt Kro", "employer_orgnr": "999888777"}


@pytest.fixture
def user(recruiter, client):  # noqa: F811 - the fixture
    client.force_login(recruiter)
    return recruiter


@pytest.fixture
def made(ads):  # noqa: F811 - the fixture
    """Two cooks of one employer and one of another, all in Bergen."""
    bergen = {"locations": (LocationData("NORGE", "VESTLAND", "BERGEN"),)}
    return ads(
        {"title": "Kokk en", **KRO, **bergen},
        {"title": "Kokk to", **KRO, **bergen},
        {"title": "Kokk tre", "employer_name": "Fjordhotellet", "employer_orgnr": "999888666", **bergen},
    )


def hide(client, what: str, **fields: str):
    response = client.post(reverse("bookmarks:hide"), {"what": what, "next": "/?q=kokk", **fields})
    assert (response.status_code, response["Location"]) == (302, "/?q=kokk")


def read_numbers(client) -> dict[str, object]:
    """Every number of ads that the visitor is shown for cooks in Bergen."""
    results, front = Page(client.get("/?q=kokk")), Page(client.get("/"))
    place = results.one("//input[@name='place'][@value='VESTLAND']").get("data-count")
    facet = Page(client.get("/filter/employer/?q=kokk"))
    csv = b"".join(client.get("/treff.csv?q=kokk").streaming_content).decode().strip().splitlines()[1:]
    return {
        "list": sorted(results.titles),
        "total": results.total,
        "front": front.total,
        "place": int(place),
        "employers": sorted(" ".join(link.text_content().split()) for link in facet.all("//main//ul//a")),
        "suggestion": Page(client.get("/forslag/?q=kokk")).text("//*[@role='option']"),
        "saved": int(Page(client.get("/lagrede-sok/")).one("//main//*[@data-total]").get("data-total")),
        "landing": len(Page(client.get("/jobb/bergen/")).titles),
        "csv": len(csv),
    }


def test_a_hidden_ad_is_in_no_list_and_no_number_of_its_user(client, user, made):
    user.saved_searches.create(name="Kokker", params="q=kokk")
    before = read_numbers(client)
    assert (before["total"], before["place"], before["saved"], before["landing"], before["csv"]) == (3, 3, 3, 3, 3)
    hide(client, f"ad:{made[0]}")
    page = Page(client.get("/?q=kokk"))
    assert "Annonsen er skjult" in page.text("//*[@id='beskjeder']")
    after = read_numbers(client)
    assert after["list"] == ["Kokk to", "Kokk tre"]
    assert [after[name] for name in ("total", "front", "place", "saved", "landing", "csv")] == [2] * 6
    assert "2" in str(after["suggestion"]) and "3" not in str(after["suggestion"])
    client.post(reverse("bookmarks:show"), {"what": f"ad:{made[0]}", "next": "/?q=kokk"})
    assert read_numbers(client) == before


def test_a_hidden_employer_is_in_no_list_and_no_number(client, user, made):
    user.saved_searches.create(name="Kokker", params="q=kokk")
    hide(client, f"employer:{made[0]}")
    numbers = read_numbers(client)
    assert numbers["list"] == ["Kokk tre"]
    assert [numbers[name] for name in ("total", "front", "place", "saved", "landing", "csv")] == [1] * 6
    assert len(numbers["employers"]) == 1 and "Fjordhotellet" in numbers["employers"][0]
    page = Page(client.get("/?q=kokk&employer=Havgløtt+Kro", follow=True))
    assert page.total == 0 and "Stillinger du har skjult, er ikke med" in page.text(), "an empty list says why"


def test_similar_ads_are_without_the_hidden_ones(client, user, made):
    address = f"/stilling/{made[2]}/"
    assert len(Page(client.get(address)).all("//ul[@class='cards']//article")) == 2
    hide(client, f"ad:{made[0]}")
    assert len(Page(client.get(address)).all("//ul[@class='cards']//article")) == 1


def test_the_secret_feed_of_a_saved_search_is_without_them_and_the_public_one_is_not(client, user, made):
    saved = user.saved_searches.create(name="Kokker", params="q=kokk")
    feed = SearchFeed.objects.create(saved_search=saved)
    secret, public = reverse("web:saved_atom", args=[sign_token(Purpose.FEED, feed.pk)]), reverse("web:atom") + "?q=kokk"
    hide(client, f"employer:{made[0]}")
    assert [client.get(address).content.count(b"<entry>") for address in (secret, public)] == [1, 3]


def test_what_one_user_hides_is_shown_to_others(client, user, made):
    visitor, other = Client(), Client()
    other.force_login(get_user_model().objects.create_user("ola", password="et annet langt passord"))
    hide(client, f"employer:{made[0]}")
    assert [Page(one.get("/?q=kokk")).total for one in (client, visitor, other)] == [1, 3, 3]


def test_pages_of_users_have_no_entity_tag_and_are_kept_by_no_shared_cache(client, user, made):
    for address in ("/?q=kokk", "/", "/jobb/bergen/", f"/stilling/{made[0]}/"):
        response = client.get(address)
        assert not response.has_header("ETag"), address
        assert "private" in response["Cache-Control"] and "Cookie" in response["Vary"], address
    tag = Client().get("/?q=kokk")["ETag"]
    hide(client, f"ad:{made[0]}")
    assert client.get("/?q=kokk", headers={"if-none-match": tag}).status_code == 200


def test_hiding_offers_to_undo_it_and_to_hide_the_employer(client, user, made):
    hide(client, f"ad:{made[0]}")
    buttons = Page(client.get("/?q=kokk")).all("//*[@id='beskjeder']//button[@form='skjul']")
    assert [(one.get("formaction"), one.get("value")) for one in buttons] == [
        ("/lagret/vis/", f"ad:{made[0]}"),
        ("/lagret/skjul/", f"employer:{made[0]}"),
    ]


def test_the_list_of_hidden_things_shows_them_again(client, user, made):
    hide(client, f"ad:{made[2]}")
    hide(client, f"employer:{made[0]}")
    page = Page(client.get("/lagret/skjulte/"))
    assert "Kokk tre" in page.text() and "Havgløtt Kro" in page.text()
    for button in page.all("//button[@name='item']"):
        client.post(reverse("bookmarks:show"), {"item": button.get("value")})
    assert not HiddenItem.objects.exists()


def test_another_users_item_stays_hidden(client, user, made):
    ola = get_user_model().objects.create_user("ola", password="et annet langt passord")
    item = HiddenItem.objects.create(owner=ola, kind="ad", value=str(made[0]))
    client.post(reverse("bookmarks:show"), {"item": item.pk})
    client.post(reverse("bookmarks:show"), {"what": f"ad:{made[0]}"})
    assert HiddenItem.objects.filter(pk=item.pk).exists()


def test_of_an_ended_ad_the_list_shows_the_title_and_then_nothing(client, user, made):
    hide(client, f"ad:{made[0]}")
    closed(made[0])
    text = Page(client.get("/lagret/skjulte/")).text()
    assert "Kokk en" in text and "Havgløtt" not in text
    from jobsearch.vacancies.models import Vacancy

    Vacancy.objects.filter(pk=made[0]).delete()
    assert "Annonsen er slettet" in Page(client.get("/lagret/skjulte/")).text()


def test_what_is_no_ad_cannot_be_hidden(client, user, made):
    for sent in ("", "x", "ad:", "ad:x", "\0:\0", "employer:" + "é" * 500, f"ad:{UUID(int=1)}", "item:1"):
        assert client.post(reverse("bookmarks:hide"), {"what": sent}).status_code == 404, sent
        assert client.post(reverse("bookmarks:show"), {"what": sent}).status_code == 404, sent
        assert client.post(reverse("bookmarks:show"), {"item": sent or "9" * 30}).status_code in {302, 404}, sent
    assert client.post(reverse("bookmarks:hide"), {"what": f"{made[0]}"}).status_code == 404


def test_an_ad_without_an_employer_hides_no_employer(client, user, ads):  # noqa: F811 - the fixture
    (uuid,) = ads({"title": "Kokk", "employer_name": "", "employer_orgnr": ""})
    assert client.post(reverse("bookmarks:hide"), {"what": f"employer:{uuid}"}).status_code == 404
    hide(client, f"ad:{uuid}")
    assert len(Page(client.get("/?q=kokk")).all("//*[@id='beskjeder']//button[@form='skjul']")) == 1


def test_the_number_is_bounded_and_ended_ads_make_room(client, user, made, monkeypatch):
    monkeypatch.setitem(hidden._LIMITS, HiddenItem.Kind.AD, 2)
    for uuid in made[:2]:
        hide(client, f"ad:{uuid}")
    response = client.post(reverse("bookmarks:hide"), {"what": f"ad:{made[2]}"}, follow=True)
    assert "så mange som det er plass til" in Page(response).text()
    response = client.post(reverse("bookmarks:hide"), {"what": f"ad:{made[2]}"}, headers={"hx-request": "true"})
    assert response["HX-Redirect"] == "/lagret/skjulte/"
    closed(made[0])
    hide(client, f"ad:{made[2]}")
    assert {item.value for item in HiddenItem.objects.all()} == {str(made[1]), str(made[2])}


def test_hiding_costs_one_query_for_a_page(client, user, made):
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/?q=kokk")
        return len(captured)

    count_queries()
    before = count_queries()
    hide(client, f"employer:{made[2]}")
    client.get("/?q=kokk")  # shows the message
    assert count_queries() <= before


def test_an_alert_leaves_out_what_its_address_has_hidden(user, made, subscribe, mailbox):
    EmailAddress.objects.create(user=user, email="kari@example.no", verified=True, primary=True)
    subscription = subscribe("q=kokk", address="kari@example.no")
    other = subscribe("q=kokk", address="ola@example.no")
    HiddenItem.objects.create(owner=user, kind="ad", value=str(made[2]))
    HiddenItem.objects.create(owner=user, kind="employer", value="999888777")
    assert run()["sent"] == 1, "nothing is left for the first address"
    (message,) = mailbox.messages
    assert message["to"] == "ola@example.no" and message["subject"].startswith("3 nye")
    assert not subscription.mails.exists() and other.mails.get().ads == 3
