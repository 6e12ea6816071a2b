"""Number of database queries of each page: the same for three ads as for forty."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.search.facets import employer_names
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData

ORGNR = "999888777"
ADDRESSES = [
    "/",
    "/?q=kokk",
    "/?q=kokk&place=VESTLAND&sort=published",
    "/?q=kokk&near=VESTLAND%2FBERGEN",
    "/?q=kkok",
    "/?employer=Kroa",
    "/filter/employer/",
    "/filter/place/?q=kokk",
    "/forslag/?q=ko",
    "/treff.csv?q=kokk",
    f"/arbeidsgiver/{ORGNR}/",
    "/jobb/",
    "/jobb/bergen/",
    "/jobb/kokk/",
    "/jobb/kokk-i-bergen/",
    "/om/",
    "/sitemap.xml",
    "/sitemap-stillinger-1.xml",
    "/sitemap-steder.xml",
    "/sitemap-yrker.xml",
    "/sitemap-yrker-etter-sted.xml",
    "/sitemap-arbeidsgivere.xml",
]


def many(number: int, start: int) -> list[dict]:
    return [
        {
            "title": f"Kokk nummer {start + n}",
            "employer_name": "Kroa" if n % 3 else f"Kro nummer {start + n}",
            "employer_orgnr": ORGNR,
            "description": f"<p>Vi trenger en kokk på vakt {start + n}. Her er turnus.</p>",
            "locations": (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5003"), LocationData("NORGE", "OSLO", "OSLO")),
            "occupations": (OccupationData("Reiseliv og mat", "Kokk"),),
            "contacts": (ContactData(f"Kari Nummer{start + n}", "kari@kroa.example", "22 33 44 55"),),
        }
        for n in range(number)
    ]


def asked(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200 and body, address
    return [query["sql"] for query in captured]


MOST_QUERIES = {
    "/": 3,
    "/?q=kokk": 3,
    "/?q=kokk&place=VESTLAND&sort=published": 3,
    "/?q=turnus&place=VESTLAND": 3,  # with snippets
    "/filter/place/?q=kokk": 1,
    "/forslag/?q=ko": 2,
    f"/arbeidsgiver/{ORGNR}/": 2,
    "/jobb/bergen/": 4,  # two of them for the panel of the market
    "ad": 5,
}
"""For visitors without a session."""


@pytest.fixture
def logged_in(client, recruiter):
    client.force_login(recruiter)
    return client


def test_number_of_queries_does_not_grow_with_ads(logged_in, ads):
    made = ads(*many(3, 0))
    addresses = [*ADDRESSES, f"/stilling/{made[0]}/"]
    for kept in (spelling.speller, suggestions.name_index, employer_names.cached_names):
        kept()  # filled before, as on a running site
    asked(logged_in, "/om/")  # a session's first request stores the device of the login
    few = {address: asked(logged_in, address) for address in addresses}
    ads(*many(40, 3))
    for address in addresses:
        found = asked(logged_in, address)
        assert len(found) <= len(few[address]), (address, found)
    # The most are of a search by an employer's name; three of them are of the account: what is hidden, bookmarked, and saved.
    # An export also counts its downloads, in the database.
    assert len(few.pop("/treff.csv?q=kokk")) <= 31
    assert max(map(len, few.values())) <= 14


def test_number_of_queries_of_a_visitor(client, ads):
    made = ads(*many(30, 0))
    for kept in (spelling.speller, suggestions.name_index, employer_names.cached_names):
        kept()
    for address, most in MOST_QUERIES.items():
        found = asked(client, f"/stilling/{made[0]}/" if address == "ad" else address)
        assert len(found) <= most, (address, found)


def test_lists_read_neither_contacts_nor_the_texts_of_ads(client, ads):
    ads(*many(30, 0))
    for address in ("/", "/?q=turnus", f"/arbeidsgiver/{ORGNR}/", "/jobb/bergen/"):
        statements = " ".join(asked(client, address))
        for column in ("vacancies_contact", '"description"', "employer_description", '"raw"', "vacancies_location"):
            assert column not in statements, (address, column)
