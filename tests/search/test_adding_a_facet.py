"""Adding a facet takes one class, its entry in `FACETS` and one line of the document schema; no other code is edited.

Translations and the pinned digest of the documents follow: see "Add a facet" in docs/how-to.md.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from jobsearch.saved.descriptions import list_criteria
from jobsearch.search import facets, schema
from jobsearch.search.api import SearchQuery, count, count_facets, search
from jobsearch.search.conditions import EVERYTHING, Terms, TermsCount
from jobsearch.search.engines.base import Request
from jobsearch.search.engines.opensearch import query_builder
from jobsearch.search.facets import FACETS, build_filters
from jobsearch.search.facets.base import Ad, Choice, Facet
from tests.web.page import Page
from tests.web.support import ads, own_index  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
CACHES = [value for module in (facets, schema) for value in vars(module).values() if hasattr(value, "cache_clear")]
"""Every cached function that depends on the list of facets: an earlier test of the process may have filled any of them."""


class PositionsFacet(Facet):
    """Whether the ad has one position or several."""

    name = "positions"
    label = "Antall stillinger"
    unknown = "Vi har ingen annonser med antallet «%s» nå."
    field = "positions"
    listed = ("one", "several")
    hint = "Annonser uten antall regnes som én stilling."

    def label_value(self, value: str) -> str:
        return {"one": "Én stilling", "several": "Flere stillinger"}.get(value, value)

    def get_document_values(self, ad: Ad) -> dict[str, Any]:
        return {self.field: ["several" if (ad.vacancy.position_count or 1) > 1 else "one"]}


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setitem(FACETS, "positions", PositionsFacet())
    monkeypatch.setitem(schema.FIELDS, "positions", "keyword")
    for cached in CACHES:
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


def test_its_parameter_is_parsed_and_written_in_one_canonical_order():
    params = QueryDict("positions=several&q=kokk&positions=one&positions=several&place=oslo&near=bergen&page=2")
    query, problems = SearchQuery.from_params(params)
    assert problems == []
    assert query.positions == query["positions"] == ("one", "several")
    assert query.urlencode() == "q=kokk&place=OSLO&near=VESTLAND%2FBERGEN&positions=one&positions=several&page=2"
    assert SearchQuery.from_address(query.urlencode()) == (query, [])
    assert query.without("positions", "one").positions == ("several",)
    assert SearchQuery().with_value("positions", "one") == SearchQuery(positions=("one",))


@pytest.mark.parametrize(
    ("address", "codes"),
    [("positions=kari@sykehus.example", ["email"]), ("&".join(f"positions={n}" for n in range(60)), ["too_many"])],
    ids=["personal data", "too many values"],
)
def test_its_parameter_is_validated(address, codes):
    query, problems = SearchQuery.from_address(address)
    assert [(problem.field, problem.code) for problem in problems] == [("positions", code) for code in codes]
    assert len(query.positions) == (0 if codes == ["email"] else 50)


def test_it_filters_and_is_counted_by_every_filter_but_its_own(ads):  # noqa: F811 - the fixture
    ads({"position_count": "1"}, {"position_count": "3"}, {"position_count": "2", "extent": "Deltid"}, {})
    assert search(SearchQuery()).counts["positions"] == {"one": 2, "several": 2}
    found = search(SearchQuery(positions=("several",), extent=("Heltid",)))
    assert found.total == 1
    assert found.counts["positions"] == {"one": 2, "several": 1}
    assert found.counts["extent"] == {"Heltid": 1, "Deltid": 1}
    assert count_facets(SearchQuery(positions=("one",)), "positions") == {"one": 2, "several": 2}
    assert count(SearchQuery(positions=("unheard of",))) == 0


def test_the_request_to_opensearch_has_the_filter_and_the_count():
    now = timezone.now()
    query = SearchQuery(positions=("several",), deadline="all")
    chosen = build_filters(query, now)
    assert chosen == {"positions": Terms("positions", ("several",))}
    counts = {"positions": FACETS["positions"].build_count(query, now)}
    assert counts == {"positions": TermsCount("positions", 200)}
    body = query_builder.build_search_body(Request(EVERYTHING, EVERYTHING, chosen, counts, "published", 0, 25, 0))
    assert body["post_filter"] == {"bool": {"filter": [{"terms": {"positions": ["several"]}}]}}
    assert body["aggs"] == {"positions": {"terms": {"field": "positions", "size": 200}}}
    assert schema.mapping()["properties"]["positions"] == {"type": "keyword"}


def test_its_values_are_labelled_wherever_they_are_named():
    facet, query = FACETS["positions"], SearchQuery(positions=("several", "Ikke oppgitt"))
    assert facet.list_choices({"one": 2}, query) == [
        Choice("one", "Én stilling", 2, False),
        Choice("several", "Flere stillinger", 0, True),
        Choice("Ikke oppgitt", "Ikke oppgitt", 0, True),
    ]
    assert list_criteria(query) == [("Antall stillinger", ["Flere stillinger", "Ikke oppgitt"])]


def test_its_panel_and_chips_are_on_the_page(client, ads):  # noqa: F811 - the fixture
    ads({"position_count": "1"}, {"position_count": "3"})
    page = Page(client.get("/", {"positions": ["ninety", "several"]}))
    assert page.total == 1
    assert "Vi har ingen annonser med antallet «ninety» nå." in page.text()
    inputs = {one.get("value"): one for one in page.all("//ul[@id='f-positions']//input[@name='positions']")}
    assert {value: one.get("data-count") for value, one in inputs.items()} == {"one": "1", "several": "1", "ninety": "0"}
    assert inputs["several"].get("checked") is not None
    assert "Én stilling" in page.text("//ul[@id='f-positions']")
    assert "Annonser uten antall" in page.text("//main")
    chips = {" ".join(link.text_content().split()): link.get("href") for link in page.all("//a[contains(@href, 'positions=')]")}
    assert any("Flere stillinger" in text and href.endswith("?positions=ninety") for text, href in chips.items()), chips


def test_its_address_is_redirected_to_the_canonical_one(client, ads):  # noqa: F811 - the fixture
    ads({"position_count": "3"})
    response = client.get(f"{reverse('web:results')}?positions=several&q=sykepleier&positions=several")
    assert (response.status_code, response["Location"]) == (302, "/?q=sykepleier&positions=several")
