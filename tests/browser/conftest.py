"""Fixtures of browser tests: a real Chromium and the site. No page may load anything from other hosts, or log console errors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser import accessibility
from tests.browser.answers import Answers
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.contexts import Contexts
from tests.browser.pages import pages  # noqa: F401 - a fixture
from tests.browser.read_parts import ReadParts
from tests.combinations import OPTION
from tests.web.support import (  # noqa: F401 - fixtures
    ads,
    engine_down,
    own_index,
    recruiter,
)

# Playwright's sync API runs an event loop in this thread, in which Django forbids synchronous queries by default.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE, DESKTOP = 390, 1280
ONE_PROCESS = "--renderer-process-limit=1"  # for the pages of a browser context
FAILED = pytest.StashKey[bool]()
TIMEOUT = 60_000  # milliseconds; also on a busy computer only a page that hangs takes longer


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT)
    if request.config.getoption(OPTION):
        accessibility.read_parts, accessibility.motion = None, "no-preference"
    elif "PYTEST_XDIST_WORKER" in os.environ:
        accessibility.read_parts = ReadParts(tmp_path_factory.getbasetemp().parent / "read-parts")  # beside the workers' folders
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, ONE_PROCESS])
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def answers() -> Answers:
    return Answers()


@pytest.fixture(scope="session")
def live_server(answers) -> Iterator[LiveServer]:
    """The site in a thread of this process, with its own static files, which browsers keep.

    pytest-django would serve them by Django's handler for development, which lets a browser ask for all of them on each page.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda site: site)
        server = LiveServer("localhost")
    yield server
    server.stop()


def wait_for(page: Page, true: Callable[[], object]) -> None:
    """Wait until `true()` is true, while the page runs."""
    until = time.monotonic() + TIMEOUT / 1000
    while not true():
        assert time.monotonic() < until, "the condition has not become true"
        page.wait_for_timeout(20)


@dataclass
class Watch:
    """Monitor of the pages of a test: errors and warnings of the console, also those of a request to another host.

    `expected`: parts of messages that a page may have.
    """

    complaints: list[str] = field(default_factory=list)
    expected: dict[Page, tuple[str, ...]] = field(default_factory=dict)

    def note(self, page: Page, event: str, what: Any) -> None:
        if event == "pageerror":
            self.complaints.append(f"error: {what}")
        elif what.type in {"error", "warning"} and not any(one in what.text for one in self.expected.get(page, ())):
            self.complaints.append(f"console {what.type}: {what.text}")


@pytest.fixture(scope="session")
def contexts(browser: Browser, live_server: LiveServer) -> Contexts:
    return Contexts(browser, live_server.url, TIMEOUT)


@pytest.fixture
def open_page(request, contexts, live_server, answers, own_index) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Open a page in a browser context of its own: `open_page("/", width=390)`.

    `user` is logged in, without the form. `scripts=False` disables JavaScript.
    """
    watch = Watch()

    def opened(
        address: str = "/",
        *,
        user: AbstractBaseUser | None = None,
        width: int = DESKTOP,
        scripts: bool = True,
        scheme: str = "light",
        expected: tuple[str, ...] = (),
    ) -> Page:
        page = contexts.open_page(width, scheme, watch, scripts=scripts)
        watch.expected[page] = expected
        if user:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(address)
        return page

    yield opened
    answers.wait_for_all()
    has_failed = request.node.stash.get(FAILED, False)  # perhaps with a pressed key, or in the middle of a navigation
    contexts.take_back(changed=has_failed or request.node.get_closest_marker("own_context") is not None)
    answers.wait_for_all()  # a request may outlive its page
    assert watch.complaints == []
