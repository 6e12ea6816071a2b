"""Suggestions while typing, and help on the results page: "did you mean" and wider searches."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from jobsearch.search.api import SearchQuery
from jobsearch.search.query import RecognisedEntity, alternatives
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.web.presenters import results
from tests.web.page import Page
from tests.web.support import make_ads

pytestmark = pytest.mark.django_db
BERGEN = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)


@pytest.fixture(scope="module")
def some(module_site):
    mentioning = "<p>Vi har sykepleer og xylofonlærer.</p>"
    with module_site() as make_ads:
        yield make_ads(
            {"title": "Sykepleier", "locations": BERGEN, "employer_name": "Bergen kommune"},
            {"title": "Sykepleier", "locations": OSLO, "employer_name": "Oslo & omegn <i onclick=x>pleie</u>"},
            *[{"title": "Sykepleier", "locations": OSLO}] * 4,
            {"title": "Kokk", "locations": BERGEN, "occupations": COOK, "description": mentioning},
        )


def get(address: str) -> Page:
    return Page(Client().get(address, follow=True))


def suggested(address: str):
    response = Client().get(address)
    assert response["Cache-Control"] == "private, no-store"
    return Page(response).all("//*[@role='option']") if response.status_code == 200 else []


def number(link) -> int:
    return int(re.search(r"(\d+) treff", link.text_content()).group(1))


def test_each_suggestion_links_to_a_page_with_its_count(some):
    links = suggested("/forslag/?q=be&extent=Heltid") + suggested("/forslag/?q=sykepleier+os&sort=published")
    assert len(links) >= 4
    for link in links:
        assert get(link.get("href")).total == number(link) > 0


def test_suggestions_keep_filters_and_sorting(some):
    assert [link.get("href") for link in suggested("/forslag/?q=kok&place=VESTLAND&sort=published")] == [
        "/?place=VESTLAND&occupation=Reiseliv+og+mat%2FKokk&sort=published",
        "/?q=kok&place=VESTLAND&sort=published",
    ]


def test_suggestions_are_a_listbox_with_named_groups(some):
    page = get("/forslag/?q=be")
    for group in page.all("//*[@role='group']"):
        (name,) = page.all(f"//*[@id='{group.get('aria-labelledby')}']")
        assert name.text_content() in {"Yrker", "Søkeord", "Arbeidsgivere", "Steder", "Filtre"}
        assert group.xpath(".//*[@role='option'][@aria-selected='false'][@tabindex='-1'][@id]")
    assert page.one("//*[@data-status]").get("data-status") == "2 forslag"
    assert [one.text_content() for one in page.all("//mark")] == ["Be", "Be"]


def test_groups_are_in_a_fixed_order_with_headings(own_ads):
    own_ads({"title": "Heltene", "locations": BERGEN, "employer_name": "Helt AS", "extent": "Heltid"})
    page = get("/forslag/?q=helt")
    assert [one.text_content() for one in page.all("//*[@class='suggest-name']")] == ["Søkeord", "Arbeidsgivere", "Filtre"]
    assert [" ".join(one.text_content().split()) for one in page.all("//*[@role='option']")] == [
        "Søk etter «helt» 1 treff",
        "Helt AS 1 treff",
        "Heltid Omfang 1 treff",
    ]


def test_names_are_escaped(some):
    page = get("/forslag/?q=omegn")
    assert "Oslo & omegn <i onclick=x>pleie</u>" in page.text("//body") and page.all("//i | //u") == []


@pytest.mark.parametrize(
    "q",
    ["", "+", "a", "xqzzyw", "%00%ED%A0%80", "a" * 8000, "syk+" * 60, "kari%40sykehus.example+syk", "07019012454", "%22", "*"],
)
def test_invalid_long_and_personal_texts_get_204(some, q, caplog):
    response = Client().get(f"/forslag/?q={q}")
    assert (response.status_code, response.content, response["Cache-Control"]) == (204, b"", "private, no-store")
    assert not caplog.records


def test_invalid_filters_are_left_out(some):
    response = Client().get("/forslag/?q=be&page=-1&sort=y&q=be&occupation=%00&unknown=1")
    assert response.status_code == 200 and response["X-Robots-Tag"] == "noindex, nofollow"
    assert Client().post("/forslag/", {"q": "be"}).status_code == 405
    for nothing in ("sector=Kirken", "published=x"):  # suggestions would keep the filter and find nothing
        assert Client().get(f"/forslag/?q=be&{nothing}").status_code == 204


def test_typed_text_is_not_logged(some, caplog):
    caplog.set_level("DEBUG")
    assert suggested("/forslag/?q=sykepleier")
    assert not any("sykepl" in record.getMessage() for record in caplog.records)


def test_engine_down_gives_204_without_an_error(own_index, make_vacancy):
    make_vacancy(title="Sykepleier")  # and no index
    response = Client().get("/forslag/?q=syk")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("address", ["/", "/?q=kokk", "/?q=kokk&place=OSLO"])
def test_every_page_with_the_search_field_has_an_empty_list(some, address):
    page = get(address)
    box = page.one("//form[@id='sok']//*[@id='forslag']")
    assert box.get("hidden") is not None and len(box) == 0 and box.get("data-url") == "/forslag/"
    assert page.one("//*[@id='q']").get("role") is None  # the script sets the role
    assert page.one("//*[@id='forslag-n']").text_content() == ""


def test_did_you_mean_offers_a_common_word_with_its_count(some):
    page = get("/?q=sykepleer")
    assert page.total == 1
    link = page.one("//*[@class='meant']/a")
    assert link.text_content().split() == ["Mente", "du", "sykepleier?", "6", "treff"]
    assert get(link.get("href")).total == 6
    assert get("/?q=sykepleer&place=VESTLAND").all("//*[@class='meant']") == []  # one hit more is not enough


@pytest.mark.parametrize(
    "q", ["sykepleier", "kokk", "sykepleiere", "bergen", "%22sykepleer%22", "nattsykepleier", "xqzzyw", "lærer"]
)
def test_no_did_you_mean_for_correct_or_unknown_words(some, q):
    assert get(f"/?q={q}").all("//*[@class='meant']") == []


def test_occupation_found_only_in_texts_has_a_message(some, own_index):
    make_ads({"title": "Saxofonlærer"}, {"title": "Xylofonlerer"})
    page = get("/?q=xylofonlærer")
    assert page.total == 1 and page.titles == ["Kokk"]
    assert "Ingen stillinger heter dette. Disse annonsene nevner det." in page.text()
    assert "Disse annonsene nevner det" not in get("/?q=kokk").text()


def test_corrected_search_links_to_the_word_as_typed(some, own_index):
    make_ads({"title": "Saxofonlærer"}, {"title": "Xylofonlerer"})
    mentioning = {"title": "Kokk", "occupations": COOK}
    make_ads(*({**mentioning, "description": f"<p>Vi har {n} og en xylofonlærer.</p>"} for n in range(alternatives.MAX_MENTIONS)))
    page = get("/?q=xylofonlærer")
    assert "Ingen treff på «xylofonlærer». Viser treff for" in page.text()
    (insisting,) = [link for link in page.all("//p[@class='message']/a") if "treff" in link.text_content()]
    assert insisting.get("href") == "/?q=%22xylofonl%C3%A6rer%22"
    assert get(insisting.get("href")).total == number(insisting) == alternatives.MAX_MENTIONS + 1
    assert "Ordrett" not in get("/?q=sykepeier").text()


def test_each_wider_search_has_the_count_of_its_page(some):
    page = get("/?q=sykepleier+bergen+bratsj&place=OSLO&extent=Heltid&sort=published")
    assert page.total == 0
    links = page.all("//ul[@class='broader-searches']//a")
    assert [link.text_content() for link in links] == ["Uten søkeordene: 5 treff"]
    page = get("/?q=sykepleier+kokk*&extent=Heltid")
    links = page.all("//ul[@class='broader-searches']//a")
    assert [link.text_content() for link in links] == [
        "Uten «kokk*»: 6 treff",
        "Uten «sykepleier»: 1 treff",
        "Uten søkeordene: 7 treff",
    ]
    for link in links:
        assert get(link.get("href")).total == number(link)


def test_any_wider_search_has_the_count_of_its_page(some):
    for q in (
        'sykepleier -kokk "vi har"',
        "natt dag kveld helg",
        "kokk servitør OR baker",
        "ledige stillinger bratsj",
        "a b c d e",
    ):
        for filters in (
            "place=OSLO&place=VESTLAND%2FBERGEN&sector=Privat&extent=Deltid",
            "published=1&engagement=Vikariat&language=en",
        ):
            page = get(f"/?q={quote(q)}&{filters}")
            links = page.all("//ul[@class='broader-searches']//a")
            assert page.total == 0 and len(links) <= results.MAX_BROADER_SEARCHES
            for link in links:
                assert get(link.get("href")).total == number(link), link.get("href")


def test_wider_searches_of_a_misspelt_search_count_the_correction(some):
    page = get("/?q=sykepeier+kokk*&place=OSLO")
    assert page.total == 0
    links = {link.text_content(): link.get("href") for link in page.all("//ul[@class='broader-searches']//a")}
    assert links == {"Uten «kokk*»: 5 treff": "/?q=sykepeier&place=OSLO", "Uten søkeordene: 5 treff": "/?place=OSLO"}
    without = get("/?q=sykepeier&place=OSLO")
    assert without.total == 5 and "Viser treff for sykepleier" in without.text()


@pytest.mark.parametrize(
    ("q", "typed", "left"),
    [
        ("sykepleier i Bergen", "Bergen", "sykepleier"),
        ("bergen sykepleier", "bergen", "sykepleier"),
        ("deltid bergen", "bergen", "deltid"),
        ("Bergen", "bergen", ""),
        ("bergenhus bergen natt", "bergen", "bergenhus natt"),
    ],
)
def test_recognised_words_are_chips_that_remove_them(q, typed, left):
    query = SearchQuery(q=q, sort="published")
    (chip,) = results.list_recognised_chips(query, [RecognisedEntity(typed, "place", "VESTLAND/BERGEN")])
    assert (chip.label, chip.note) == ("Bergen", ", sted i søket, fjern")
    assert chip.url == results.build_address(query.replace(q=left))


def test_word_for_several_places_is_one_chip_as_typed():
    several = [RecognisedEntity("sørlandet", "place", value) for value in ("AGDER", "TELEMARK")]
    (chip,) = results.list_recognised_chips(SearchQuery(q="kokk sørlandet"), several)
    assert (chip.label, chip.url) == ("sørlandet", "/?q=kokk")


def test_words_not_in_the_search_are_no_chip():
    assert (
        results.list_recognised_chips(SearchQuery(q="bergenhus"), [RecognisedEntity("bergen", "place", "VESTLAND/BERGEN")]) == []
    )
