"""Requests started by scripts: each is sent once, and an aborted one logs no console error.

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
    """Hold the requests for this address from now on; the test continues them."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


@pytest.mark.parametrize("address", ["/?employer=Firma+00", "/?employer=Firma+00&deadline=asap", "/?employer=Firma+07&q=lege"])
def test_initially_open_list_is_requested_once(open_page, some, address):  # noqa: F811
    page = open_page("/om/")
    asked = []
    page.on("request", lambda request: EMPLOYERS.search(request.url) and asked.append(request.url))
    with page.expect_response(EMPLOYERS):
        page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


def test_list_is_requested_each_time_it_is_opened(open_page, some):  # noqa: F811
    page = open_page("/")
    held = hold(page, EMPLOYERS)
    for _ in range(2):
        with page.expect_request(EMPLOYERS):
            unfold(page, "Arbeidsgiver")
        wait_for(page, lambda: held)
        held.pop().continue_()
        expect(page.locator("#f-employer").get_by_label("Firma 01 1")).to_be_visible()
        unfold(page, "Arbeidsgiver")
    assert held == []


def test_newer_choice_aborts_the_older_request_without_console_errors(open_page, some):  # noqa: F811
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


def test_typing_during_a_request_aborts_it_without_console_errors(open_page, some):  # noqa: F811
    page = open_page("/om/")
    held = hold(page, EMPLOYERS)
    page.goto("/?employer=Firma+00")
    wait_for(page, lambda: len(held) >= 1)
    page.locator("#w-employer").press_sequentially("firma 01")
    wait_for(page, lambda: len(held) >= 2)
    held[-1].continue_()
    expect(page.locator("#f-employer").get_by_label("Firma 01 1")).to_be_visible()


@pytest.mark.parametrize("leave", ["address", "link", "search", "reload"])
def test_leaving_a_page_during_a_request_logs_nothing(open_page, some, leave):  # noqa: F811
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
        wait_for(page, lambda: len(held) >= 2)  # the list is updated with the results, which aborts the first request
        held[-1].continue_()
        total(page, 3)
    else:
        page.unroute(EMPLOYERS)
        page.reload()
        expect(page.locator("#f-employer").get_by_label("Firma 01 1")).to_be_visible()


def test_page_is_closed_after_its_pending_responses(open_page, some):  # noqa: F811
    """The test ends during the request: the fixture waits for the response, so that it cannot reach the next test."""
    page = open_page("/?employer=Firma+00")
    page.locator("#w-employer").press_sequentially("firma")
