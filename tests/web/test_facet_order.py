"""Order of a facet's values on a page: by count, chosen ones first, and which fold."""

from __future__ import annotations

from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.ad_data import LocationData
from tests.web.page import Page


def values(page: Page, facet: str) -> list[str]:
    return [box.get("value") for box in page.all(f"//ul[@id='f-{facet}']/li/input")]


def places(*names: str) -> list[dict]:
    return [{"title": f"Kokk {n}", "locations": (LocationData("NORGE", name),)} for n, name in enumerate(names)]


def test_values_are_in_the_order_of_their_counts_and_chosen_ones_first(client, own_ads):
    own_ads(*places("OSLO", "OSLO", "OSLO", "TROMS", "TROMS", "AGDER", "ROGALAND", ""))
    assert values(Page(client.get("/")), "place") == ["OSLO", "TROMS", "AGDER", "ROGALAND", NOT_STATED]
    assert values(Page(client.get("/?place=ROGALAND")), "place") == ["ROGALAND", "OSLO", "TROMS", "AGDER", NOT_STATED]


def test_a_ticked_box_does_not_move_in_the_answer_to_its_choice(client, own_ads):
    own_ads(*places("OSLO", "OSLO", "TROMS", "AGDER"))
    answer = client.get("/?place=AGDER", headers={"HX-Request": "true"})
    assert values(Page(answer), "place") == ["OSLO", "AGDER", "TROMS"]


def test_six_values_are_shown_and_the_others_fold(client, own_ads):
    own_ads(*places("OSLO", "TROMS", "AGDER", "ROGALAND", "NORDLAND", "VESTLAND", "INNLANDET", "BUSKERUD"))
    page = Page(client.get("/"))
    assert len(values(page, "place")) == 6
    assert page.text("//ul[@id='f-place']//summary//*[@class='closed']") == "Vis alle 8"
    assert page.text("//ul[@id='f-place']//summary//*[@class='opened']") == "Vis færre"
    assert not page.all("//input[@id='w-place']"), "eight values need no field to find one"
    assert not page.all("//ul[@id='f-deadline']//summary"), "arrow keys reach no radio button in a fold"
