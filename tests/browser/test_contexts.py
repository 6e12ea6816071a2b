"""Browser contexts of the tests: nothing of a test is left in the next one, and requests to other hosts are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Watch, wait_for
from tests.browser.contexts import EMPTY, Contexts

STATE = """() => ({
  stored: [localStorage.length, sessionStorage.length, document.cookie],
  history: history.length,
  window: [innerWidth, innerHeight],
  media: ["print", "(prefers-color-scheme: dark)", "(forced-colors: active)"].filter(one => matchMedia(one).matches),
  online: navigator.onLine,
})"""


class Noted:
    """Monitor that records the events of its page."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def note(self, page: Page, event: str, what: Any) -> None:
        self.events.append(event)


@pytest.fixture
def own_contexts(browser, live_server, answers, db) -> Iterator[Contexts]:
    contexts = Contexts(browser, live_server.url, timeout=30_000)
    yield contexts
    contexts.take_back(changed=True)
    answers.wait_for_all()


def open_phone(contexts: Contexts, watch: Noted | Watch) -> Page:
    return contexts.open_page(PHONE, "light", watch, scripts=True)


def test_the_next_test_gets_the_page_without_what_this_one_has_done_to_it(own_contexts):
    watch, heard = Noted(), []
    page = open_phone(own_contexts, watch)
    page.goto("/healthz")
    new = page.evaluate(STATE)
    for address in (EMPTY, "/healthz", EMPTY):
        page.goto(address)
    page.evaluate("localStorage.a = sessionStorage.a = 1; document.cookie = 'a=1'")
    page.on("console", lambda message: heard.append(message.text))
    page.route("**/*", lambda route: route.abort())
    page.set_viewport_size({"width": 700, "height": 300})
    page.emulate_media(media="print", color_scheme="dark", forced_colors="active")
    page.context.set_offline(True)
    assert page.evaluate(STATE) != new
    own_contexts.take_back()
    seen = len(watch.events)

    other = Noted()
    again = open_phone(own_contexts, other)
    again.goto("/healthz")
    assert again is page and again.evaluate(STATE) == new
    again.evaluate("console.error('one')")
    assert other.events == ["console"]
    assert heard == [] and len(watch.events) == seen


def test_a_page_that_is_changed_for_good_is_replaced(own_contexts):
    page = open_phone(own_contexts, Noted())
    page.add_init_script("window.changed = true")
    own_contexts.take_back()
    other = open_phone(own_contexts, Noted())
    other.goto(EMPTY)
    assert page.is_closed() and other.context is page.context
    assert other.evaluate("window.changed === undefined")


def test_a_closed_page_is_replaced_and_a_second_one_is_closed(own_contexts):
    page = open_phone(own_contexts, Noted())
    tab = page.context.new_page()
    page.close()
    own_contexts.take_back()
    assert tab.is_closed() and not open_phone(own_contexts, Noted()).is_closed()


IMAGE = "document.body.append(Object.assign(new Image(), { src: 'http://other.example/one.png' }))"


@pytest.mark.parametrize(
    ("address", "script"),
    [("about:blank", IMAGE), ("/om/", IMAGE), ("about:blank", "fetch('http://other.example/').catch(() => 0)")],
    ids=["image", "image that the policy forbids", "fetch"],
)
def test_a_request_to_another_host_is_a_complaint(own_contexts, address, script):
    watch = Watch()
    page = open_phone(own_contexts, watch)
    page.goto(address)
    page.evaluate(script)
    wait_for(page, lambda: watch.complaints)
    assert "ERR_NAME_NOT_RESOLVED" in watch.complaints[0] or "other.example" in watch.complaints[0]
