"""Page of a long facet without scripts: what it costs."""

from __future__ import annotations

from jobsearch.web.presenters import results as view
from jobsearch.web.views import facet_values
from tests.web.page import Page


def test_an_address_is_made_for_each_value_that_is_shown(client, ads, monkeypatch):
    """Thousands of employers have an "n" in their name, and the page shows 200 of them."""
    ads(*({"title": f"Kokk {n}", "employer_name": f"Kro {n}"} for n in range(6)))
    made = []
    address = view.build_address
    monkeypatch.setattr(view, "build_address", lambda query: made.append(query) or address(query))
    monkeypatch.setattr(facet_values, "MAX_VALUES", 2)
    page = Page(client.get("/filter/employer/?within=kro"))
    assert len(page.all("//ul[@class='facet-links']/li")) == 2 and "Her er de 2 med flest annonser" in page.text()
    assert len([query for query in made if query.employer]) == 2
