"""Bookmarked ads: saved and removed by pointer, touch and keyboard, stored in the browser only."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.browser.accessibility import find_violations
from tests.browser.conftest import PHONE
from tests.browser.visitors import by_width
from tests.conftest import in_days

NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })"


@pytest.fixture
def listed(ads) -> list:
    """Four ads, the newest first: "Kokk 0", "Kokk 1", ..."""
    return ads(*({"title": f"Kokk {number}", "published": in_days(-number)} for number in range(4)))


def find_button(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"Lagre: {title}", exact=True)


def read_stored(page: Page) -> list[str]:
    return json.loads(page.evaluate("localStorage.getItem('bookmarks')") or "[]")


def expect_listed(page: Page, *titles: str) -> None:
    expect(page.locator("#bokmerkeliste .card-title")).to_have_text(list(titles))


def open_bookmarks(page: Page, width: int) -> None:
    name = "Snarveier" if width == PHONE else "Hovedmeny"
    page.get_by_role("navigation", name=name).get_by_role("link", name="Lagret").click()
    page.wait_for_url("**/lagret/")


@by_width(PHONE)
def test_an_ad_is_saved_and_removed(open_page, listed, width):
    page = open_page("/", width=width)
    press = Locator.tap if width == PHONE else Locator.click
    for title in ("Kokk 2", "Kokk 0"):
        press(find_button(page, title))
        expect(find_button(page, title)).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("/"), "the button is not the row's link"
    expect(page.locator("[data-bookmarks]:visible")).to_have_text("2")
    open_bookmarks(page, width)
    expect_listed(page, "Kokk 0", "Kokk 2")
    assert not find_violations(page)
    press(find_button(page, "Kokk 0"))
    expect(page.locator(".toast")).to_contain_text("Stillingen er ikke lagret lenger.")
    press(page.locator(".toast").get_by_role("button", name="Angre"))
    expect(find_button(page, "Kokk 0")).to_have_attribute("aria-pressed", "true")
    press(find_button(page, "Kokk 2"))
    page.reload()
    expect_listed(page, "Kokk 0")


def test_an_ad_is_saved_by_keyboard_and_on_its_own_page(open_page, listed):
    page = open_page("/")
    page.get_by_role("link", name="Kokk 1").focus()
    page.keyboard.press("Tab")
    expect(find_button(page, "Kokk 1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(find_button(page, "Kokk 1")).to_have_attribute("aria-pressed", "true")
    page.goto(f"/stilling/{listed[3]}/")
    page.get_by_role("button", name="Lagre", exact=True).first.click()
    assert read_stored(page) == [str(listed[3]), str(listed[1])]


def test_an_ended_ad_is_listed_by_its_title(open_page, listed):
    page = open_page("/")
    for title in ("Kokk 1", "Kokk 2"):
        find_button(page, title).click()
    with transaction.atomic():
        store.close_vacancies([listed[1]], Vacancy.Closed.FEED)
    indexing.index_changes()
    page.goto("/lagret/")
    expect_listed(page, "Kokk 2")
    ended = page.locator("#bokmerkeliste .ended > li")
    expect(ended.get_by_role("link")).to_have_text("Kokk 1")
    ended.get_by_role("button").click()
    expect(ended).to_have_count(0)
    assert read_stored(page) == [str(listed[2])]


def test_more_than_two_hundred_are_refused(open_page, listed):
    page = open_page("/")
    many = [f"00000000-0000-4000-8000-{number:012d}" for number in range(200)]
    page.evaluate("ads => localStorage.setItem('bookmarks', JSON.stringify(ads))", many)
    find_button(page, "Kokk 0").click()
    expect(page.locator(".toast")).to_contain_text("Du kan lagre 200")
    expect(find_button(page, "Kokk 0")).to_have_attribute("aria-pressed", "false")
    page.locator(".toast").get_by_role("button", name="Se lagrede").click()
    page.get_by_role("button", name="Fjern fra listen").click()
    expect(page.locator("#bokmerkeliste")).to_contain_text("ikke lagret noen stillinger")


def test_invalid_storage_is_ignored(open_page, listed):
    page = open_page("/om/")
    for stored in ("{", "null", '{"a": 1}', '["<img>", 7, null]'):
        page.evaluate("text => localStorage.setItem('bookmarks', text)", stored)
        page.goto("/lagret/")
        expect(page.locator("#bokmerkeliste"), stored).to_contain_text("ikke lagret noen stillinger")


def test_without_storage_a_message_says_that_nothing_is_saved(open_page, listed):
    page = open_page("/")
    page.add_init_script(NO_STORAGE)
    page.reload()
    find_button(page, "Kokk 0").click()
    expect(page.locator(".toast")).to_contain_text("Stillingen ble ikke lagret")


def test_without_scripts_no_button_is_shown(open_page, listed):
    page = open_page("/", scripts=False)
    expect(page.locator("[data-save]").first).to_be_hidden()
    page.goto("/lagret/")
    expect(page.get_by_text("kan derfor ikke lagre stillinger")).to_be_visible()


def test_a_failed_request_says_that_the_ads_are_still_saved(open_page, listed):
    page = open_page("/", expected=("500",))
    find_button(page, "Kokk 0").click()
    page.route("**/lagret/liste/", lambda route: route.fulfill(status=500))
    page.goto("/lagret/")
    expect(page.get_by_role("alert")).to_contain_text("Stillingene er fortsatt lagret")
    page.unroute("**/lagret/liste/")
    page.get_by_role("link", name="Prøv igjen").click()
    expect_listed(page, "Kokk 0")
