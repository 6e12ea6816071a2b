"""Words that become filters, with scripts: the field, the boxes, the address and the message follow, and can be undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_list import many  # noqa: F401 - a fixture
from tests.browser.visitors import by_width

SEARCH = re.compile(r"\?q=butikkmedarbeider&place=VESTLAND%2FVOSS$")


@by_width(DESKTOP)
def test_typed_place_becomes_a_filter_and_can_be_undone(open_page, many, width):  # noqa: F811
    page = open_page("/", width=width)
    field = page.locator("#q")
    field.fill("butikkmedarbeider voss")
    field.press("Enter")
    page.wait_for_url(SEARCH)
    expect(field).to_have_value("butikkmedarbeider")
    expect(page.locator("#f-place input:checked")).to_have_value("VESTLAND/VOSS")
    total = page.locator("#treff").get_attribute("data-total")
    assert total and int(total) > 0
    message = page.locator("#beskjeder")
    expect(message).to_contain_text("Vi forsto «Voss» som filter.")
    message.get_by_role("link", name="Angre").click()
    page.wait_for_url(re.compile(r"\?q=butikkmedarbeider\+voss&as_typed=1$"))
    expect(field).to_have_value("butikkmedarbeider voss")
    expect(page.locator("#treff")).to_have_attribute("data-total", total)
    page.go_back()
    page.wait_for_url(SEARCH)
    expect(field).to_have_value("butikkmedarbeider")


def test_without_scripts_the_page_is_redirected(open_page, many):  # noqa: F811
    page = open_page("/", scripts=False)
    page.locator("#q").fill("butikkmedarbeider voss")
    page.locator("#q").press("Enter")
    page.wait_for_url(SEARCH)
    expect(page.locator("#q")).to_have_value("butikkmedarbeider")
    expect(page.locator("#beskjeder")).to_contain_text("Vi forsto «Voss» som filter.")
    message = page.locator("#beskjeder .message")
    assert message.evaluate("one => getComputedStyle(one).position") == "static"
    expect(message.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("width", [320, pytest.param(PHONE, marks=pytest.mark.every_combination), DESKTOP])
def test_message_floats_in_the_window_and_moves_nothing(open_page, many, width):  # noqa: F811
    page = open_page("/?q=butikkmedarbeider", width=width)
    top = page.locator("#treff").bounding_box()["y"]
    page.locator("#q").fill("butikkmedarbeider voss")
    page.locator("#q").press("Enter")
    page.wait_for_url(SEARCH)
    message = page.locator("#beskjeder .message")
    box = message.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["y"] > 0 and box["y"] + box["height"] <= page.viewport_size["height"]
    assert page.locator("#treff").bounding_box()["y"] == top
    expect(page.locator("#live")).to_contain_text("Vi forsto «Voss» som filter.")
    assert find_violations(page) == []
    for target in (message.get_by_role("link"), message.get_by_role("button")):
        assert target.bounding_box()["height"] >= 44
    message.get_by_role("button", name="Lukk").click()
    expect(message).to_have_count(0)
    expect(page.locator("#innhold")).to_be_focused()


def test_message_disappears_with_the_next_choice_and_is_there_on_a_loaded_page(open_page, many):  # noqa: F811
    page = open_page("/?q=butikkmedarbeider+voss")
    message = page.locator("#beskjeder .message")
    expect(message).to_contain_text("Vi forsto «Voss» som filter.")
    assert message.evaluate("one => getComputedStyle(one).position") == "fixed"
    page.locator("#sort").select_option("published")
    page.wait_for_url("**sort=published")
    expect(message).to_have_count(0)
