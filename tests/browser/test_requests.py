"""Requests that a page starts by itself: each once, and an aborted one is no error in the console.

The fixture `open_page` fails a test whose page wrote an error or a warning to the console.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import wait_for
from tests.browser.test_facets import some, total, unfold  # noqa: F401 - a fixture

RESULTS = re.compile(r"/\?.*extent=")
EMPLOYERS = re.compile(r"/filter/employer/")


def hold(page: Page, address: re.Pattern[str]) -> list[Route]:
    """The requests for this address from now on; their answers wait until the test lets them go."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


@pytest.mark.parametrize("address", ["/?employer=Firma+00", "/?employer=Firma+00&deadline=asap", "/?employer=Firma+07&q=lege"])
def test_a_list_that_is_open_from_the_start_is_asked_for_once(open_page, some, address):  # noqa: F811
    page = open_page("/om/")
    asked = []
    page.on("request", lambda request: EMPLOYERS.search(request.url) and asked.append(request.url))
    with page.expect_response(EMPLOYERS):
        page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


def test_a_list_that_is_opened_is_asked_for_each_time(open_page, some):  # noqa: F811
    page = open_page("/")
    held = hold(page, EMPLOYERS)
    for _ in range(2):
        with page.expect_request(EMPLOYERS):
            unfold(page, "Arbeidsgiver")
        wait_for(page, lambda: held)
        held.pop().continue_()
        expect(page.locator("#f-employer").get_by_label("Firma 01 (1)")).to_be_visible()
        unfold(page, "Arbeidsgiver")
    assert held == []


def test_a_newer_choice_aborts_an_older_one_without_a_word(open_page, some):  # noqa: F811
    page = open_page("/")
    unfold(page, "Omfang")
    held = hold(page, RESULTS)
    page.get_by_label(re.compile("^Deltid")).check()
    wait_for(page, lambda: len(held) >= 1)
    page.get_by_label(re.compile("^Heltid")).check()
    wait_for(page, lambda: len(held) >= 2)
    page.get_by_label(re.compile("^Deltid")).uncheck()
    wait_for(page, lambda: len(held) >= 3)
    held[-1].continue_()
    page.wait_for_url("**/?extent=Heltid")
    total(page, 46)


def test_letters_typed_while_a_list_is_awaited_abort_without_a_word(open_page, some):  # noqa: F811
    page = open_page("/om/")
    held = hold(page, EMPLOYERS)
    page.goto("/?employer=Firma+00")
    wait_for(page, lambda: len(held) >= 1)
    page.locator("#w-employer").press_sequentially("firma 01")
    wait_for(page, lambda: len(held) >= 2)
    held[-1].continue_()
    expect(page.locator("#f-employer").get_by_label("Firma 01 (1)")).to_be_visible()


@pytest.mark.parametrize("leave", ["address", "link", "search", "reload"])
def test_a_page_that_is_left_while_an_answer_is_awaited_says_nothing(open_page, some, leave):  # noqa: F811
    page = open_page("/om/")
    held = hold(page, EMPLOYERS)
    page.goto("/?employer=Firma+00")
    wait_for(page, lambda: len(held) >= 1)
    if leave == "address":
        page.goto("/om/")
    elif leave == "link":
        page.locator(".cards a").first.click()
        page.wait_for_url("**/stilling/**")
    elif leave == "search":
        page.locator("#q").fill("kokk")
        page.get_by_role("button", name="Søk", exact=True).click()
        wait_for(page, lambda: len(held) >= 2)  # the list is renewed with the results, which aborts the first request
        held[-1].continue_()
        total(page, 3)
    else:
        page.unroute(EMPLOYERS)
        page.reload()
        expect(page.locator("#f-employer").get_by_label("Firma 01 (1)")).to_be_visible()


def test_a_page_is_closed_after_the_answers_it_awaits(open_page, some):  # noqa: F811
    """Ends while the request is under way: the fixture waits, and so nothing of it is left for the next test."""
    page = open_page("/?employer=Firma+00")
    page.locator("#w-employer").press_sequentially("firma")
