"""Canonical addresses: other spellings of numbers redirect, and a page past the last redirects to the last."""

from __future__ import annotations

import uuid

import pytest

from jobsearch.search import service
from jobsearch.search.engines import registry
from jobsearch.search.search_query import DEEPEST_HIT
from tests.web.page import Page

ORGNR = "999888777"


@pytest.mark.parametrize(
    "spell",
    [
        lambda ad: str(ad).upper(),
        lambda ad: str(ad).capitalize(),
        lambda ad: ad.hex,
        lambda ad: ad.hex.upper(),
        lambda ad: f"{{{ad}}}",
        lambda ad: f"urn:uuid:{ad}",
        lambda ad: f"URN:UUID:{str(ad).upper()}",
    ],
)
def test_other_spelling_of_a_uuid_redirects_to_the_ad(client, own_ads, spell):
    (ad,) = own_ads({"uuid": uuid.UUID("ab12cd34-1111-4222-8333-abcdefabcdef")})
    response = client.get(f"/stilling/{spell(ad)}/")
    assert (response.status_code, response.url) == (301, f"/stilling/{ad}/")
    assert client.get(response.url).status_code == 200
    slashless = client.get(f"/stilling/{spell(ad)}", follow=True)
    assert slashless.status_code == 200 and slashless.redirect_chain[-1][0] == f"/stilling/{ad}/"


@pytest.mark.parametrize(
    "typed",
    [
        "x",
        "0" * 31,
        "0" * 33,
        "g" * 32,
        "{" * 40,
        "١" * 32,
        "0" * 31 + "_",
        "ab12cd34-1111-4222-8333-abcdefabcdef%00",
        "a" * 3000,
        "1-2-3",
        "%0A",
    ],
)
def test_invalid_uuid_is_404(client, db, typed):
    assert client.get(f"/stilling/{typed}/").status_code == 404


@pytest.mark.parametrize("typed", ["999 888 777", "999%C2%A0888%C2%A0777", "999.888.777", "999-888-777"])
def test_organisation_number_with_separators_redirects(client, own_ads, typed):
    own_ads({"employer_orgnr": ORGNR})
    response = client.get(f"/arbeidsgiver/{typed}/")
    assert (response.status_code, response.url) == (301, f"/arbeidsgiver/{ORGNR}/")
    assert client.get(response.url).status_code == 200


@pytest.fixture(scope="module")
def three_pages(module_site):
    with module_site() as make_ads:
        yield make_ads(*({"title": f"Kokk {n}", "employer_orgnr": ORGNR} for n in range(55)))


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ("/?page=4", "/?page=3"),
        ("/?page=400", "/?page=3"),
        ("/?page=401", "/?page=3"),
        ("/?page=999999999999", "/?page=3"),
        ("/?size=50&page=3", "/?size=50&page=2"),
        ("/?size=50&page=201", "/?size=50&page=2"),
        ("/?size=100&page=101", "/?size=100"),
        ("/?q=kokk&page=401&sort=published", "/?q=kokk&sort=published&page=3"),
        (f"/arbeidsgiver/{ORGNR}/?page=4", f"/arbeidsgiver/{ORGNR}/?page=3"),
        (f"/arbeidsgiver/{ORGNR}/?page=999999999999", f"/arbeidsgiver/{ORGNR}/?page=3"),
    ],
)
def test_page_past_the_last_redirects_to_the_last(client, db, three_pages, asked, last):
    response = client.get(asked)
    assert (response.status_code, response.url) == (302, last)
    assert client.get(last).status_code == 200


def test_page_past_the_last_without_hits_is_empty(client, own_ads):
    own_ads({"title": "Kokk"})
    assert client.get("/?q=xqzzyw&page=401").url == "/?q=xqzzyw"
    assert Page(client.get("/?q=xqzzyw&page=7")).titles == []


def test_page_of_an_employer_without_active_ads_redirects_to_the_first(client, own_ads):
    from tests.web.support import closed

    for ad in own_ads({"employer_orgnr": ORGNR}):
        closed(ad)
    assert client.get(f"/arbeidsgiver/{ORGNR}/?page=2").url == f"/arbeidsgiver/{ORGNR}/"


def test_deepest_page_says_that_there_are_more_hits(client, own_ads, monkeypatch):
    """10,012 hits: page 401 would start within them, but engines return no hits after the 10,000th."""
    own_ads({"title": "Kokk"})
    engine = registry.engine()
    search = engine.search

    def many(request):
        found = search(service.replace(request, offset=0))
        return service.replace(found, total=DEEPEST_HIT + 12)

    monkeypatch.setattr(engine, "search", many)
    sentence = "Vi viser ikke flere sider. Avgrens søket for å se flere."
    for asked in ("/?page=401", "/?page=402", "/?page=9999999"):
        assert client.get(asked).url == "/?page=400"
    page = Page(client.get("/?page=400"))
    assert sentence in page.text() and "Side 400 av 400" in page.text("//nav[@aria-label='Sider']")
    assert sentence not in Page(client.get("/?page=399")).text()
