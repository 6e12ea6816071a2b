"""Saved searches, language switch and filter panel in the browser: phone and desktop, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData, OccupationData
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor, by_width
from tests.web.support import PASSWORD


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


def open_menu(page) -> None:
    """On a phone the links of the header are behind a button."""
    opener = page.get_by_role("button", name="Meny")
    if opener.is_visible():
        opener.click()


def open_choices(page, name):
    """The row of a saved search, with its menu open."""
    row = page.locator(".saved-search", has_text=name)
    row.locator("summary", has_text="Mer").click()
    return row


@by_visitor((PHONE, False), (DESKTOP, True))
def test_user_saves_opens_renames_and_deletes_a_search(open_page, some, recruiter, width, scripts):
    page = open_page("/?q=sykepleier", width=width, scripts=scripts)
    page.get_by_role("link", name="Varsle meg").click()
    page.get_by_role("link", name="Logg inn og lagre søket").click()
    page.get_by_text("Logg inn med passord").click()
    page.get_by_label("E-postadresse eller brukernavn").fill("rita")
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logg inn", exact=True).click()
    page.get_by_label("Navn på søket").fill("Pleiere")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.wait_for_url("**/?q=sykepleier")
    expect(page.get_by_role("status").filter(has_text="Pleiere")).to_have_text("Søket «Pleiere» er lagret.")

    page.goto("/?q=kokk")
    page.locator("summary", has_text="Lagre søket").click()
    page.get_by_label("Navn på søket").fill("Kokker")
    page.get_by_role("button", name="Lagre", exact=True).click()
    page.wait_for_url("**/?q=kokk")

    page.get_by_role("link", name="Varsler").click()
    expect(page.locator("[data-total]")).to_have_text(["1 treff", "2 treff"])
    page.get_by_role("link", name="Pleiere", exact=True).click()
    page.wait_for_url("**/?q=sykepleier&sort=published&since=*")
    total(page, 2)

    page.goto("/lagrede-sok/")
    names = page.locator(".saved-search").get_by_role("heading", level=2)
    open_choices(page, "Kokker").get_by_role("link", name="Endre navn og notat").click()
    page.get_by_label("Navn på søket").fill("Kjøkken")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(names).to_have_text(["Kjøkken", "Pleiere"])
    open_choices(page, "Kjøkken").get_by_role("link", name="Slett").click()
    page.get_by_role("button", name="Slett", exact=True).click()
    expect(names).to_have_text(["Pleiere"])
    open_menu(page)
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    open_menu(page)
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()


@by_visitor((PHONE, True), (DESKTOP, False))
def test_language_switch_returns_to_the_page(open_page, some, width, scripts):
    page = open_page("/?q=sykepleier", width=width, scripts=scripts)
    page.get_by_role("button", name="English", exact=True).click()
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
    page.get_by_label("Bergen 2").check()
    page.get_by_role("button", name="Vis treff").click()
    page.wait_for_url("**/?place=VESTLAND%2FBERGEN")
    total(page, 2)
    page.get_by_role("link", name="Hele Vestland").click()
    page.wait_for_url("**/?place=VESTLAND")


@pytest.mark.parametrize("scripts", [True, False])
def test_menu_of_a_phone_opens_and_closes(open_page, some, scripts):
    page = open_page("/om/", width=PHONE, scripts=scripts)
    login, opener = page.get_by_role("link", name="Logg inn"), page.get_by_role("button", name="Meny")
    expect(login).not_to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    expect(login).to_be_visible()
    page.keyboard.press("Escape")
    expect(login).not_to_be_visible()
    expect(opener).to_be_focused()
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    expect(login).to_be_visible()
    expect(opener).not_to_be_visible()


@by_width(320, PHONE, DESKTOP)
def test_search_is_in_reach_on_every_scrolled_page(open_page, some, width):
    page = open_page(f"/stilling/{some[0]}/", width=width)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    field = page.get_by_label("Yrke, sted eller arbeidsgiver")
    expect(field).to_be_in_viewport()
    field.fill("kokk")
    page.locator("#near").fill("Bergen")
    page.get_by_role("button", name="Søk", exact=True).click()
    page.wait_for_url("**/?q=kokk&near=VESTLAND%2FBERGEN")
    total(page, 1)


def test_bottom_bar_is_for_phones_and_covers_no_focus(open_page, some):
    page = open_page("/", width=PHONE)
    bar = page.locator(".shortcuts")
    expect(bar.get_by_role("link")).to_have_text(["Søk", "Lagret", "Varsler"])
    expect(bar.get_by_role("link", name="Søk", exact=True)).to_have_attribute("aria-current", "page")
    top, bottom = (page.locator(one).bounding_box() for one in (".top", ".shortcuts"))
    for _ in range(40):
        page.keyboard.press("Tab")
        box, inside = page.evaluate(
            """() => { const one = document.activeElement;
            return [one.getBoundingClientRect().toJSON(), !!one.closest(".top, .shortcuts, .skip")] }"""
        )
        if not inside and page.evaluate("document.activeElement !== document.body"):
            assert box["bottom"] > top["height"] and box["top"] < bottom["y"], page.evaluate("document.activeElement.outerHTML")
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    expect(bar).not_to_be_visible()
