"""Live updates by htmx: a choice updates results, counts and address, and keeps focus and history."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_width


@pytest.fixture
def some(ads):
    counties = "AGDER AKERSHUS BUSKERUD FINNMARK INNLANDET NORDLAND OSLO ROGALAND TELEMARK TROMS VESTLAND".split()
    return ads(
        *({"title": f"Lege i {name}", "locations": (LocationData("NORGE", name),), "sector": "Privat"} for name in counties),
        {"title": "Kokk", "locations": (LocationData("NORGE", "OSLO"),), "sector": "Offentlig"},
    )


@by_width(PHONE)
def test_choice_updates_list_counts_and_address_and_keeps_focus(open_page, some, width):
    page = open_page("/", width=width)
    if width == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    box = page.locator("#place-oslo")
    box.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/?place=OSLO")
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    expect(page.locator("#live")).to_have_text("2 treff")
    expect(page.locator("#vis-n")).to_have_text("2 treff")
    expect(page.locator("#f-n")).to_have_text("1 valgt")
    expect(page.locator("#sector-privat")).to_have_attribute("data-count", "1")
    expect(box).to_be_checked()
    assert page.evaluate("document.activeElement.id") == "place-oslo"
    if width == PHONE:
        expect(page.locator("#filtre")).to_be_visible()
        page.get_by_role("button", name="Vis 2 treff").click()
        expect(page.locator("#filtre")).not_to_be_visible()
        expect(page.locator("#treff")).to_be_focused()


def test_back_button_restores_results_and_form(open_page, some):
    page = open_page("/")
    page.get_by_label(re.compile("^Oslo")).check()
    page.wait_for_url("**/?place=OSLO")
    page.locator("summary", has_text="Sektor").click()
    page.get_by_label(re.compile("^Privat")).check()
    page.wait_for_url("**/?place=OSLO&sector=Privat")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    page.get_by_role("link", name="Lege i OSLO").click()
    page.wait_for_url("**/stilling/**")
    page.go_back()
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    expect(page.locator("#sector-privat")).to_be_checked()
    page.go_back()
    page.wait_for_url("**/?place=OSLO")
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    expect(page.locator("#sector-privat")).not_to_be_checked()
    expect(page.locator("#place-oslo")).to_be_checked()


def test_expanded_facet_stays_expanded(open_page, some):
    page = open_page("/")
    page.get_by_text("Vis alle 11").click()
    page.get_by_label(re.compile("^Agder")).check()
    page.wait_for_url("**/?place=AGDER")
    expect(page.get_by_label(re.compile("^Troms"))).to_be_visible()


def test_save_link_is_updated_after_a_choice(open_page, some):
    page = open_page("/")
    page.get_by_label(re.compile("^Oslo")).check()
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    page.get_by_role("link", name="Varsle meg").click()
    page.wait_for_url(re.compile("/varsler/ny/.*place%3DOSLO"))


def test_choosing_a_sorting_updates_the_list(open_page, some):
    page = open_page("/")
    page.get_by_label("Sortering").select_option("deadline")
    page.wait_for_url("**/?sort=deadline")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_first_choice_takes_the_front_page_away_and_moves_no_box(open_page, some, width):
    page = open_page("/", width=width)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Alle ledige stillinger fra NAV")
    if width == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    box = page.locator("#place-oslo")
    place = box.bounding_box()
    box.check()
    page.wait_for_url("**/?place=OSLO")
    expect(page.locator("#forside h1")).to_have_text("Ledige stillinger")
    assert box.bounding_box() == place
    box.uncheck()
    page.wait_for_url(re.compile("/$"))
    expect(page.locator("#forside h1")).to_have_text("Alle ledige stillinger fra NAV")
