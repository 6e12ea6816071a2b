"""Saved searches, language switch and filter panel in the browser: phone and desktop, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData, OccupationData
from tests.browser.conftest import DESKTOP, PHONE
from tests.web.support import PASSWORD

EVERYONE = [
    pytest.param(width, scripts, id=f"{width}-{'with' if scripts else 'without'}-scripts")
    for width in (PHONE, DESKTOP)
    for scripts in (True, False)
]


@pytest.fixture
def some(ads):
    bergen = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
    oslo = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
    cook = (OccupationData("Reiseliv og mat", "Kokk"),)
    return ads(
        {"title": "Sykepleier i Bergen", "locations": bergen},
        {"title": "Sykepleier i Oslo", "locations": oslo},
        {"title": "Kokk i Bergen", "locations": bergen, "occupations": cook, "description": "<p>Lag mat.</p>"},
    )


def total(page, number: int) -> None:
    expect(page.locator("#treff")).to_have_attribute("data-total", str(number))
    expect(page.locator("#treff-h")).to_have_text(f"{number} treff")


@pytest.mark.parametrize(("width", "scripts"), EVERYONE)
def test_user_saves_opens_renames_and_deletes_a_search(open_page, some, recruiter, width, scripts):
    page = open_page("/?q=sykepleier", width=width, scripts=scripts)
    page.get_by_role("button", name="Lagre søket").click()
    page.get_by_label("Brukernavn").fill("rita")
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()
    page.get_by_label("Navn på søket").fill("Pleiere")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.wait_for_url("**/?q=sykepleier")
    expect(page.get_by_role("status").filter(has_text="Pleiere")).to_have_text("Søket «Pleiere» er lagret.")

    page.goto("/?q=kokk")
    page.locator("summary", has_text="Lagre søket").click()
    page.get_by_label("Navn på søket").fill("Kokker")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.wait_for_url("**/?q=kokk")

    page.get_by_role("link", name="Lagrede søk").click()
    expect(page.locator("[data-total]")).to_have_text(["1 treff", "2 treff"])
    page.get_by_role("link", name="Pleiere", exact=True).click()
    page.wait_for_url("**/?q=sykepleier&sort=published&since=*")
    total(page, 2)

    page.goto("/lagrede-sok/")
    page.get_by_role("link", name="Endre navn på Kokker").click()
    page.get_by_label("Navn på søket").fill("Kjøkken")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Kjøkken", "Pleiere"])
    page.get_by_role("link", name="Slett Kjøkken").click()
    page.get_by_role("button", name="Slett", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Pleiere"])
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()


@pytest.mark.parametrize(("width", "scripts"), EVERYONE)
def test_language_switch_returns_to_the_page(open_page, some, width, scripts):
    page = open_page("/?q=sykepleier", width=width, scripts=scripts)
    page.get_by_role("button", name="English").click()
    expect(page.locator("#treff-h")).to_have_text("2 results")
    page.get_by_role("button", name="Bokmål").click()
    expect(page.locator("#treff-h")).to_have_text("2 treff")


@pytest.mark.parametrize("scripts", [True, False])
def test_filter_panel_opens_closes_and_traps_the_focus(open_page, some, scripts):
    page = open_page("/", width=PHONE, scripts=scripts)
    opener, panel = page.get_by_role("button", name="Filtrer"), page.locator("#filtre")
    expect(panel).not_to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    for _ in range(50):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#filtre')")
        assert inside, page.evaluate("document.activeElement.outerHTML")
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_role("button", name="Lukk").click()
    expect(panel).not_to_be_visible()


def test_panel_closes_when_the_window_becomes_wide(open_page, some):
    page = open_page("/", width=PHONE)
    page.get_by_role("button", name="Filtrer").click()
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    expect(page.locator("#filtre")).to_be_visible()  # as a column now
    expect(page.get_by_role("button", name="Lukk")).not_to_be_visible()
    expect(page.get_by_role("link", name="Kokk i Bergen")).to_be_visible()


def test_a_municipality_can_be_chosen_under_its_county(open_page, some):
    page = open_page("/?place=VESTLAND", scripts=False)
    page.get_by_label("Bergen (2)").check()
    page.get_by_role("button", name="Vis treff").click()
    page.wait_for_url("**/?place=VESTLAND%2FBERGEN")
    total(page, 2)
    page.get_by_role("link", name="Hele Vestland").click()
    page.wait_for_url("**/?place=VESTLAND")
