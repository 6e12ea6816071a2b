"""Recent searches below the empty search field: stored in the browser only, by keyboard, pointer and touch."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_suggestions import field, options, some, type_in  # noqa: F401 - a fixture
from tests.browser.visitors import by_width

OSLO = "/?q=sykepleier&place=OSLO"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })"


def rows(page: Page):
    return page.locator("#siste [data-params]")


def texts(page: Page, *expected: str) -> None:
    expect(rows(page).locator("a")).to_have_text(list(expected))


def is_open(page: Page, opened: bool = True) -> None:
    expect(page.locator("#siste")).to_be_visible(visible=opened)
    expect(field(page)).to_have_attribute("aria-expanded", str(opened).lower())


def read_stored(page: Page) -> list[dict[str, str]]:
    return json.loads(page.evaluate("localStorage.getItem('searches')") or "[]")


@pytest.fixture
def searched(open_page, some):  # noqa: F811 - the fixture
    """Open the home page in a browser that has searched for "kokk", and then for "sykepleier" in Oslo."""

    def opened(**kind) -> Page:
        page = open_page("/?q=kokk", **kind)
        for address in (OSLO, "/"):
            page.goto(address)
        return page

    return opened


def test_recent_search_is_chosen_by_keyboard(searched):
    page = searched()
    while page.evaluate("document.activeElement.id") != "q":
        page.keyboard.press("Tab")
    is_open(page)
    texts(page, "sykepleier · Oslo", "kokk")
    assert field(page).get_attribute("aria-haspopup") == "grid"
    assert field(page).get_attribute("aria-controls") == "siste-liste"
    expect(page.locator("#forslag-n")).to_have_text("Siste søk. Bruk piltastene for å velge.")
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = page.locator("#siste [aria-selected=true]")
    assert field(page).get_attribute("aria-activedescendant") == active.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=kokk")


def test_recent_searches_are_removed_by_keyboard(searched):
    page = searched()
    field(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#siste [aria-selected=true]").get_by_role("button")).to_have_accessible_name(
        "Fjern «sykepleier · Oslo» fra siste søk"
    )
    page.keyboard.press("Enter")
    texts(page, "kokk")
    expect(page.locator("#forslag-n")).to_have_text("Søket er fjernet")
    expect(field(page)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    is_open(page, False)
    assert read_stored(page) == []


@pytest.mark.parametrize("width", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.every_combination), 320])
def test_recent_searches_by_pointer_and_touch(searched, width):
    page = searched(width=width)
    press = (lambda one: one.click()) if width == DESKTOP else (lambda one: one.tap())
    press(field(page))
    is_open(page)
    for control in page.locator("#siste a, #siste button").all():
        box = control.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= width
    press(page.get_by_role("button", name="Fjern «kokk» fra siste søk"))
    texts(page, "sykepleier · Oslo")
    expect(field(page)).to_be_focused()
    press(rows(page).locator("a"))
    page.wait_for_url(f"**{OSLO}")
    page.goto("/")
    press(field(page))
    press(page.get_by_role("button", name="Slett alle siste søk"))
    is_open(page, False)
    expect(page.locator("#forslag-n")).to_have_text("Siste søk er slettet")
    assert page.evaluate("localStorage.getItem('searches')") is None


def test_escape_pointer_and_typing_close_recent_searches(searched):
    page = searched()
    field(page).click()
    is_open(page)
    page.keyboard.press("Escape")
    is_open(page, False)
    page.keyboard.press("ArrowDown")
    is_open(page)
    page.keyboard.press("Enter")  # without an active row: the field's own search, here for everything
    page.wait_for_load_state()
    page.goto("/")
    field(page).click()
    page.locator(".bottom").click(position={"x": 2, "y": 2})
    is_open(page, False)
    type_in(page, "be", 3)
    expect(page.locator("#siste")).to_be_hidden()
    assert field(page).get_attribute("aria-haspopup") == "listbox"
    field(page).fill("")
    is_open(page)
    expect(options(page)).to_have_count(0)


def test_refused_searches_are_not_stored(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/om/", expected=("400",))
    for q in ("kari@sykehus.example", "07019012454", "kokk kari@sykehus.example"):
        page.goto(f"/?q={q}&place=OSLO")
        assert page.locator("#treff").count() == 1 and read_stored(page) == [], q
    page.goto("/")
    field(page).click()
    is_open(page, False)


def test_recent_searches_are_never_sent(searched):
    page = searched()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    field(page).click()
    is_open(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    texts(page, "kokk")
    assert asked == []


def test_ten_searches_are_kept_and_a_changed_filter_makes_no_new_one(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/?q=kokk&size=50&page=1")
    assert read_stored(page) == [{"text": "kokk", "params": "q=kokk"}]
    for address in ("/?q=kokk&extent=Heltid", "/?q=kokk&place=OSLO&extent=Heltid", "/?q=kokk&place=OSLO"):
        page.goto(address)
        assert [one["params"] for one in read_stored(page)] == [address.replace("/?", "")]
    page.goto("/?q=kokk&place=VESTLAND")  # another place is another search
    page.goto("/?place=OSLO")
    assert [one["text"] for one in read_stored(page)] == ["Oslo", "kokk · Vestland", "kokk · Oslo"]
    for number in range(9):
        page.goto(f"/?q=ord{number}")
    assert [one["text"] for one in read_stored(page)] == [*(f"ord{number}" for number in range(8, -1, -1)), "Oslo"]
    page.goto("/?q=ord3")
    assert [one["text"] for one in read_stored(page)][:2] == ["ord3", "ord8"] and len(read_stored(page)) == 10


def test_choice_in_the_filter_panel_is_stored(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/?q=kokk")
    page.evaluate(
        "document.querySelector('#filtre').closest('body').querySelectorAll('.facet').forEach(one => (one.open = true))"
    )
    page.get_by_label("Heltid").check()
    page.wait_for_url("**/?q=kokk&extent=Heltid")
    page.wait_for_function("() => localStorage.getItem('searches')?.includes('extent=Heltid')")
    assert read_stored(page) == [{"text": "kokk · Heltid", "params": "q=kokk&extent=Heltid"}]


def test_invalid_stored_values_are_ignored(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/om/")
    for stored in ("", "null", "{", '[1, null, {}, {"text": 1}]', "0"):
        page.evaluate("value => localStorage.setItem('searches', value)", stored)
        page.goto("/")
        field(page).click()
        expect(page.locator("#siste"), stored).to_be_hidden()
        expect(field(page), stored).to_have_attribute("aria-expanded", "false")
    page.evaluate("value => localStorage.setItem('searches', value)", '[{"text": "<b>x</b>", "params": "q=x"}]')
    page.goto("/")
    field(page).click()
    texts(page, "<b>x</b>")
    assert page.locator("#siste b").count() == 0


def test_field_works_without_storage(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/om/")
    page.add_init_script(NO_STORAGE)
    page.goto("/?q=kokk")
    page.goto("/")
    field(page).click()
    is_open(page, False)
    type_in(page, "be", 3)


def test_recent_searches_are_hidden_without_scripts(open_page, some):  # noqa: F811 - the fixture
    page = open_page("/", scripts=False)
    field(page).click()
    expect(page.locator("#siste")).to_be_hidden()


@by_width(PHONE)
def test_no_axe_violations_while_recent_searches_are_open(searched, width):
    page = searched(width=width)
    field(page).click()
    page.keyboard.press("ArrowDown")
    assert find_violations(page, sizes=False) == []
    assert find_violations(page, "#sok") == []
