"""Excluded values on pages: typed in words, then a chip, a box of the panel and a parameter of the address."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.utils import translation

from jobsearch.saved.descriptions import list_criteria, summarise_query
from jobsearch.search.api import SearchQuery, count, search
from jobsearch.search.facets import FACETS, get_exclusion
from jobsearch.search.facets.base import VALUES_PER_FACET
from tests.places import BERGEN, OSLO
from tests.web.page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(ads):
    return ads(
        {"title": "Lærer", "engagement": "Fast", "locations": OSLO},
        {"title": "Lærer i norsk", "engagement": "Vikariat", "locations": OSLO},
        {"title": "Lærer, vikariat", "engagement": "Engasjement", "locations": BERGEN},
        {"title": "Lærer natt", "engagement": "Fast", "extent": "Deltid", "locations": BERGEN},
    )


def get_titles(client, address: str) -> tuple[str, set[str]]:
    """Address after redirects, and titles on the page."""
    response = client.get(address, follow=True)
    assert response.status_code == 200
    page = Page(response)
    titles = {" ".join(link.text_content().split()) for link in page.all("//main//h2/a | //main//h3/a")}
    assert page.total == len(titles)
    return response.redirect_chain[-1][0] if response.redirect_chain else address, titles


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("lærer ikke vikariat", "q=lærer&not_engagement=Vikariat"),
        ("lærar, ikkje vikariat", "q=lærar&not_engagement=Vikariat"),
        ("teacher but not part time", "q=teacher&not_extent=Deltid"),
        ("lærer uten deltid eller vikariat i Oslo", "q=lærer i Oslo&not_engagement=Vikariat&not_extent=Deltid"),
        ("lærer ikke vikar eller deltid", "q=lærer ikke vikar&not_extent=Deltid"),
        ("ikke vikar eller deltid", "q=ikke vikar&not_extent=Deltid"),
        ("jobb -natt ikke deltid", "q=jobb -natt&not_extent=Deltid"),
        ("lagerjobb uten erfaring, ikke deltid", "q=lagerjobb uten erfaring&not_extent=Deltid"),
        ("jeg vil ikke jobbe deltid, flytter til Oslo", "q=flytter til Oslo&not_extent=Deltid"),
        ("hvem søker lærer unntatt Bergen", "q=hvem søker lærer&not_place=VESTLAND/BERGEN"),
        ("lærer unntatt Bergen", "q=lærer&not_place=VESTLAND/BERGEN"),
        ("lærer ikke Nord-Norge", "q=lærer&not_place=FINNMARK&not_place=NORDLAND&not_place=TROMS"),
        ("ikke vikariat", "not_engagement=Vikariat"),
        ("stilling som ikke er vikariat", "not_engagement=Vikariat"),
        ("alle jobber i Oslo unntatt deltid", "q=jobber i Oslo&not_extent=Deltid"),
        ("(ikke deltid) lærer", "q=lærer&not_extent=Deltid"),
        ("jobb ikke IT", "not_occupation=IT"),
        ("lærer ikke natt", "q=lærer ikke natt"),
        ("lærer -deltid", "q=lærer -deltid"),
        ('lærer "ikke deltid"', 'q=lærer "ikke deltid"'),
        ("lærer ikke transport", "q=lærer ikke transport"),
    ],
)
def test_excluded_values_in_words_become_parameters(typed, canonical):
    query, problems = SearchQuery.from_params({"q": typed})
    assert problems == []
    assert "&".join(f"{name}={value}" for name, value in query.to_params()) == canonical
    assert SearchQuery.from_address(query.urlencode()) == (query, [])


def test_the_page_redirects_to_the_canonical_address(client, some):
    response = client.get("/?q=l%C3%A6rer+ikke+vikariat")
    assert (response.status_code, response["Location"]) == (302, "/?q=l%C3%A6rer&not_engagement=Vikariat")
    address, titles = get_titles(client, "/?q=l%C3%A6rer+ikke+vikariat")
    assert address == "/?q=l%C3%A6rer&not_engagement=Vikariat"
    # The second one has the value, the third one says it in its title.
    assert titles == {"Lærer", "Lærer natt"}


def test_the_chip_is_removable_without_scripts(client, some):
    page = Page(client.get("/?q=l%C3%A6rer&not_engagement=Vikariat"))
    chips = {chip.text.strip(): chip.get("href") for chip in page.all("//a[@class='chip']")}
    assert chips["Ikke vikariat"] == "/?q=l%C3%A6rer"
    box = page.one("//ul[@id='f-engagement']//input[@name='not_engagement']")
    assert (box.get("value"), box.get("form")) == ("Vikariat", "sok") and box.get("checked") is not None
    assert page.one("//a[@data-reset='engagement']").get("href") == "/?q=l%C3%A6rer"


def test_no_count_has_excluded_ads(client, some):
    page = Page(client.get("/?not_engagement=Vikariat"))
    counts = {
        box.get("value"): box.get("data-count")
        for box in page.all("//ul[@id='f-engagement']//input[@name='engagement'] | //ul[@id='f-extent']//input[@name='extent']")
    }
    assert page.total == 2
    assert counts == {"Fast": "2", "Heltid": "1", "Deltid": "1"}
    query = SearchQuery(not_engagement=("Vikariat",))
    assert count(query) == search(query).total == 2
    assert count(query.with_value("extent", "Deltid")) == 1


def test_an_excluded_part_keeps_the_rest_of_its_whole(some):
    assert count(SearchQuery(place=("VESTLAND",), not_place=("VESTLAND/BERGEN",))) == 0
    assert count(SearchQuery(place=("OSLO",), not_place=("VESTLAND/BERGEN",))) == 2
    query, _problems = SearchQuery.from_address("not_place=vestland&not_place=vestland/bergen")
    assert query.not_place == ("VESTLAND",)


def test_a_saved_search_its_link_and_its_number_agree(client, recruiter, some):
    client.force_login(recruiter)
    client.post("/lagrede-sok/lagre/", {"query": "q=lærer ikke vikariat", "name": "Lærer"})
    (saved,) = recruiter.saved_searches.all()
    assert saved.params == f"q={quote('lærer')}&not_engagement=Vikariat"
    assert saved.query == SearchQuery(q="lærer", not_engagement=("Vikariat",))
    listed = Page(client.get("/lagrede-sok/"))
    assert listed.one("//*[@data-total]").get("data-total") == "2"
    assert "Ikke vikariat" in listed.text()
    rows = b"".join(client.get(f"/treff.csv?{saved.params}").streaming_content).decode().splitlines()
    assert len(rows) == 1 + 2 and "norsk" not in "".join(rows)


def test_excluded_values_are_described_in_each_language():
    query = SearchQuery(q="kokk", not_place=("OSLO",), not_extent=("Deltid",), not_language=("en",), not_sector=("Ikke oppgitt",))
    descriptions = {}
    for language in ("nb", "nn", "en"):
        with translation.override(language):
            descriptions[language] = summarise_query(query, 9)
    assert descriptions == {
        "nb": "kokk · Ikke Oslo · Ikke deltid · Sektor oppgitt · Ikke engelsk",
        "nn": "kokk · Ikkje Oslo · Ikkje deltid · Sektor oppgitt · Ikkje engelsk",
        "en": "kokk · Not Oslo · Not part-time · Sector stated · Not English",
    }
    assert ("Omfang", ["Ikke deltid"]) in list_criteria(query)


def test_more_values_than_a_filter_may_have_stay_in_the_text():
    full = "&".join(f"not_place=UTLAND/X{n}" for n in range(VALUES_PER_FACET))
    query, problems = SearchQuery.from_address(f"q=kokk+ikke+Oslo&{full}")
    assert (query.q, len(query.not_place), problems) == ("kokk ikke Oslo", VALUES_PER_FACET, [])


def test_every_facet_with_several_values_can_exclude():
    assert {name for name in FACETS if get_exclusion(name)} == {name for name, facet in FACETS.items() if not facet.single}
