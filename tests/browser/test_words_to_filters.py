"""Words that become filters, with scripts: the field, the boxes, the address and the message follow, and can be undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_list import many  # noqa: F401 - a fixture

SEARCH = re.compile(r"\?q=butikkmedarbeider&place=VESTLAND%2FVOSS$")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
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
