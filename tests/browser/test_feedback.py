"""Feedback during an update of the list: a ring in the touched row at once, a dimmed list, and neither after the answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, wait_for
from tests.browser.test_facets import some, total, unfold  # noqa: F401 - a fixture
from tests.browser.test_requests import RESULTS, hold
from tests.browser.visitors import by_width

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "htmx")
# Within the task of the press, so before the next frame: the width of the ring in its row.
PRESS = "one => { one.click(); return getComputedStyle(one.nextElementSibling, '::after').width }"


def measure_opacity(page: Page) -> float:
    return page.locator("#treff > .cards").evaluate("one => Number(getComputedStyle(one).opacity)")


@by_width(DESKTOP)
def test_touched_row_has_a_ring_and_the_list_is_dimmed_until_the_answer(open_page, some, width):  # noqa: F811
    page = open_page("/", width=width)
    unfold(page, "Omfang")
    held = hold(page, RESULTS)
    box = page.get_by_label(re.compile("^Deltid"))
    before = box.bounding_box()
    assert box.evaluate(PRESS) == "16px"
    expect(page.locator("[data-pending]")).to_have_count(1)
    assert box.bounding_box() == before
    wait_for(page, lambda: held and measure_opacity(page) < 0.6)
    held[0].continue_()
    total(page, 1)
    expect(page.locator("[data-pending]")).to_have_count(0)
    wait_for(page, lambda: measure_opacity(page) == 1)


def test_order_of_the_list_has_a_ring(open_page, some):  # noqa: F811
    page = open_page("/")
    held = hold(page, re.compile(r"/\?.*sort="))
    page.get_by_label("Sortering").select_option("deadline")
    expect(page.locator(".sort")).to_have_attribute("data-pending", "")
    wait_for(page, lambda: held)
    held[0].continue_()
    page.wait_for_url("**/?sort=deadline")
    expect(page.locator("[data-pending]")).to_have_count(0)


def test_each_row_keeps_its_ring_until_the_last_answer(open_page, some):  # noqa: F811
    page = open_page("/")
    unfold(page, "Omfang")
    held = hold(page, RESULTS)
    for number, name in enumerate(("Deltid", "Heltid"), 1):
        page.get_by_label(re.compile(f"^{name}")).click()
        wait_for(page, lambda wanted=number: len(held) == wanted)
        expect(page.locator(".option[data-pending]")).to_have_count(number)
    held[-1].continue_()
    total(page, 47)
    expect(page.locator("[data-pending]")).to_have_count(0)


def test_ring_and_dimming_end_with_a_failed_request(open_page, some):  # noqa: F811
    page = open_page("/", expected=OFFLINE)
    unfold(page, "Omfang")
    page.context.set_offline(True)
    page.get_by_label(re.compile("^Deltid")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label(re.compile("^Deltid"))).not_to_be_checked()
    expect(page.locator("[data-pending]")).to_have_count(0)
    wait_for(page, lambda: measure_opacity(page) == 1)


@pytest.mark.parametrize(("motion", "animation"), [("no-preference", "appear"), ("reduce", "none")])
def test_new_list_fades_in_unless_motion_is_reduced(open_page, some, motion, animation):  # noqa: F811
    page = open_page("/")
    page.emulate_media(reduced_motion=motion)
    cards = page.locator("#treff > .cards")
    read_animation = "one => getComputedStyle(one).animationName"
    assert cards.evaluate(read_animation) == "none"  # a page that is loaded is there at once
    page.get_by_label("Sortering").select_option("deadline")
    page.wait_for_url("**/?sort=deadline")
    expect(page.locator("#treff")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#treff")).to_have_attribute("data-new", "")
    assert cards.evaluate(read_animation) == animation
    wait_for(page, lambda: measure_opacity(page) == 1)
