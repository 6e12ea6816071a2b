"""Results page: hits, facets, and messages where it cannot answer."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.facets import FACETS
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web.page import Page

BERGEN = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
VOSS = (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
SWEDEN = (LocationData("SVERIGE", "", "", "STOCKHOLM"),)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def some(module_site):
    doctor, cook, developer = (
        (OccupationData(*names),) for names in (("Helse og sosial", "Lege"), ("Reiseliv og mat", "Kokk"), ("IT", "Utvikling"))
    )
    with module_site() as make_ads:
        yield make_ads(
            {"title": "Sykepleier", "locations": BERGEN},
            {"title": "Lege", "locations": VOSS, "occupations": doctor},
            {"title": "Kokk", "locations": OSLO, "sector": "Privat", "occupations": cook},
            {"title": "Utvikler", "locations": SWEDEN, "sector": "", "occupations": developer},
        )


def get(client, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, response.status_code
    return Page(response)


def test_home_page_lists_all_active_ads_and_the_total(client, some):
    page = get(client, "/")
    assert page.total == len(page.titles) == 4
    assert page.text("//h2[@id='treff-h']") == "4 treff"


def test_misspelt_word_is_corrected_and_the_correction_is_shown(client, some):
    page = get(client, "/?q=sykepeier")
    assert page.titles == ["Sykepleier"]
    assert "Ingen treff på «sykepeier». Viser treff for sykepleier." in page.text()
    assert "Viser treff for" not in get(client, "/?q=sykepleier").text()


@pytest.mark.parametrize(
    ("params", "labels"),
    [
        ("", ["Nyeste *", "Frist først"]),
        ("place=VESTLAND", ["Nyeste *", "Frist først"]),
        ("place=VESTLAND&sort=published", ["Nyeste *", "Frist først"]),
        ("place=VESTLAND&sort=deadline", ["Nyeste", "Frist først *"]),
        ("q=kokk", ["Mest relevante *", "Nyeste", "Frist først"]),
        ("q=kokk&sort=published", ["Mest relevante", "Nyeste *", "Frist først"]),
    ],
)
def test_order_is_named_as_it_is(client, some, params, labels):
    page = get(client, f"/?{params}")
    options = page.all("//select[@id='sort']/option")
    shown = [f"{one.text_content()}{' *' if one.get('selected') is not None else ''}" for one in options]
    assert shown == labels


LEFT_OUT = "Ingen treff med «spennende». Vi viser treff uten."


@pytest.mark.parametrize("sort", ["", "&sort=published", "&sort=deadline"])
def test_common_word_without_hits_is_left_out_and_the_page_says_so(client, some, sort):
    page = get(client, f"/?q=spennende+kokk{sort}")
    assert (page.titles, page.total) == (["Kokk"], 1)
    assert page.text("//section[@id='treff']").count(LEFT_OUT) == 1
    assert LEFT_OUT not in get(client, f"/?q=kokk{sort}").text()


def test_htmx_response_announces_words_that_are_left_out(client, some):
    answer = Page(client.get("/?q=spennende+kokk&sort=published", headers={"HX-Request": "true"}))
    assert answer.text("//p[@id='live']") == f"{LEFT_OUT} 1 treff"
    assert LEFT_OUT in answer.text("//section[@id='treff']")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("nn", "Ingen treff med «spennende». Vi viser treff utan."),
        ("en", "No results with “spennende”, so these are the results"),
    ],
)
def test_words_that_are_left_out_are_named_in_each_language(client, some, language, message):
    client.cookies["django_language"] = language
    assert message in get(client, "/?q=spennende+kokk").text()


def test_words_with_a_meaning_are_not_left_out_but_the_page_offers_it(client, some):
    page = get(client, "/?q=hvem+ansetter+kokk+til+elefanter")
    assert page.total == 0 and "Vi viser treff uten" not in page.text()
    assert "Uten «elefanter»: 1 treff" in page.text()
    assert "Uten «hvem»" not in page.text(), "left out anyway"


def test_empty_database_has_a_message(client, own_ads):

    indexing.index_changes()
    page = get(client, "/")
    assert page.total == 0
    assert "ingen stillinger her ennå" in page.text()


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/?q=lege", ["Lege"]),
        ("/?place=VESTLAND", ["Lege", "Sykepleier"]),
        ("/?place=VESTLAND%2FBERGEN", ["Sykepleier"]),
        ("/?place=UTLAND%2FSVERIGE", ["Utvikler"]),
        ("/?occupation=Helse+og+sosial%2FLege&occupation=IT", ["Lege", "Utvikler"]),
        ("/?sector=Ikke+oppgitt", ["Utvikler"]),
        ("/?place=VESTLAND&sector=Privat", []),
        ("/?published=3", ["Kokk", "Lege", "Sykepleier", "Utvikler"]),
    ],
)
def test_values_of_one_facet_are_or_ed_and_facets_and_ed(client, some, address, titles):
    page = get(client, address)
    assert sorted(page.titles) == titles
    assert page.total == len(titles)


def test_each_count_equals_the_hits_of_choosing_it(client, some):
    page = get(client, "/")
    controls = page.all("//input[@data-count]")
    counted = {name for name, facet in FACETS.items() if not facet.long}
    assert {control.get("name") for control in controls} == counted
    assert {"place", "occupation", "deadline", "published"} <= counted
    for control in controls:
        response = client.get("/", {control.get("name"): control.get("value")})
        assert Page(response).total == int(control.get("data-count")), control.get("value")


def test_municipalities_are_shown_only_under_a_chosen_county(client, some):
    assert not get(client, "/").all("//input[@value='VESTLAND/BERGEN']")
    page = get(client, "/?place=VESTLAND")
    assert page.one("//input[@value='VESTLAND/BERGEN']").get("data-count") == "1"
    assert not page.all("//input[@value='OSLO/OSLO']")


def test_chosen_municipality_is_checked_and_links_to_its_county(client, some):
    page = get(client, "/?place=VESTLAND%2FBERGEN")
    assert page.one("//input[@value='VESTLAND/BERGEN']").get("checked") is not None
    assert page.one("//input[@value='VESTLAND']").get("checked") is None
    assert page.one("//a[text()='Hele Vestland']").get("href") == "/?place=VESTLAND"


def test_each_chip_removes_one_choice(client, some):
    page = get(client, "/?q=lege&place=VESTLAND&sector=Offentlig&published=7")
    chips = {chip.text.strip(): chip.get("href") for chip in page.all("//a[@class='chip']")}
    assert chips == {
        "«lege»": "/?place=VESTLAND&sector=Offentlig&published=7",
        "Vestland": "/?q=lege&sector=Offentlig&published=7",
        "Offentlig": "/?q=lege&place=VESTLAND&published=7",
        "Siste 7 dager": "/?q=lege&place=VESTLAND&sector=Offentlig",
    }
    assert {link.get("href") for link in page.all("//a[text()='Nullstill alle']")} == {"/"}


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/?q=&place=VESTLAND&published=&sort=relevance", "/?place=VESTLAND"),
        ("/?sector=Privat&place=OSLO", "/?place=OSLO&sector=Privat"),
        ("/?place=vestland/bergen&page=1", "/?place=VESTLAND%2FBERGEN"),
        ("/?place=VESTLAND&place=VESTLAND/BERGEN", "/?place=VESTLAND%2FBERGEN"),
        ("/?utm_source=x", "/"),
        ("/?q=+lege++", "/?q=lege"),
    ],
)
def test_search_redirects_to_its_canonical_address(client, some, asked, canonical):
    response = client.get(asked)
    assert (response.status_code, response.url) == (302, canonical)
    assert client.get(canonical).status_code == 200


def test_canonical_link_and_robots(client, some, settings):
    home = get(client, "/")
    assert home.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}/"
    assert not home.all("//meta[@name='robots']") and "X-Robots-Tag" not in home.response
    page = get(client, "/?q=lege")
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}/?q=lege"
    assert "noindex" in page.one("//meta[@name='robots']").get("content")
    assert "noindex" in page.response["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/?sort=loudness", "Vi kjenner ikke rekkefølgen «loudness»."),
        ("/?page=x", "Det finnes ingen side «x»."),
    ],
)
def test_unknown_values_are_reported(client, some, address, sentence):
    page = get(client, address)
    assert sentence in page.text()
    assert page.total == 4


@pytest.mark.parametrize(
    ("address", "sentence", "without"),
    [
        ("/?place=ATLANTIS", "Vi har ingen annonser fra stedet «Atlantis» nå.", "/"),
        ("/?place=UTLAND%2FHELLAS", "Vi har ingen annonser fra stedet «Hellas» nå.", "/"),
        ("/?occupation=Drage", "Vi har ingen annonser med yrket «Drage» nå.", "/"),
        ("/?sector=Halvt", "Vi har ingen annonser fra sektoren «Halvt» nå.", "/"),
        ("/?extent=Kvart", "Vi har ingen annonser med omfanget «Kvart» nå.", "/"),
        ("/?engagement=Evig", "Vi har ingen annonser med ansettelsesformen «Evig» nå.", "/"),
        ("/?language=tlh", "Vi har ingen annonser på språket «tlh» nå.", "/"),
        ("/?published=2999-01-01", "Vi kan ikke vise annonser fra «2999-01-01».", "/"),
        ("/?deadline=5", "Vi kjenner ikke fristen «5».", "/"),
        ("/?near=Atlantis", "Vi vet ikke hvor «Atlantis» er.", "/"),
    ],
)
def test_value_without_ads_finds_nothing_and_is_reported(client, some, address, sentence, without):
    page = get(client, address)
    assert sentence in page.text()
    assert page.total == 0
    assert [link.get("href") for link in page.all("//ul[@class='broader-searches']//a")] == [without]
    assert page.one("//a[@class='chip']").get("href") == without


@pytest.mark.parametrize("q", ["01010750160", "kari@example.no"])
def test_personal_data_is_rejected_and_not_repeated(client, some, q):
    response = client.get("/", {"q": q, "place": "OSLO"})
    assert response.status_code == 400
    assert q not in response.content.decode()
    assert Page(response).total == 0
    assert Page(response).one("//input[@value='OSLO']").get("checked") is not None


def test_each_ad_is_on_one_page(client, own_ads):
    own_ads(*({"title": f"Stilling {number}"} for number in range(55)))
    first, second, third = (get(client, "/" if n == 1 else f"/?page={n}") for n in (1, 2, 3))
    assert [len(page.titles) for page in (first, second, third)] == [25, 25, 5]
    assert len({*first.titles, *second.titles, *third.titles}) == 55
    assert first.one("//a[contains(@rel, 'next')]").get("href") == "/?page=2"
    assert not first.all("//a[contains(@rel, 'prev')]") and not third.all("//a[contains(@rel, 'next')]")
    assert second.one("//a[contains(@rel, 'prev')]").get("href") == "/"
    assert "Side 2 av 3" in second.text("//nav[@aria-label='Sider']")


def test_page_past_the_last_redirects_to_the_last(client, some):
    response = client.get("/?page=9&place=VESTLAND")
    assert client.get(response.url, follow=True).redirect_chain[-1][0] == "/?place=VESTLAND"


def test_empty_page_offers_wider_searches_with_counts(client, some):
    page = get(client, "/?place=OSLO&sector=Offentlig")
    assert page.total == 0
    steps = {" ".join(link.text.split()): link.get("href") for link in page.all("//ul[@class='broader-searches']//a")}
    assert steps == {
        "Uten Oslo: 2 treff": "/?sector=Offentlig",
        "Uten Offentlig: 1 treff": "/?place=OSLO",
    }
    assert page.all("//a[normalize-space()='Varsle meg når det kommer']")
    assert get(client, "/?place=OSLO").all("//a[normalize-space()='Varsle meg']")


def test_outdated_index_shows_no_inactive_ad(client, some):
    """Ads expired, stopped and hidden after indexing: the database row decides, not the index."""
    Vacancy.objects.filter(title="Kokk").update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    Vacancy.objects.filter(title="Lege").update(status="INACTIVE")
    store.set_hidden(Vacancy.objects.get(title="Utvikler").uuid, True)
    assert get(client, "/").titles == ["Sykepleier"]


def test_long_facet_is_cut_with_a_show_all_control(client, own_ads):
    counties = "AGDER AKERSHUS BUSKERUD FINNMARK INNLANDET NORDLAND OSLO ROGALAND TELEMARK TROMS VESTFOLD".split()
    own_ads(*({"locations": (LocationData("NORGE", county),)} for county in counties))
    page = get(client, "/")
    assert len(page.all("//ul[@id='f-place']/li/input")) == 6
    assert page.text("//ul[@id='f-place']//summary") == "Vis alle 11Vis færre"
    chosen = get(client, "/?place=VESTFOLD")
    assert chosen.one("//ul[@id='f-place']/li/input[@value='VESTFOLD']").get("checked") is not None


def test_engine_down_shows_a_message_and_the_filled_form(client, some, engine_down):
    page = get(client, "/?q=lege&place=VESTLAND%2FBERGEN&sort=deadline", 503)
    assert page.one("//input[@id='q']").get("value") == "lege"
    assert page.one("//input[@value='VESTLAND/BERGEN']").get("checked") is not None
    assert page.one("//select[@id='sort']/option[@selected]").get("value") == "deadline"
    assert page.one("//a[normalize-space()='Prøv igjen']").get("href").startswith("/?q=lege")
    assert "Søket er nede akkurat nå" in page.text() and not page.all("//*[@data-total]")
    assert page.response["Retry-After"] and "noindex" in page.response["X-Robots-Tag"]


def test_engine_down_lists_saved_searches(client, some, engine_down, recruiter):
    recruiter.saved_searches.create(name="Leger på Voss", params="q=lege")
    client.force_login(recruiter)
    assert "Leger på Voss" in get(client, "/?q=kokk", 503).text()


def test_every_list_states_the_coverage(client, some):
    words = get(client, "/").text("//aside")
    assert "FINN er ikke med" in words and "heltid" in words and "Sist oppdatert fra NAV i dag" in words


def test_number_of_database_queries_is_fixed(client, own_ads):
    """No query for each ad: the list loads what cards need."""

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/")
        return len(captured)

    own_ads({"title": "Først"})
    few = queries()
    own_ads(*({"title": f"Stilling {number}"} for number in range(20)))
    assert queries() <= few


def test_not_stated_is_offered_only_if_an_ad_has_it(client, own_ads):
    own_ads({"sector": "Privat"})
    assert not get(client, "/").all(f"//input[@name='sector'][@value='{NOT_STATED}']")


def test_head_is_allowed_and_post_is_not(client, some):
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


def test_numbers_in_attributes_have_no_thousands_separator(client, some, monkeypatch):
    found = search.search(search.SearchQuery())
    counts = {facet: dict.fromkeys(values, 98765) for facet, values in found.counts.items()}
    monkeypatch.setattr(search, "search", lambda query: dataclasses.replace(found, total=12345, counts=counts))
    page = get(client, "/")
    assert page.total == 12345
    assert "12 345" in page.text("//h2").replace("\xa0", " ")
    assert {element.get("data-count") for element in page.all("//*[@data-count]")} == {"98765"}
    assert all("\xa0" not in link.get("href") for link in page.all("//a[@href]"))
