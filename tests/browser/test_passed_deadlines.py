"""Link to ads whose deadline has passed: with scripts, where htmx renews it, and without them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.visibility import OSLO
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor

VOSS = (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"),)
TROMSO = (LocationData("NORGE", "TROMS", "TROMSØ", "TROMSØ"),)


@pytest.fixture
def some(ads) -> list:
    yesterday = str(timezone.now().astimezone(OSLO).date() - dt.timedelta(days=1))
    return ads(
        {"title": "Kokk på Voss", "locations": VOSS},
        {"title": "Kokk i Tromsø", "locations": TROMSO},
        {"title": "For sent på Voss", "locations": VOSS, "application_due": yesterday},
        {"title": "For sent i Tromsø", "locations": TROMSO, "application_due": yesterday},
        {"title": "Altfor sent i Tromsø", "locations": TROMSO, "application_due": yesterday},
    )


def choose(page: Page, facet: str, value: str, scripts: bool) -> None:
    """Choose a value in the filter panel of this width, and submit it where no script does."""
    if page.viewport_size["width"] == PHONE and not page.locator("#filtre").is_visible():
        page.locator("[popovertarget=filtre]").first.click()
    details = page.locator("details.facet", has=page.locator(f"#f-{facet}"))
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    page.locator(f"#f-{facet} input[value='{value}']").check()
    if not scripts:
        page.locator("#filtre button[type=submit]").click()


def expect_list(page: Page, address: str, total: int, link: str) -> None:
    page.wait_for_url(re.compile(re.escape(address) + "$"))
    expect(page.locator("#treff")).to_have_attribute("data-total", str(total))
    expect(page.locator(".passed-deadlines a")).to_have_text(link)


@by_visitor((PHONE, True))
def test_link_shows_passed_deadlines_within_the_search(open_page, some, width, scripts):
    page = open_page("/", width=width, scripts=scripts)
    expect_list(page, "/", 2, "Vis også 3 der fristen er ute")
    choose(page, "place", "TROMS", scripts)
    expect_list(page, "/?place=TROMS", 1, "Vis også 2 der fristen er ute")
    if width == PHONE and scripts:
        page.keyboard.press("Escape")
    link = page.locator(".passed-deadlines a")
    assert link.bounding_box()["height"] >= 44
    link.focus()
    page.keyboard.press("Enter")
    expect_list(page, "/?place=TROMS&deadline=all", 3, "Skjul 2 der fristen er ute")
    assert page.locator("#f-deadline input[value=all]").is_checked()
    assert find_violations(page) == []
    choose(page, "extent", "Heltid", scripts)  # another choice keeps this one
    expect_list(page, "/?place=TROMS&extent=Heltid&deadline=all", 3, "Skjul 2 der fristen er ute")
    if width == PHONE and scripts:
        page.keyboard.press("Escape")
    page.locator(".passed-deadlines a").click()
    expect_list(page, "/?place=TROMS&extent=Heltid", 1, "Vis også 2 der fristen er ute")
    page.go_back()
    expect_list(page, "/?place=TROMS&extent=Heltid&deadline=all", 3, "Skjul 2 der fristen er ute")
    assert page.locator("#f-deadline input[value=all]").is_checked()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_only_passed_deadlines_are_a_choice_in_the_panel(open_page, some, scripts):
    page = open_page("/", width=DESKTOP, scripts=scripts)
    choose(page, "deadline", "passed", scripts)
    page.wait_for_url("**/?deadline=passed")
    expect(page.locator("#treff")).to_have_attribute("data-total", "3")
    expect(page.locator(".passed-deadlines")).to_have_count(0)
    page.locator("#f-deadline input[value='']").check()
    if not scripts:
        page.locator("#filtre button[type=submit]").click()
    expect_list(page, "/", 2, "Vis også 3 der fristen er ute")


@by_visitor((DESKTOP, False))
def test_landing_page_leads_to_an_occupation_at_a_place(open_page, some, width, scripts):
    page = open_page("/jobb/voss/", width=width, scripts=scripts)
    page.get_by_role("link", name=re.compile("^Helse og sosial")).click()
    page.wait_for_url("**/jobb/helse-og-sosial-pa-voss/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledige stillinger innen helse og sosial på Voss")
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".passed-deadlines a").click()
    page.wait_for_url("**/?place=VESTLAND%2FVOSS&occupation=Helse+og+sosial&deadline=all")
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
