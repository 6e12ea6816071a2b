"""Distance filter in the browser: typing, choosing, resetting, by keyboard, on a phone, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_width


@pytest.fixture
def some(ads):
    places = [("VESTLAND", "BERGEN"), ("VESTLAND", "ASKØY"), ("VESTLAND", "VOSS"), ("OSLO", "OSLO")]
    return ads(*({"title": f"Kokk {name}", "locations": (LocationData("NORGE", county, name),)} for county, name in places))


def unfolded(page, width: int):
    """The field of the place; on a phone it opens below the search field that has the focus."""
    if width < DESKTOP and not page.locator("#near").is_visible():
        page.locator("#q").focus()
    return page.locator("#near")


@by_width(DESKTOP)
def test_typing_updates_results_counts_and_address(open_page, some, width):
    page = open_page("/", width=width)
    field = unfolded(page, width)
    field.fill("bergen")
    page.keyboard.press("Tab")
    page.wait_for_url("**/?near=VESTLAND%2FBERGEN")
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    expect(page.locator("#live")).to_have_text("2 treff")
    expect(page.locator("#vis-n")).to_have_text("2 treff")
    expect(page.locator("#s-near")).to_have_text("Bergen 25 km")
    expect(page.locator("#place-vestland")).to_have_attribute("data-count", "2")
    expect(field).to_have_value("Bergen")
    assert page.evaluate("document.activeElement.id") == "km"
    page.locator("#km").select_option("100")
    page.wait_for_url("**/?near=VESTLAND%2FBERGEN&km=100")
    expect(page.locator("#treff")).to_have_attribute("data-total", "3")
    page.get_by_role("link", name="Innen 100 km fra Bergen").click()
    page.wait_for_url(lambda url: "near" not in url)
    expect(page.locator("#treff")).to_have_attribute("data-total", "4")
    expect(field).to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@by_width(PHONE)
def test_form_submits_the_place_without_scripts(open_page, some, width):
    page = open_page("/", width=width, scripts=False)
    unfolded(page, width).fill("Bergen")
    page.locator("#km").select_option("100")
    page.get_by_role("button", name="Søk", exact=True).click()
    page.wait_for_url("**/?near=VESTLAND%2FBERGEN&km=100")
    expect(page.locator("#treff")).to_have_attribute("data-total", "3")
    page.get_by_role("link", name="Innen 100 km fra Bergen").first.click()
    expect(page.locator("#treff")).to_have_attribute("data-total", "4")


def test_enter_in_the_field_searches(open_page, some):
    page = open_page("/", width=PHONE)
    unfolded(page, PHONE).fill("Voss")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?near=VESTLAND%2FVOSS")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    expect(page.locator("#treff")).to_be_focused()
    expect(page.locator("#near")).not_to_be_visible()
    expect(page.locator("#s-near")).to_be_visible()


def test_picked_proposal_is_used_before_the_field_loses_focus(open_page, some):
    page = open_page("/")
    field = unfolded(page, DESKTOP)
    field.focus()
    page.evaluate(
        """() => { const near = document.getElementById("near"); near.value = "Voss";
        near.dispatchEvent(new InputEvent("input", {bubbles: true, inputType: "insertReplacementText"})) }"""
    )
    page.wait_for_url("**/?near=VESTLAND%2FVOSS")
    expect(field).to_be_focused()


@by_width(PHONE)
def test_unknown_place_is_announced_and_shown_at_the_field(open_page, some, width):
    page = open_page("/", width=width)
    field = unfolded(page, width)
    field.fill("Atlantis")
    page.keyboard.press("Tab")
    expect(page.locator("#near-error")).to_contain_text("Vi vet ikke hvor «Atlantis» er")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("Atlantis")
    expect(page.locator("#live")).to_contain_text("Atlantis")
    assert find_violations(page) == []
    field.fill("Oslo")
    page.keyboard.press("Tab")
    page.wait_for_url("**/?near=OSLO%2FOSLO")
    expect(page.locator("#near-error")).to_have_count(0)
    assert page.locator("#near").get_attribute("aria-invalid") is None


def test_response_to_an_earlier_choice_keeps_the_typed_text(open_page, some):
    page = open_page("/")
    field = unfolded(page, DESKTOP)
    held = []
    page.route("**/*place=OSLO*", lambda route: held.append(route), times=1)
    with page.expect_request("**/*place=OSLO*"):
        page.get_by_label("Oslo").check()
    field.press_sequentially("Ber")
    held[0].continue_()
    page.wait_for_url("**/?place=OSLO")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    expect(field).to_have_value("Ber")
    expect(field).to_be_focused()


def test_back_and_forward_restore_results_and_field(open_page, some):
    page = open_page("/")
    unfolded(page, DESKTOP).fill("Bergen")
    page.keyboard.press("Tab")
    page.wait_for_url("**/?near=VESTLAND%2FBERGEN")
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    page.go_back()
    expect(page.locator("#treff")).to_have_attribute("data-total", "4")
    expect(page.locator("#near")).to_have_value("")
    page.go_forward()
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    expect(page.locator("#near")).to_have_value("Bergen")


@by_width(320, PHONE, DESKTOP)
def test_no_axe_violations_and_no_clipped_text(open_page, some, width):
    page = open_page("/?near=VESTLAND%2FBERGEN", width=width)
    assert find_violations(page) == []
    unfolded(page, width)
    expect(page.locator("#near")).to_be_visible()
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for control in (".search-what", ".search-where", ".search .button"):
        box = page.locator(control).bounding_box()
        assert box["height"] >= 44, control
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, control
