"""From the front page to an application on a phone, by touch: the number of taps besides typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData
from tests.browser.conftest import PHONE
from tests.places import BERGEN, OSLO

MOST_TAPS = 3
EMPLOYERS_SITE = "https://sykehus.example/sok/1"
FOLLOW_NO_LINK = """() => document.addEventListener("click", (event) => {
  event.preventDefault();
  window.followed = event.target.closest("a").href;
})"""
ASKOY = (LocationData("NORGE", "VESTLAND", "ASKØY"),)


@pytest.fixture
def some(ads):
    nurse = {"title": "Sykepleier", "extent": "Deltid", "locations": BERGEN, "application_url": EMPLOYERS_SITE}
    return ads(
        nurse,
        {**nurse, "title": "Sykepleier natt", "locations": ASKOY, "application_url": ""},
        {**nurse, "title": "Sykepleier dag", "extent": "Heltid"},
        {**nurse, "title": "Sykepleier kveld", "locations": OSLO},
    )


@pytest.mark.parametrize("typed", ["part-time nurse near Bergen", "sykepleier deltid nær Bergen"])
def test_part_time_nurse_near_bergen_applies(open_page, some, typed):
    page = open_page("/", width=PHONE)
    taps = []

    def tap(target):
        expect(target).to_be_in_viewport()  # scrolling would be a gesture too
        taps.append(target)
        target.tap()

    tap(page.locator("#q"))
    page.keyboard.type(typed)
    page.keyboard.press("Enter")  # the keyboard's own button
    page.wait_for_url(re.compile("near=VESTLAND%2FBERGEN"))
    page.wait_for_url(re.compile("extent=Deltid"))
    expect(page.locator("#treff")).to_have_attribute("data-total", "2")
    tap(page.get_by_role("link", name=re.compile("^Sykepleier$")))
    apply = page.get_by_role("link", name="Søk på stillingen").first
    expect(apply).to_have_attribute("href", EMPLOYERS_SITE)
    page.evaluate(FOLLOW_NO_LINK)  # no page of a test requests another host
    tap(apply)
    assert page.evaluate("window.followed") == EMPLOYERS_SITE
    assert len(taps) <= MOST_TAPS
