"""Message of a failed update of the list: fixed in the window, with a button to try again; the controls show what is true."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import find_violations
from tests.browser.conftest import PHONE
from tests.browser.test_facets import some, total, unfold  # noqa: F401 - a fixture
from tests.browser.visitors import by_width

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "htmx")


def fail_to_tick(page: Page, name: str) -> None:
    """Tick a box of the facet "Omfang" without a network."""
    unfold(page, "Omfang")
    page.context.set_offline(True)
    page.get_by_label(re.compile(f"^{name}")).click()  # check() would see that it is unticked again
    expect(page.get_by_role("alert")).to_contain_text("Vi får ikke svar. Treffene er fra forrige søk.")


@by_width(PHONE)
def test_box_goes_back_and_is_ticked_by_trying_again(open_page, some, width):  # noqa: F811 - the fixture
    page = open_page("/", width=width, expected=OFFLINE)
    box = page.get_by_label(re.compile("^Deltid"))
    before = page.locator("#treff").get_attribute("data-total")
    fail_to_tick(page, "Deltid")
    expect(box).not_to_be_checked()
    toast = page.locator(".toast").bounding_box()
    assert toast["y"] >= 0 and toast["y"] + toast["height"] <= page.viewport_size["height"]
    assert toast["x"] >= 0 and toast["x"] + toast["width"] <= width
    again = page.get_by_role("button", name="Prøv igjen")
    again.press("Enter")
    expect(again).to_be_visible()
    expect(box).not_to_be_checked()
    page.context.set_offline(False)
    again.press("Enter")
    page.wait_for_url("**/?extent=Deltid")
    expect(page.get_by_label(re.compile("^Deltid"))).to_be_checked()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.locator("#treff").get_attribute("data-total") != before


@pytest.mark.parametrize("how", ["button", "Escape", "another choice"])
def test_message_is_closed(open_page, some, how):  # noqa: F811 - the fixture
    page = open_page("/", expected=OFFLINE)
    fail_to_tick(page, "Deltid")
    assert find_violations(page) == []
    if how == "another choice":
        page.context.set_offline(False)
        page.get_by_label(re.compile("^Heltid")).check()
        total(page, 46)
    elif how == "button":
        page.get_by_role("button", name="Lukk").click()
    else:
        page.get_by_role("button", name="Prøv igjen").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_label(re.compile("^Deltid"))).to_be_focused()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label(re.compile("^Deltid"))).not_to_be_checked()


def test_typed_words_stay_after_a_failed_search(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/", expected=OFFLINE)
    page.context.set_offline(True)
    page.locator("#q").fill("kokk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#q")).to_have_value("kokk")
