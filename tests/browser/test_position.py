"""The visitor's position: the browser finds the nearest municipality, and the position is in no request."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from jobsearch.search.facets import distance
from jobsearch.vacancies.ad_data import LocationData
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE, wait_for
from tests.browser.visitors import by_width
from tests.places import BERGEN, OSLO

IN_BERGEN = {"latitude": 60.3512, "longitude": 5.3634}
IN_LONDON = {"latitude": 51.5, "longitude": -0.12}
NEAR_BERGEN = re.compile(r"\?near=VESTLAND%2FBERGEN$")
VOSS = (LocationData("NORGE", "VESTLAND", "VOSS"),)


@pytest.fixture
def some(ads):
    return ads(
        {"title": "Kokk", "locations": BERGEN}, {"title": "Baker", "locations": OSLO}, {"title": "Lege", "locations": VOSS}
    )


def allow_position(page: Page, position: dict[str, float]) -> list[str]:
    """Grants the page this position; returns the list of what it requests from now on."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(position)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.headers} {request.post_data}"))
    return sent


def focus_place(page: Page, width: int) -> None:
    """Focus the field of the place; on a phone it opens below the search field."""
    if width < DESKTOP:
        page.locator("#q").focus()
    page.locator("#near").focus()


@pytest.mark.parametrize("width", [320, pytest.param(PHONE, marks=pytest.mark.every_combination), DESKTOP])
def test_position_becomes_the_nearest_municipality(open_page, some, width):
    page = open_page("/", width=width)
    sent = allow_position(page, IN_BERGEN)
    focus_place(page, width)
    button = page.get_by_role("button", name="Bruk min posisjon")
    assert button.bounding_box()["height"] >= 44
    assert find_violations(page) == []
    button.click()
    page.wait_for_url(NEAR_BERGEN)
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    expect(page.locator("#near")).to_have_value("Bergen")
    expect(page.locator("#treff")).to_be_focused()
    assert not [one for one in sent if re.search(r"60[.,]3|5[.,]36", one)]
    assert page.evaluate("({...localStorage})")["place"] == "Bergen"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_position_is_used_by_keyboard_on_another_page(open_page, some):
    page = open_page(f"/stilling/{some[0]}/")
    allow_position(page, IN_BERGEN)
    page.locator("#near").focus()
    expect(page.get_by_role("button", name="Bruk min posisjon")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bruk min posisjon")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#near")).to_have_value("Bergen")
    expect(page.locator("#near")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(NEAR_BERGEN)


@by_width(PHONE, 320, DESKTOP)
def test_front_page_offers_ads_near_you_and_forgets_the_place(open_page, some, width):
    page = open_page("/", width=width)
    allow_position(page, IN_BERGEN)
    top = page.locator("#treff").bounding_box()["y"]
    page.get_by_role("button", name="Stillinger nær deg").click()
    page.wait_for_url(NEAR_BERGEN)
    page.goto("/")
    link = page.get_by_role("link", name="Nær deg: Bergen")
    expect(link).to_be_visible()
    expect(page.get_by_role("button", name="Stillinger nær deg")).to_be_hidden()
    assert page.locator("#treff").bounding_box()["y"] == top, "nothing moves"
    assert find_violations(page) == []
    link.click()
    page.wait_for_url(NEAR_BERGEN)
    page.go_back()
    page.get_by_role("button", name="Glem stedet").click()
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Stillinger nær deg")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).includes('place')") is False
    page.reload()
    expect(link).to_be_hidden()


def test_refused_or_foreign_position_is_explained(open_page, some):
    page = open_page("/")
    page.context.clear_permissions()
    page.locator("#near").focus()
    page.get_by_role("button", name="Bruk min posisjon").click()
    note = page.locator("#near-note")
    expect(note).to_have_text("Nettleseren oppga ingen posisjon. Skriv en kommune i stedet.")
    assert find_violations(page) == []
    page.locator("#near").press("x")
    expect(note).to_be_hidden()
    page.locator("#near").fill("")
    allow_position(page, IN_LONDON)
    page.get_by_role("button", name="Bruk min posisjon").click()
    expect(note).to_have_text("Ingen norsk kommune er nærmere deg enn 100 km.")
    expect(page.locator("#near")).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False])
def test_button_needs_a_browser_that_has_a_position(open_page, some, scripts):
    page = open_page("/om/", scripts=scripts)
    if scripts:
        page.add_init_script("delete Navigator.prototype.geolocation")
        page.reload()
    for address in ("/om/", "/"):
        page.goto(address)
        page.locator("#near").focus()
        assert page.get_by_role("button", name=re.compile("posisjon|nær deg")).count() == 0


def test_strange_values_in_the_storage_are_shown_as_text(open_page, some):
    page = open_page("/om/")
    for stored in ("x" * 101, '<b onclick="a()">', "{}"):
        page.evaluate("one => localStorage.setItem('place', one)", stored)
        page.goto("/")
        box = page.locator("#naer-deg")
        assert box.locator("b").count() == 0, stored
        assert box.get_by_text(stored).count() == (0 if len(stored) > 100 else 1), stored


def test_other_pages_propose_municipalities_when_the_field_is_used(open_page, some):
    page = open_page("/om/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.locator("#near-places option").count() == 0
    page.locator("#near").focus()
    wait_for(page, lambda: page.locator("#near-places option").count() == len(distance.list_proposals()))
    page.locator("#q").focus()
    page.locator("#near").focus()
    page.wait_for_timeout(100)
    assert len([url for url in asked if url.endswith("/kommuner.json")]) == 1
    page.locator("#near").fill("Bergen")
    page.locator("#km").select_option("0")
    page.get_by_role("button", name="Søk", exact=True).click()
    page.wait_for_url("**/?near=VESTLAND%2FBERGEN&km=0")
    expect(page.get_by_role("link", name="Bare Bergen")).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/om/"])
def test_without_scripts_every_page_proposes_municipalities(open_page, some, address):
    page = open_page(address, scripts=False)
    assert page.locator("#near").evaluate("one => one.list.options.length") == len(distance.list_proposals())


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.every_combination)])
def test_on_a_phone_the_button_stands_in_line_with_the_groups_below_the_promise(open_page, some, scheme):
    page = open_page("/", width=PHONE, scheme=scheme)
    boxes = [
        page.locator(one).bounding_box()
        for one in (".front-promise > p:first-child", "#naer-deg button:visible", ".front-groups")
    ]
    promise, button, groups = boxes
    assert (button["x"], button["width"]) == (groups["x"], groups["width"])
    assert button["y"] - promise["y"] - promise["height"] == groups["y"] - button["y"] - button["height"] == 8
    assert find_violations(page) == []
