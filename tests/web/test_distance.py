"""Distance filter on the results page, without scripts."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from jobsearch.saved.models import SavedSearch
from jobsearch.search.facets import distance
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import PostalCode
from tests.web.page import Page

pytestmark = pytest.mark.django_db


def at(municipality: str, county: str = "VESTLAND", code: str = "") -> tuple[LocationData, ...]:
    return (LocationData("NORGE", county, municipality, municipality, postal_code=code),)


@pytest.fixture
def some(ads):
    return ads(
        {"title": "Kokk i Bergen", "locations": at("BERGEN", code="5003")},
        {"title": "Kokk på Askøy", "locations": at("ASKØY")},
        {"title": "Kokk på Voss", "locations": at("VOSS", code="5700"), "extent": "Deltid"},
        {"title": "Kokk i Oslo", "locations": at("OSLO", "OSLO", "0150")},
    )


@pytest.fixture
def table(db):
    PostalCode.objects.create(code="5700", name="Voss", latitude=60.63, longitude=6.42, loaded=timezone.now())


def get(client, address: str, status: int = 200, **headers: str) -> Page:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.headers.get("Location", "")
    return Page(response)


def follow(client, address: str) -> tuple[str, Page]:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return (response.redirect_chain[-1][0] if response.redirect_chain else address), Page(response)


def test_typed_place_redirects_to_the_canonical_address(client, some):
    address, page = follow(client, "/?near=bergen+kommune&km=10")
    assert address == "/?near=VESTLAND%2FBERGEN&km=10"
    assert page.titles == ["Kokk på Askøy", "Kokk i Bergen"] or set(page.titles) == {"Kokk på Askøy", "Kokk i Bergen"}
    assert page.one("//input[@id='near']").get("value") == "Bergen"
    assert page.one("//select[@id='km']/option[@selected]").get("value") == "10"


def test_form_without_a_place_has_no_distance_filter(client, some):
    address, page = follow(client, "/?q=kokk&near=&km=50")
    assert address == "/?q=kokk"
    assert page.total == 4


def test_chip_shows_the_distance_and_removes_it(client, some):
    page = get(client, "/?q=kokk&near=VESTLAND%2FBERGEN")
    chip = page.one("//a[@class='chip'][contains(., 'Innen 25 km fra Bergen')]")
    assert chip.get("href") == "/?q=kokk"
    assert "Innen 25 km fra Bergen" in page.text("//title")
    assert page.text("//*[@id='f-n']") == "1 valgt"


def test_rows_have_their_distance_from_the_place(client, some):
    def read_who(address: str, title: str) -> str:
        return get(client, address).text(f"//article[.//a[text()='{title}']]//p[@class='card-who']")

    near_voss = read_who("/?near=VESTLAND%2FVOSS&km=100", "Kokk i Bergen")
    assert 60 <= int(re.findall(r"· (\d+) km$", near_voss)[0]) <= 90
    assert " km" not in read_who("/?near=VESTLAND%2FBERGEN&km=10", "Kokk i Bergen"), "the place itself"
    assert " km" not in get(client, "/").text("//article")


def test_counts_of_other_facets_use_the_distance_filter(client, some):
    page = get(client, "/?near=VESTLAND%2FBERGEN&km=100")
    assert page.total == 3
    assert page.one("//input[@id='place-vestland']").get("data-count") == "3"
    assert page.all("//input[@id='place-oslo']") == []
    assert page.one("//input[@id='extent-deltid']").get("data-count") == "1"


def test_empty_page_offers_to_remove_the_distance_with_a_count(client, some):
    page = get(client, "/?place=OSLO&near=VESTLAND%2FBERGEN")
    broader = {" ".join(link.text_content().split()): link.get("href") for link in page.all("//ul[@class='broader-searches']//a")}
    assert broader == {
        "Uten grensen på 25 km fra Bergen: 1 treff": "/?place=OSLO",
        "Uten Oslo: 2 treff": "/?near=VESTLAND%2FBERGEN",
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [("Atlantis", "Vi vet ikke hvor «Atlantis» er"), ("Herøy", "Herøy (Nordland)"), ("5003", "Skriv kommunen i stedet")],
)
def test_unknown_place_is_reported_at_the_field_and_kept_in_it(client, some, typed, words):
    page = get(client, f"/?q=kokk&near={typed}&km=10")
    assert page.total == 0
    field = page.one("//input[@id='near']")
    assert field.get("value") == typed
    assert field.get("aria-invalid") == "true"
    error = page.one(f"//*[@id='{field.get('aria-describedby')}']").text_content()
    assert words in error
    assert error in page.text("//section[@id='treff']")


def test_typed_place_is_escaped(client, some):
    page = get(client, "/?near=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert page.one("//input[@id='near']").get("value") == "<script>alert(1)</script>"
    assert "alert(1)" not in page.text("//script")


def test_unknown_distance_is_reported(client, some):
    page = get(client, "/?near=VESTLAND%2FBERGEN&km=7")
    assert "Vi kan ikke søke innen «7» km" in page.text("//section[@id='treff']")
    assert page.total == 2


def test_postal_codes_are_offered_if_the_table_is_loaded(client, some):
    label = "//label[@for='near']"
    assert get(client, "/").text(label) == "Nær kommune"
    PostalCode.objects.create(code="5700", name="Voss", latitude=60.63, longitude=6.42, loaded=timezone.now())
    assert get(client, "/").text(label) == "Nær kommune eller postnummer"


def test_postal_code_is_shown_with_its_place(client, some, table):
    address, page = follow(client, "/?near=5700+voss")
    assert address == "/?near=5700"
    assert page.titles == ["Kokk på Voss"]
    assert page.one("//input[@id='near']").get("value") == "5700 Voss"
    assert page.text("//a[@class='chip']").startswith("Innen 25 km fra 5700 Voss")
    again, _ = follow(client, "/?near=5700+Voss&km=25")
    assert again == address, "what the field shows leads back to the same search"


def test_page_has_the_list_of_municipalities_and_htmx_responses_do_not(client, some):
    names = [option.get("value") for option in get(client, "/").all("//datalist[@id='near-places']/option")]
    assert names == list(distance.list_proposals())
    assert len(names) == 358
    assert names.index("Zulu") if "Zulu" in names else names[-1].startswith("Å")
    answer = get(client, "/?near=VESTLAND%2FBERGEN", **{"HX-Request": "true"})
    assert answer.all("//datalist") == []


def test_htmx_response_announces_an_unknown_place(client, some):
    answer = get(client, "/?near=Atlantis", **{"HX-Request": "true"})
    assert answer.text("//*[@id='live']") == "Vi vet ikke hvor «Atlantis» er. Skriv en kommune eller et postnummer. 0 treff"


def test_field_is_shown_while_the_engine_is_down(client, some, engine_down):
    page = get(client, "/?near=VESTLAND%2FBERGEN&km=50", 503)
    assert page.one("//input[@id='near']").get("value") == "Bergen"
    assert page.one("//select[@id='km']/option[@selected]").get("value") == "50"


def test_saved_search_describes_the_distance(client, some, recruiter):
    client.force_login(recruiter)
    SavedSearch.objects.create(owner=recruiter, name="Nær", params="near=VESTLAND%2FBERGEN&km=100")
    page = get(client, "/lagrede-sok/")
    assert "Innen 100 km fra Bergen" in page.text()
    assert "3" in page.text()


def test_searches_by_distance_are_noindex(client, some):
    response = client.get("/?near=VESTLAND%2FBERGEN")
    assert "noindex" in response.headers["X-Robots-Tag"]
