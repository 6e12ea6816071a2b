"""Split view: in a wide window an ad opens beside the list, and address, history and focus follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from jobsearch.vacancies.ad_data import LocationData
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, wait_for
from tests.conftest import in_days

WIDE = 1600
AD = re.compile(r"/stilling/[0-9a-f-]{36}/$")
LIST = re.compile(r":\d+/$")
OFFLINE = ("ERR_INTERNET_DISCONNECTED",)


@pytest.fixture
def listed(ads) -> list:
    """Twelve ads of one employer, the newest first: "Kokk 0", "Kokk 1", ..."""
    place = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
    text = "<p>Vi lager maten fra bunnen.</p>" * 60
    return ads(
        *(
            {
                "title": f"Kokk {number}",
                "employer_name": f"Kantine {number}",
                "locations": place,
                "description": text,
                "published": in_days(-number),
                "extent": "Deltid" if number % 2 else "Heltid",
            }
            for number in range(12)
        )
    )


def open_wide(open_page, address: str = "/", **options) -> Page:
    """Open a page in a wide window, and wait until the split view is ready."""
    page = open_page(address, width=WIDE, **options)
    expect(page.locator("#taster")).to_be_visible()
    return page


def find_link(page: Page, title: str) -> Locator:
    return page.locator("#treff").get_by_role("link", name=title, exact=True)


def expect_open(page: Page, title: str) -> None:
    """Address, heading, title and mark in the list are of this ad, and the list is beside it."""
    page.wait_for_url(AD)
    expect(page.locator("#annonse h1")).to_have_text(title)
    expect(page).to_have_title(re.compile(f"^{title} "))
    expect(page.locator("#treff [aria-current]")).to_have_text(title)
    expect(page.locator("#treff")).to_be_visible()


def expect_closed(page: Page) -> None:
    page.wait_for_url(LIST)
    expect(page.locator("#annonse")).to_be_hidden()
    expect(page.locator("#treff [aria-current]")).to_have_count(0)
    expect(page).to_have_title(re.compile("^Ledige stillinger"))


def test_ad_opens_beside_the_narrower_list(open_page, listed):
    page = open_wide(open_page)
    page.evaluate("window.kept = true")
    find_link(page, "Kokk 1").click()
    expect_open(page, "Kokk 1")
    assert page.evaluate("window.kept")
    expect(page.locator("#annonse h1")).to_be_focused()
    rows, ad = page.locator("#treff .cards").bounding_box(), page.locator("#annonse").bounding_box()
    assert rows["width"] == 26 * 16 and ad["x"] >= rows["x"] + rows["width"] and ad["y"] < 400
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    expect(page.locator("#treff [data-seen]")).to_have_count(1)
    assert find_violations(page) == []
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kokk 1")
    expect(page.locator("#treff")).to_have_count(0)


def test_history_leads_through_the_ads_and_back_to_the_list(open_page, listed):
    page = open_wide(open_page)
    for title in ("Kokk 1", "Kokk 3"):
        find_link(page, title).click()
        expect_open(page, title)
    page.go_back()
    expect_open(page, "Kokk 1")
    page.go_back()
    expect_closed(page)
    page.go_forward()
    expect_open(page, "Kokk 1")
    page.go_forward()
    expect_open(page, "Kokk 3")
    page.get_by_role("button", name="Lukk annonsen").click()
    expect_closed(page)
    expect(find_link(page, "Kokk 3")).to_be_focused()


def test_list_comes_back_after_the_ads_own_page(open_page, listed):
    page = open_wide(open_page)
    find_link(page, "Kokk 1").click()
    expect_open(page, "Kokk 1")
    page.reload()
    page.go_back()
    expect(page.locator("#treff")).to_have_attribute("data-total", "12")
    expect_closed(page)


def test_choice_of_a_filter_closes_the_ad(open_page, listed):
    page = open_wide(open_page)
    find_link(page, "Kokk 1").click()
    expect_open(page, "Kokk 1")
    page.get_by_label("Sortering").select_option("deadline")
    page.wait_for_url("**/?sort=deadline")
    expect(page.locator("#annonse")).to_be_hidden()
    find_link(page, "Kokk 2").click()
    expect_open(page, "Kokk 2")
    page.keyboard.press("Escape")
    page.wait_for_url("**/?sort=deadline")
    expect(page.locator("#annonse")).to_be_hidden()
    page.go_back()
    page.wait_for_url(AD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kokk 1")  # its own page: the list has changed


def test_keys_move_open_save_and_close(open_page, listed):
    page = open_wide(open_page)
    for key, title in ("j", "Kokk 0"), ("j", "Kokk 1"), ("j", "Kokk 2"), ("k", "Kokk 1"):
        page.keyboard.press(key)
        expect(find_link(page, title)).to_be_focused()
    page.keyboard.press("Enter")
    expect_open(page, "Kokk 1")
    page.keyboard.press("j")
    expect(find_link(page, "Kokk 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect_open(page, "Kokk 2")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Lagre: Kokk 2", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect_closed(page)
    expect(find_link(page, "Kokk 2")).to_be_focused()


def test_keys_do_nothing_in_fields_or_when_turned_off(open_page, listed):
    page = open_wide(open_page)
    page.locator("#q").press("j")
    expect(page.locator("#q")).to_have_value("j")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").fill("")
    setting = page.get_by_label("Bruk bokstavtaster")
    page.get_by_text("Hurtigtaster", exact=True).click()
    for _ in range(2):  # also after a reload
        setting.uncheck()
        find_link(page, "Kokk 0").focus()
        page.keyboard.press("j")
        expect(find_link(page, "Kokk 0")).to_be_focused()
        page.reload()
        page.get_by_text("Hurtigtaster", exact=True).click()
        expect(setting).not_to_be_checked()
    setting.check()
    find_link(page, "Kokk 0").focus()
    page.keyboard.press("j")
    expect(find_link(page, "Kokk 1")).to_be_focused()


def test_list_of_keys_is_reachable_and_moves_with_the_ad(open_page, listed):
    page = open_wide(open_page, "/?place=VESTLAND")
    keys, setting = page.locator("#taster"), page.get_by_label("Bruk bokstavtaster")
    page.locator("#sort").focus()
    page.keyboard.press("Shift+Tab")
    expect(keys.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(setting).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(setting).not_to_be_visible()
    keys.locator("summary").click()
    find_link(page, "Kokk 0").focus()
    expect(setting).not_to_be_visible()
    find_link(page, "Kokk 0").click()
    expect_open(page, "Kokk 0")
    expect(page.locator("#annonse #taster")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".toolbar #taster")).to_be_visible()


@pytest.mark.parametrize("width", [1440, WIDE])
def test_line_above_the_list_does_not_wrap(open_page, listed, width):
    page = open_page("/?place=VESTLAND&extent=Deltid", width=width)
    expect(page.locator("#taster")).to_be_visible()
    for _ in range(2):  # the whole width, then the narrow list
        boxes = [page.locator(one).bounding_box() for one in ("#treff-h", ".results-head .save", "#sort")]
        centres = [box["y"] + box["height"] / 2 for box in boxes]
        assert max(centres) - min(centres) <= 4
        edges = [(box["x"], box["x"] + box["width"]) for box in boxes]
        assert edges[0][1] <= edges[1][0] and edges[1][1] <= edges[2][0]
        find_link(page, "Kokk 1").click()
        expect_open(page, "Kokk 1")
        page.evaluate("scrollTo(0, 0)")


def test_opened_row_stays_where_it_is(open_page, listed):
    page = open_wide(open_page)
    link = find_link(page, "Kokk 10")
    link.focus()
    before = link.evaluate("one => one.getBoundingClientRect().top")
    page.keyboard.press("Enter")
    expect_open(page, "Kokk 10")
    assert abs(link.evaluate("one => one.getBoundingClientRect().top") - before) < 2
    expect(page.locator("#annonse h1")).to_be_in_viewport()
    page.go_back()
    expect_closed(page)
    assert abs(link.evaluate("one => one.getBoundingClientRect().top") - before) < 2


def test_narrower_window_shows_the_ad_alone(open_page, listed):
    page = open_wide(open_page)
    find_link(page, "Kokk 1").click()
    expect_open(page, "Kokk 1")
    page.set_viewport_size({"width": WIDE // 2, "height": 450})  # as zoomed to 200 %
    expect(page.locator("#treff")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Lukk annonsen").click()
    page.wait_for_url(LIST)
    expect(page.locator("#treff")).to_be_visible()
    find_link(page, "Kokk 2").click()
    page.wait_for_url(AD)
    expect(page.locator("#treff")).to_have_count(0)


def test_failed_request_shows_a_message_and_can_be_repeated(open_page, listed):
    page = open_wide(open_page, expected=OFFLINE)
    page.context.set_offline(True)
    find_link(page, "Kokk 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Annonsen ble ikke åpnet.")
    expect_closed(page)
    assert page.locator("[data-pending]").count() == 0
    page.context.set_offline(False)
    page.get_by_role("button", name="Prøv igjen").click()
    expect_open(page, "Kokk 1")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(("width", "scripts"), [(DESKTOP, True), (WIDE, False)])
def test_narrow_windows_and_pages_without_scripts_open_the_ads_page(open_page, listed, width, scripts):
    page = open_page("/", width=width, scripts=scripts)
    assert page.locator("script[src*=split]").count() == 0
    expect(page.locator("#annonse")).to_be_hidden()
    expect(page.locator("#taster")).to_be_hidden()
    find_link(page, "Kokk 1").click()
    page.wait_for_url(AD)
    expect(page.locator("#treff")).to_have_count(0)


def test_modified_click_opens_a_tab(open_page, listed):
    page = open_wide(open_page)
    with page.context.expect_page() as opened:
        find_link(page, "Kokk 1").click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url(AD)
    expect_closed(page)


def test_pointing_at_an_ad_requests_it_once(open_page, listed):
    page = open_wide(open_page)
    asked: list[str] = []
    page.on("request", lambda request: AD.search(request.url) and asked.append(request.url))
    link = find_link(page, "Kokk 1")
    with page.expect_response(AD):
        link.hover()
    link.click()
    expect_open(page, "Kokk 1")
    assert len(asked) == 1
    page.keyboard.press("j")
    wait_for(page, lambda: len(asked) == 2)  # also the ad that has the focus
