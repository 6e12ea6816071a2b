"""Ads whose deadline has passed: left out by default, with a link that shows them; every number fits the list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.saved.searches.counts import count_hits
from jobsearch.search import api as search
from jobsearch.search.assist import suggestions
from jobsearch.search.engines import registry
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.visibility import OSLO
from tests.web.page import Page

VOSS = (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"),)
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)


def in_days(number: int) -> str:
    return str(timezone.now().astimezone(OSLO).date() + dt.timedelta(days=number))


@pytest.fixture
def some(ads):
    return ads(
        {"title": "Kokk i dag", "application_due": in_days(0)},
        {"title": "Kokk neste uke", "application_due": in_days(6)},
        {"title": "Kokk snarest", "application_due": "Snarest"},
        {"title": "Kokk etter avtale", "application_due": "Etter avtale"},
        {"title": "Kokk uten frist", "application_due": ""},
        {"title": "Kokk i går", "application_due": in_days(-1), "locations": VOSS, "occupations": COOK, "employer_name": "Kroa"},
        {"title": "Kokk i fjor", "application_due": in_days(-400), "extent": "Deltid"},
    )


OPEN = {"Kokk i dag", "Kokk neste uke", "Kokk snarest", "Kokk etter avtale", "Kokk uten frist"}
PASSED = {"Kokk i går", "Kokk i fjor"}


def get(client, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.url
    return Page(response)


def find_link(page: Page):
    links = page.all("//p[@class='passed-deadlines']/a")
    return (" ".join(links[0].text_content().split()), links[0].get("href")) if links else None


def test_passed_deadlines_are_left_out_and_a_link_shows_them(client, some):
    page = get(client, "/")
    assert {*page.titles} == OPEN and page.total == 5
    assert find_link(page) == ("Vis også 2 der fristen er ute", "/?deadline=all")
    everything = get(client, "/?deadline=all")
    assert {*everything.titles} == OPEN | PASSED and everything.total == 7
    assert find_link(everything) == ("Skjul 2 der fristen er ute", "/")
    chip = everything.one("//ul[@class='chips']//a[@class='chip']")
    assert (chip.text.strip(), chip.get("href")) == ("Også der fristen er ute", "/")


def test_link_keeps_the_search_and_counts_within_it(client, some):
    page = get(client, "/?q=kokk&place=VESTLAND&extent=Deltid&sort=published&size=50")
    assert (page.total, find_link(page)) == (
        0,
        ("Vis også 1 der fristen er ute", "/?q=kokk&place=VESTLAND&extent=Deltid&deadline=all&sort=published&size=50"),
    )
    assert get(client, find_link(page)[1]).titles == ["Kokk i fjor"]


@pytest.mark.parametrize("address", ["/?deadline=7", "/?deadline=asap", "/?deadline=passed", "/?q=kokk&place=OSLO"])
def test_no_link_beside_another_deadline_or_without_such_ads(client, some, address):
    assert find_link(get(client, address)) is None


def test_each_value_of_the_deadline_finds_its_ads_and_counts_them(client, some):
    page = get(client, "/")
    boxes = {box.get("value"): box for box in page.all("//ul[@id='f-deadline']//input")}
    assert {value: box.get("data-count") for value, box in boxes.items()} == {
        "": None,
        "asap": "1",
        "3": "1",
        "7": "2",
        "14": "2",
        "30": "2",
        "Ikke oppgitt": "1",
        "passed": "2",
        "all": "7",
    }
    assert boxes[""].get("checked") is not None
    assert page.text("//label[@for='deadline-']") == "Fristen er ikke ute"
    for value, box in boxes.items():
        found = get(client, f"/?deadline={value}" if value else "/")
        assert found.total == int(box.get("data-count") or 5)
    assert {*get(client, "/?deadline=passed").titles} == PASSED


def test_choices_of_passed_deadlines_need_such_an_ad(client, ads):
    ads({"application_due": in_days(3)})
    assert not get(client, "/").all("//input[@value='passed' or @value='all']")
    page = get(client, "/?deadline=passed")
    assert page.total == 0 and page.one("//input[@value='passed']").get("checked") is not None
    assert [" ".join(link.text_content().split()) for link in page.all("//ul[@class='broader-searches']//a")] == [
        "Uten «Fristen er ute»: 1 treff"
    ]


@pytest.mark.parametrize("deadline", [None, "all", "passed"])
def test_every_count_fits_the_list(client, some, deadline):
    kept = {"deadline": deadline} if deadline else {}
    for control in get(client, "/" + (f"?deadline={deadline}" if deadline else "")).all("//input[@data-count]"):
        asked = kept | {control.get("name"): control.get("value")}
        assert Page(client.get("/", asked, follow=True)).total == int(control.get("data-count")), asked
    query = search.SearchQuery(deadline=deadline)
    total = search.search(query).total
    assert search.count(query) == len(list(search.scan(query))) == total
    assert search.count_new(query, timezone.now() - dt.timedelta(days=1)) == total
    for facet in ("employer", "place"):
        for value, number in search.count_facets(query, facet).items():
            assert search.count(query.replace(**{facet: (value,)})) == number


@pytest.mark.parametrize(("address", "counts"), [("/forslag/?q=sy", {5}), ("/forslag/?q=sy&deadline=all", {6})])
def test_suggestions_count_what_they_lead_to(client, some, address, counts):
    suggestions.name_index.refresh()
    options = Page(client.get(address)).all("//a[@role='option']")
    numbers = [int(option.find("span[@class='suggest-count']").text.split()[0]) for option in options]
    assert [Page(client.get(option.get("href"))).total for option in options] == numbers
    assert {*numbers} == counts
    if counts == {5}:  # the only ad of this occupation has a passed deadline
        links = Page(client.get("/forslag/?q=kok")).all("//a[@role='option']/@href")
        assert not [link for link in links if "occupation=Reiseliv+og+mat%2FKokk" in link]


def test_pages_and_sort_keep_the_choice(client, ads):
    ads(*({"title": f"Kokk {number}", "application_due": in_days(number - 5)} for number in range(30)))
    assert get(client, "/").total == 25 and not get(client, "/").all("//nav[@class='pages']")
    first = get(client, "/?deadline=all&sort=deadline")
    assert first.titles[0] == "Kokk 5"
    second = get(client, first.one("//a[contains(@rel, 'next')]").get("href"))
    assert {*second.titles} == {f"Kokk {number}" for number in range(5)}
    assert find_link(second)[1] == "/?sort=deadline"


def test_number_in_the_link_costs_no_request_to_the_engine(client, some, monkeypatch):
    asked = []
    engine = type(registry.engine())
    answer = engine.search
    monkeypatch.setattr(engine, "search", lambda self, request: asked.append(request) or answer(self, request))
    get(client, "/")
    assert len(asked) == 1


def test_saved_search_follows_the_default_and_keeps_the_choice(client, some, recruiter):
    old = recruiter.saved_searches.create(name="Gammelt", params="q=kokk")
    wide = recruiter.saved_searches.create(name="Alle", params="q=kokk&deadline=all")
    assert [counted.total for counted in count_hits(recruiter.pk, [(old, old.last_looked), (wide, wide.last_looked)])] == [5, 7]
    client.force_login(recruiter)
    for saved, total in ((old, 5), (wide, 7)):
        assert Page(client.get(f"/lagrede-sok/{saved.pk}/", follow=True)).total == total
    assert "Også der fristen er ute" in get(client, "/lagrede-sok/").text()
    lines = b"".join(client.get("/treff.csv?q=kokk&deadline=all").streaming_content).decode().splitlines()
    assert len(lines) == 1 + 7


def test_employer_with_passed_deadlines_only_is_not_called_unknown(client, some):
    page = get(client, "/?employer=Kroa")
    assert page.total == 0 and find_link(page) == ("Vis også 1 der fristen er ute", "/?employer=Kroa&deadline=all")
    assert "Vi har ingen annonser" not in page.text()


def test_similar_ads_are_open(some):
    passed = {str(one) for one in some[5:]}
    assert not passed & {str(hit.uuid) for hit in search.find_similar(some[0], limit=50)}
