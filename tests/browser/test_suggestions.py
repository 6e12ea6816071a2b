"""Search field as a combobox: keyboard, touch and screen readers, at phone and desktop width."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData, OccupationData
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_width


@pytest.fixture
def some(ads):
    bergen = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
    oslo = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
    cook = (OccupationData("Reiseliv og mat", "Kokk"),)
    return ads(
        {"title": "Sykepleier", "locations": bergen, "employer_name": "Bergen kommune"},
        {"title": "Sykepleier", "locations": oslo, "employer_name": "Bergans AS"},
        {"title": "Kokk", "locations": bergen, "occupations": cook, "description": "<p>Lag mat.</p>"},
    )


def field(page):
    return page.locator("#q")


def options(page):
    return page.locator("#forslag [role=option]")


def type_in(page, text: str, number: int) -> None:
    """Type the text, and wait for this number of suggestions."""
    field(page).press_sequentially(text)
    expect(options(page)).to_have_count(number)


def is_open(page, opened: bool = True) -> None:
    expect(field(page)).to_have_attribute("aria-expanded", str(opened).lower())
    expect(page.locator("#forslag")).to_be_visible() if opened else expect(page.locator("#forslag")).to_be_hidden()


@by_width(DESKTOP)
def test_suggestion_is_chosen_by_keyboard(open_page, some, width):
    page = open_page("/", width=width)
    while page.evaluate("document.activeElement.id") != "q":
        page.keyboard.press("Tab")
    type_in(page, "sykepleier be", 3)
    is_open(page)
    expect(page.locator("#forslag-n")).to_have_text("3 forslag")
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    active = page.locator("#forslag [aria-selected=true]")
    expect(active).to_have_count(1)
    assert field(page).get_attribute("aria-activedescendant") == active.get_attribute("id")
    expect(active).to_have_text("sykepleier Bergen 1 treff")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=sykepleier&place=VESTLAND%2FBERGEN")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")
    page.go_back()
    is_open(page, False)


@by_width(PHONE)
def test_arrow_keys_cycle_through_suggestions_and_the_field(open_page, some, width):
    page = open_page("/", width=width)
    type_in(page, "be", 3)
    ids = [one.get_attribute("id") for one in options(page).all()]
    seen = []
    for key in ["ArrowDown"] * 5 + ["ArrowUp"] * 3:
        page.keyboard.press(key)
        seen.append(field(page).get_attribute("aria-activedescendant"))
    assert seen == [*ids, None, ids[0], None, ids[2], ids[1]]
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("be")


def test_enter_without_a_choice_searches_for_the_typed_text(open_page, some):
    page = open_page("/")
    type_in(page, "kok", 2)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=kok")
    is_open(page, False)


def test_enter_before_the_response_shows_no_suggestions_later(open_page, some):
    page = open_page("/")
    field(page).press_sequentially("kokk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=kokk")
    page.wait_for_load_state("networkidle")
    is_open(page, False)


def test_escape_closes_and_then_clears(open_page, some):
    page = open_page("/")
    type_in(page, "be", 3)
    page.keyboard.press("Escape")
    is_open(page, False)
    expect(field(page)).to_have_value("be")
    expect(page.locator("#forslag-n")).to_have_text("")
    page.keyboard.press("ArrowDown")
    is_open(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("")


def test_tab_leaves_the_field_and_closes_the_list(open_page, some):
    page = open_page("/")
    type_in(page, "be", 3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    is_open(page, False)
    expect(page.locator("#near")).to_be_focused()
    page.wait_for_url("**/")


def test_pointer_press_elsewhere_closes_the_list_and_lost_focus_does_not(open_page, some):
    page = open_page("/")
    type_in(page, "be", 3)
    field(page).evaluate("one => one.blur()")
    is_open(page)
    page.get_by_role("heading", name="Filtre").click()
    is_open(page, False)


def test_outdated_response_is_ignored(open_page, some):
    page = open_page("/")
    held = []
    page.route("**/forslag/?q=be&**", lambda route: held.append(route))
    with page.expect_request("**/forslag/?q=be&**"):
        field(page).fill("be")
    field(page).fill("")
    type_in(page, "kok", 2)
    (late,) = held
    late.fulfill(body="<div data-status='late'><a role='option' href='/'>late</a></div>", content_type="text/html")
    page.wait_for_load_state("networkidle")
    expect(options(page)).to_have_text(["Kokk 1 treff", "Søk etter «kok» 1 treff"])


@pytest.mark.own_context  # a stopped clock
def test_fast_typing_sends_one_request_and_personal_data_none(open_page, some):
    page = open_page("/")
    asked = []
    page.on("request", lambda request: "/forslag/" in request.url and asked.append(request.url))
    page.clock.install()
    page.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))  # time stands still while the keys are pressed
    field(page).press_sequentially("bergen")
    page.clock.run_for(1000)
    expect(options(page)).to_have_count(3)
    assert len(asked) == 1
    asked.clear()
    field(page).fill("kari@sykehus.example be")
    page.clock.run_for(1000)
    is_open(page, False)
    field(page).fill("070190 12454")
    page.clock.run_for(1000)
    is_open(page, False)
    assert asked == []


@pytest.mark.own_context  # a stopped clock
def test_key_after_a_pause_is_sent_at_once(open_page, some):
    page = open_page("/")
    page.clock.install()
    page.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    with page.expect_request("**/forslag/?q=be&**"):
        field(page).fill("be")
    expect(options(page)).to_have_count(3)


def test_changed_text_is_searched_for_by_enter_not_the_active_suggestion(open_page, some):
    page = open_page("/")
    type_in(page, "kok", 2)
    page.keyboard.press("ArrowDown")
    page.route("**/forslag/**", lambda route: route.fulfill(status=204))
    page.keyboard.type("k")
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=kokk")


def test_cursor_keys_return_from_the_list_to_the_field(open_page, some):
    page = open_page("/")
    type_in(page, "be", 3)
    for key, at in (("ArrowLeft", 1), ("Home", 0), ("End", 2)):
        page.keyboard.press("ArrowDown")
        expect(page.locator("#forslag [aria-selected=true]")).to_have_count(1)
        page.keyboard.press(key)
        expect(page.locator("#forslag [aria-selected=true]")).to_have_count(0)
        assert field(page).evaluate("one => one.selectionStart") == at
    is_open(page)


@pytest.mark.parametrize("how", ["keyboard", "pointer", "touch"])
def test_suggested_filter_is_chosen(open_page, some, how):
    page = open_page("/?place=VESTLAND", width=PHONE if how == "touch" else DESKTOP)
    type_in(page, "kokk helt", 1)
    expect(options(page)).to_have_text("kokk Heltid Omfang 1 treff")
    if how == "keyboard":
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        options(page).click() if how == "pointer" else options(page).tap()
    page.wait_for_url("**/?q=kokk&place=VESTLAND&extent=Heltid")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")


def test_suggestions_use_the_chosen_filters(open_page, some):
    page = open_page("/?place=OSLO")
    type_in(page, "be", 2)
    expect(options(page)).to_have_text(["Bergans AS 1 treff", "Bergen 2 treff"])  # a place that replaces the chosen one
    options(page).first.click()
    page.wait_for_url("**/?place=OSLO&employer=Bergans+AS")
    expect(page.locator("#treff")).to_have_attribute("data-total", "1")


@pytest.mark.parametrize("width", [320, PHONE])
def test_suggestion_is_chosen_by_touch(open_page, some, width):
    page = open_page("/", width=width)
    field(page).tap()
    type_in(page, "be", 3)
    for option in options(page).all():
        box = option.bounding_box()
        assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    options(page).filter(has_text="Bergen kommune").tap()
    page.wait_for_url("**/?employer=Bergen+kommune")


@by_width(DESKTOP)
def test_no_axe_violations_while_the_list_is_open(open_page, some, width):
    page = open_page("/", width=width)
    type_in(page, "be", 3)
    page.keyboard.press("ArrowDown")
    # What is partly covered by the list is no target now, so target sizes are checked in the form only.
    assert find_violations(page, sizes=False) == []
    assert find_violations(page, "#sok") == []


@by_width(PHONE)
def test_list_covers_the_page_without_layout_shift(open_page, some, width):
    page = open_page("/", width=width)
    places = "[...document.querySelectorAll('.toolbar, #treff, .card')].map(one => one.getBoundingClientRect().top)"
    before = page.evaluate(places)
    type_in(page, "be", 3)
    assert page.evaluate(places) == before
    for option in options(page).all():
        box = option.bounding_box()
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        assert option.evaluate("(one, [x, y]) => one.contains(document.elementFromPoint(x, y))", middle)


def test_active_suggestion_is_visible_in_forced_colours(open_page, some):
    page = open_page("/")
    page.emulate_media(forced_colors="active")
    type_in(page, "be", 3)
    page.keyboard.press("ArrowDown")
    assert page.locator("#forslag [aria-selected=true]").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_search_field_works_without_scripts(open_page, some):
    page = open_page("/", scripts=False)
    expect(page.locator("#forslag")).to_be_hidden()
    field(page).press_sequentially("kokk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=kokk")
    expect(page.get_by_role("searchbox")).to_have_value("kokk")


def test_no_suggestions_or_errors_while_the_engine_is_down(open_page, make_vacancy):
    make_vacancy(title="Sykepleier")  # and no index
    page = open_page("/om/")
    assert page.request.get("/forslag/?q=syk").status == 204
