"""Landing pages of places and occupations: content, links, and which are noindex."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone, translation

from jobsearch.taxonomy import occupations, slugs
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.presenters import headings
from jobsearch.web.presenters.landing_pages import LandingPage, find_landing_page
from tests.web.page import Page


def at(county: str, municipality: str = "", country: str = "NORGE") -> tuple[LocationData, ...]:
    return (LocationData(country, county, municipality, municipality),)


COOK = (OccupationData("Reiseliv og mat", "Kokk"),)


@pytest.fixture(scope="module")
def some_site(module_site):
    with module_site() as make_ads:
        yield make_ads(*ADS)


@pytest.fixture
def some(some_site, db) -> list[UUID]:
    """The ads of `ADS`; what a test changes of them is rolled back."""
    return some_site


ADS = (
    {"title": "Sykepleier i Bergen", "locations": at("VESTLAND", "BERGEN")},
    {"title": "Kokk i Bergen", "locations": at("VESTLAND", "BERGEN"), "occupations": COOK},
    {
        "title": "Lege på Voss",
        "locations": at("VESTLAND", "VOSS"),
        "occupations": (OccupationData("Helse og sosial", "Lege"),),
    },
    {"title": "Kokk i Sverige", "locations": at("", "", "SVERIGE"), "occupations": COOK},
    {"title": "Kokk i Oslo", "locations": at("OSLO", "OSLO"), "occupations": COOK},
)


def links(page: Page, heading: str) -> list[tuple[str, str]]:
    found = page.all(f"//nav[h2='{heading}']//a")
    return [(" ".join(link.text_content().split()), link.get("href")) for link in found]


def test_municipality_page_lists_ads_neighbours_and_search_link(client, some, settings):
    response = client.get("/jobb/bergen/")
    page = Page(response)
    assert response.status_code == 200 and page.h1 == "Ledige stillinger i Bergen"
    assert set(page.titles) == {"Sykepleier i Bergen", "Kokk i Bergen"} and "2 stillinger akkurat nå." in page.text()
    assert "/?place=VESTLAND%2FBERGEN" in page.all("//a/@href")
    assert page.one("//a[@href='/jobb/vestland/']").text == "Ledige stillinger i Vestland"
    assert links(page, "Kommuner i Vestland") == [("Voss 1", "/jobb/voss/")]
    assert links(page, "Yrker i Bergen") == [
        ("Helse og sosial 1", "/jobb/helse-og-sosial-i-bergen/"),
        ("Reiseliv og mat 1", "/jobb/reiseliv-og-mat-i-bergen/"),
    ]
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}/jobb/bergen/"
    assert "X-Robots-Tag" not in response and not page.all("//meta[@name='robots']")
    assert page.one("//meta[@property='og:title']").get("content") == "Ledige stillinger i Bergen"


def test_count_equals_the_linked_search(client, some):
    for slug in ("bergen", "vestland", "utland", "kokk", "helse-og-sosial", "oslo"):
        page = Page(client.get(f"/jobb/{slug}/"))
        search = Page(client.get(page.one("//header[@class='page-head']//a[contains(@class, 'button')]").get("href")))
        assert search.total == len(page.titles) and f"{search.total} stilling" in page.text("//header[@class='page-head']")


def test_county_and_abroad_pages(client, some):
    county = Page(client.get("/jobb/vestland/"))
    assert links(county, "Kommuner i Vestland") == [("Bergen 2", "/jobb/bergen/"), ("Voss 1", "/jobb/voss/")]
    oslo = Page(client.get("/jobb/oslo/"))
    assert oslo.titles == ["Kokk i Oslo"] and not links(oslo, "Kommuner i Oslo")
    abroad = Page(client.get("/jobb/utland/"))
    assert abroad.h1 == "Ledige stillinger i utlandet" and abroad.titles == ["Kokk i Sverige"]
    assert links(abroad, "Land") == [("Sverige 1", "/?place=UTLAND%2FSVERIGE")]


def test_occupation_pages_of_both_levels(client, some):
    nurse = Page(client.get("/jobb/sykepleier/"))
    assert nurse.h1 == "Ledige stillinger som sykepleier" and nurse.titles == ["Sykepleier i Bergen"]
    assert links(nurse, "Yrker i gruppen Helse og sosial") == [("Lege 1", "/jobb/lege/")]
    assert links(nurse, "Steder") == [("Vestland 1", "/jobb/sykepleier-i-vestland/")]
    assert nurse.one("//a[@href='/jobb/helse-og-sosial/']").text == "Ledige stillinger innen helse og sosial"
    health = Page(client.get("/jobb/helse-og-sosial/"))
    assert len(health.titles) == 2 and [text for text, _ in links(health, "Yrker i gruppen Helse og sosial")] == [
        "Lege 1",
        "Sykepleier 1",
    ]


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("voss", "Ledige stillinger på Voss"),
        ("vestre-toten", "Ledige stillinger på Vestre Toten"),
        ("svalbard", "Ledige stillinger på Svalbard"),
        ("sortland", "Ledige stillinger på Sortland"),
        ("vegarshei", "Ledige stillinger på Vegårshei"),
        ("lindesnes", "Ledige stillinger i Lindesnes"),
        ("os-innlandet", "Ledige stillinger i Os (Innlandet)"),
        ("more-og-romsdal", "Ledige stillinger i Møre og Romsdal"),
        ("it", "Ledige stillinger innen IT"),
        ("miljoarbeidere", "Ledige stillinger for miljøarbeidere"),
        ("ledere-av-ikt-enheter", "Ledige stillinger for ledere av IKT-enheter"),
        ("handverkere", "Ledige stillinger for håndverkere"),
        ("arbeidsleder-industri", "Ledige stillinger som arbeidsleder i industrien"),
        ("grunnskole", "Ledige stillinger i grunnskolen"),
        ("post-og-maleavlesere", "Ledige stillinger innen post og måleravlesning"),
        ("drift-vedlikehold", "Ledige stillinger innen drift og vedlikehold av IT"),
        ("alternativ-medisin", "Ledige stillinger innen alternativ medisin"),
        ("baker-og-konditor", "Ledige stillinger som baker eller konditor"),
    ],
)
def test_headings_use_the_right_preposition(slug, words):
    with translation.override("nb"):
        assert headings.build_heading(slugs.BY_SLUG[slug]) == words


def test_heading_tables_contain_only_names_in_the_catalogue():
    names = {occupations.get_label(path) for level1, paths in occupations.PATHS.items() for path in (level1, *paths)}
    kinds = [headings.OCCUPATIONS_WITH_AS, headings.OCCUPATIONS_WITH_FOR, set(headings.WHOLE_HEADINGS)]
    assert names >= set().union(*kinds) and sum(map(len, kinds)) == len(set().union(*kinds))
    places = {named.path.rpartition("/")[2].replace(" ", "_") for named in slugs.BY_SLUG.values() if named.facet == "place"}
    assert places >= headings.PLACES_WITH_ON


def test_page_without_ads_has_links_and_is_noindex(client, some):
    response = client.get("/jobb/stord/")
    page = Page(response)
    assert response.status_code == 200 and page.h1 == "Ledige stillinger på Stord"
    assert "Det er ingen stillinger her akkurat nå." in page.text() and not page.all("//article")
    assert response["X-Robots-Tag"] == "noindex" and page.one("//meta[@name='robots']").get("content") == "noindex"
    assert page.one("//a[@href='/jobb/vestland/']") is not None and ("Bergen 2", "/jobb/bergen/") in links(
        page, "Kommuner i Vestland"
    )


def test_page_of_an_occupation_at_a_place(client, some, settings):
    response = client.get("/jobb/sykepleier-i-bergen/")
    page = Page(response)
    assert response.status_code == 200 and page.h1 == "Ledige stillinger som sykepleier i Bergen"
    assert page.titles == ["Sykepleier i Bergen"]
    assert page.text("//title").startswith("Ledige stillinger som sykepleier i Bergen – ")
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}/jobb/sykepleier-i-bergen/"
    assert "X-Robots-Tag" not in response and not page.all("//meta[@name='robots']")
    assert page.one("//meta[@property='og:description']").get("content").startswith(page.h1)
    assert [(link.text, link.get("href")) for link in page.all("//header[@class='page-head']/ul//a")] == [
        ("Ledige stillinger som sykepleier i Vestland", "/jobb/sykepleier-i-vestland/"),
        ("Ledige stillinger innen helse og sosial i Bergen", "/jobb/helse-og-sosial-i-bergen/"),
        ("Ledige stillinger som sykepleier", "/jobb/sykepleier/"),
        ("Ledige stillinger i Bergen", "/jobb/bergen/"),
    ]
    search = page.one("//header[@class='page-head']//a[contains(@class, 'button')]").get("href")
    assert search == "/?place=VESTLAND%2FBERGEN&occupation=Helse+og+sosial%2FSykepleier"
    health = Page(client.get("/jobb/helse-og-sosial-i-vestland/"))
    assert {*health.titles} == {"Sykepleier i Bergen", "Lege på Voss"}
    assert links(health, "Kommuner i Vestland") == [
        ("Bergen 1", "/jobb/helse-og-sosial-i-bergen/"),
        ("Voss 1", "/jobb/helse-og-sosial-pa-voss/"),
    ]
    assert links(health, "Yrker i gruppen Helse og sosial") == [
        ("Lege 1", "/jobb/lege-i-vestland/"),
        ("Sykepleier 1", "/jobb/sykepleier-i-vestland/"),
    ]


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("nb", "Ledige stillinger som lege på Voss"),
        ("nn", "Ledige stillingar som lege på Voss"),
        ("en", "Jobs for doctors in Voss"),
    ],
)
def test_page_of_an_occupation_at_a_place_is_translated(client, some, language, heading):
    client.cookies["django_language"] = language
    page = Page(client.get("/jobb/lege-pa-voss/"))
    assert page.h1 == heading and page.text("//title").startswith(heading)


def test_occupation_abroad(client, some):
    page = Page(client.get("/jobb/kokk-i-utland/"))
    assert page.h1 == "Ledige stillinger som kokk i utlandet" and page.titles == ["Kokk i Sverige"]
    assert links(page, "Land") == [("Sverige 1", "/?place=UTLAND%2FSVERIGE&occupation=Reiseliv+og+mat%2FKokk")]


@pytest.mark.parametrize(
    ("slug", "wider", "last"),
    [
        ("lege-i-bergen", "lege-i-vestland", "lege-i-vestland"),
        ("lege-i-oslo", "lege", "lege"),
        ("optiker-pa-voss", "optiker-i-vestland", "optiker"),
        ("kokk-pa-svalbard", "kokk", "kokk"),
    ],
)
def test_combination_without_ads_redirects_to_the_nearest_wider_page(client, some, slug, wider, last):
    response = client.get(f"/jobb/{slug}/", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[0] == (f"/jobb/{wider}/", 302)
    assert response.redirect_chain[-1] == (f"/jobb/{last}/", 302)


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("Sykepleier-i-Bergen", "sykepleier-i-bergen"),
        ("sykepleier i bergen", "sykepleier-i-bergen"),
        ("sykepleier-pa-bergen", "sykepleier-i-bergen"),
        ("lege-i-voss", "lege-pa-voss"),
        ("lege-på-voss", "lege-pa-voss"),
    ],
)
def test_other_spelling_of_a_combination_redirects(client, db, asked, slug):
    response = client.get(f"/jobb/{asked}/")
    assert (response.status_code, response.url) == (301, f"/jobb/{slug}/")


def test_every_combination_has_one_slug_of_its_own():
    """Of each occupation with a sample of places, all that contain an "i" or "på" among them."""
    values = slugs.BY_SLUG.values()
    jobs = [value.path for value in values if value.facet == "occupation"]
    at = [value.path for value in values if value.facet == "place"]
    odd = [path for path in at if "-i-" in (slug := slugs.get_slug("place", path)) or "-pa-" in slug]
    pages = [LandingPage(job, place) for job in jobs for place in {*odd, *at[:30], "VESTLAND/VOSS", "UTLAND"}]
    assert {page.slug: page for page in pages}.keys().isdisjoint(slugs.BY_SLUG)
    assert all(find_landing_page(page.slug) == page for page in pages)


def test_combination_while_the_engine_is_down(client, some, engine_down):
    response = client.get("/jobb/lege-i-bergen/")
    assert response.status_code == 503
    assert Page(response).one("//a[@href='/jobb/lege/']") is not None


def test_ad_links_to_its_occupation_at_its_place(client, some):
    page = Page(client.get(f"/stilling/{some[2]}/"))
    assert page.all("//section[contains(@class, 'landings')]//a/@href")[0] == "/jobb/lege-pa-voss/"


def test_list_leaves_out_passed_deadlines(client, own_ads):
    own_ads(*ADS)
    yesterday = str(timezone.now().astimezone(OSLO).date() - dt.timedelta(days=1))
    own_ads({"title": "For sent", "locations": at("VESTLAND", "BERGEN"), "occupations": COOK, "application_due": yesterday})
    page = Page(client.get("/jobb/kokk-i-bergen/"))
    assert page.titles == ["Kokk i Bergen"] and "1 stilling akkurat nå." in page.text()
    link = page.one("//p[@class='passed-deadlines']/a")
    assert link.get("href") == "/?place=VESTLAND%2FBERGEN&occupation=Reiseliv+og+mat%2FKokk&deadline=all"
    assert Page(client.get(link.get("href"))).total == 2
    own_ads({"title": "For sent", "locations": at("VESTLAND", "STORD"), "application_due": yesterday})
    response = client.get("/jobb/stord/")
    assert response["X-Robots-Tag"] == "noindex" and "Det er ingen stillinger her akkurat nå." in Page(response).text()
    assert Page(response).one("//p[@class='passed-deadlines']/a").get("href") == "/?place=VESTLAND%2FSTORD&deadline=all"


def test_closed_ad_is_not_on_the_page(client, some):
    with transaction.atomic():
        store.close_vacancies([some[2]], Vacancy.Closed.FEED)
    assert "Lege" not in client.get("/jobb/voss/").content.decode()


@pytest.mark.parametrize("address", ["/jobb/bergen/", "/jobb/"])
def test_page_with_parameters_is_the_same_and_noindex(client, some, address, settings):
    response = client.get(address, {"utm": "x"})
    page = Page(response)
    assert response["X-Robots-Tag"] == "noindex"
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}{address}"
    assert page.h1 == Page(client.get(address)).h1


@pytest.mark.parametrize(
    ("asked", "slug"), [("Bergen", "bergen"), ("møre-og-romsdal", "more-og-romsdal"), ("Helse og sosial", "helse-og-sosial")]
)
def test_other_spelling_of_a_slug_redirects(client, db, asked, slug):
    response = client.get(f"/jobb/{asked}/")
    assert response.status_code == 301 and response.url == f"/jobb/{slug}/"


@pytest.mark.parametrize(
    "slug",
    [
        "finnes-ikke",
        "uoppgitt-ikke-identifiserbare",
        "%00",
        "%ff",
        "..%2f..",
        "-",
        "a" * 5000,
        "<script>",
        "bergen%2Fkokk",
        "bergen-i-kokk",
        "kokk-i-drageland",
        "drage-i-bergen",
        "kokk-i-",
        "-i-bergen",
        "kokk-i-kokk",
        "bergen-i-bergen",
        "kokk" + "-i-kokk" * 900,
        "{{7}}",
    ],
)
def test_unknown_slug_is_404(client, db, slug):
    assert client.get(f"/jobb/{slug}/").status_code == 404


def test_page_while_the_engine_is_down_has_links(client, some, engine_down):
    response = client.get("/jobb/bergen/")
    assert response.status_code == 503 and response["Retry-After"] and response["X-Robots-Tag"] == "noindex"
    assert Page(response).one("//a[@href='/jobb/vestland/']") is not None
    assert len(Page(client.get("/jobb/")).all("//main//a[starts-with(@href, '/jobb/')]")) == len(slugs.BY_SLUG)


def test_overview_links_to_every_place_and_occupation(client, some):
    page = Page(client.get("/jobb/"))
    found = [href for href in page.all("//main//a/@href") if href.startswith("/jobb/")]
    assert sorted(found) == sorted(f"/jobb/{slug}/" for slug in slugs.BY_SLUG)
    assert page.text("//a[@href='/jobb/bergen/']") == "Bergen 2" and page.text("//a[@href='/jobb/stord/']") == "Stord"
    assert Page(client.get("/")).one("//footer//a[@href='/jobb/']").text == "Alle steder og yrker"


def test_links_with_parameters_are_nofollow(client, own_ads):
    own_ads(*ADS)
    own_ads(*({"title": f"Kokk {n}", "employer_orgnr": "999888777", "occupations": COOK} for n in range(30)))
    ad = own_ads({"employer_orgnr": "999888777"})[0]
    for address in ("/", "/jobb/", "/jobb/kokk/", "/jobb/vestland/", "/arbeidsgiver/999888777/", f"/stilling/{ad}/", "/om/"):
        page = Page(client.get(address))
        assert "noindex" not in page.response.get("X-Robots-Tag", "")
        followed = [link.get("href") for link in page.all("//a[@href]") if "nofollow" not in link.get("rel", "")]
        assert [href for href in followed if "?" in href and not href.startswith("mailto:")] == [], address
        assert [href for href in followed if href.startswith(("/filter/", "/treff.csv"))] == [], address
