"""Browser contexts, each with a page, that tests use one after another: each test gets them without cookies, storage and history.

A page that is not new has scripts, styles and fonts in memory. The front page takes 90 ms of Chromium's processor time in it, 220
in a new page of a used context and 400 in a new context. All other responses of the site but the list of Norway's municipalities
are asked for again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

from tests.browser import accessibility
from tests.browser.accessibility import switch_scripts_off

Kind = tuple[int, str, bool]
"""Width of the window, colour scheme, and whether scripts run."""
EMPTY = "/robots.txt"
EVENTS = ("console", "pageerror")
LASTING = (
    *("add_init_script", "add_locator_handler", "expose_binding", "expose_function", "once", "route_web_socket"),
    *("set_default_navigation_timeout", "set_default_timeout", "set_extra_http_headers"),
)
"""Methods of a page whose effect stays. Of a context only `new_cdp_session` is noticed: a test that changes it otherwise has the
mark `own_context`."""


class Watch(Protocol):
    """What a test notes of its pages."""

    def note(self, page: Page, event: str, what: Any) -> None: ...


@dataclass
class Kept:
    """A context and its page.

    `is_changed`: the test has changed the page in a way that cannot be undone. `listeners`, `watch`: of the present test.
    """

    context: BrowserContext
    size: dict[str, int]
    scheme: str
    scripts: bool
    page: Page = field(init=False)
    session: CDPSession = field(init=False)
    is_changed: bool = field(init=False)
    listeners: list[tuple[str, Callable[..., Any]]] = field(default_factory=list)
    watch: Watch | None = None

    def __post_init__(self) -> None:
        self.open_page()

    def open_page(self) -> None:
        page = self.page = self.context.new_page()
        for event in EVENTS:
            page.on(event, partial(self._pass_on, page, event))
        self.session = self.context.new_cdp_session(page)
        if not self.scripts:
            switch_scripts_off(page)
        for holder, names in (page, LASTING), (self.context, ("new_cdp_session",)):
            for name in names:
                setattr(holder, name, partial(self._note_change, getattr(type(holder), name), holder))
        page.on = self._note_listener
        self._empty_page()
        self.is_changed = False

    def clean(self) -> None:
        """Bring the context and its page into the state in which the next test expects them."""
        self.context.set_offline(False)
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.context.set_geolocation(None)
        used = self.page
        if self.is_changed or used.is_closed():
            self.open_page()  # before the other is closed: the context's process ends with its last page
        else:
            used.unroute_all(behavior="ignoreErrors")
            for event, listener in self.listeners:
                used.remove_listener(event, listener)
            self._empty_page()
            used.mouse.move(-1, -1)
            used.set_viewport_size(self.size)
            used.emulate_media(
                media="null", color_scheme=self.scheme, reduced_motion=accessibility.motion, forced_colors="null", contrast="null"
            )
        self.listeners.clear()
        for page in self.context.pages:
            if page is not self.page:
                page.close()
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")

    def _empty_page(self) -> None:
        try:
            self.page.goto(EMPTY)
        except Error:  # a navigation of the test itself came between
            self.page.goto(EMPTY)
        self.session.send("Page.resetNavigationHistory")

    def _pass_on(self, page: Page, event: str, what: Any) -> None:
        if self.watch:
            self.watch.note(page, event, what)

    def _note_listener(self, event: str, listener: Callable[..., Any]) -> None:
        self.listeners.append((event, listener))
        Page.on(self.page, event, listener)

    def _note_change(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self.is_changed = True
        return method(*args, **options)


class Contexts:
    """Contexts of one site by kind."""

    def __init__(self, browser: Browser, site: str, timeout: int) -> None:
        self.browser, self.site, self.timeout = browser, site, timeout
        self._free: defaultdict[Kind, list[Kept]] = defaultdict(list)
        self._taken: list[tuple[Kind, Kept]] = []

    def open_page(self, width: int, scheme: str, watch: Watch, *, scripts: bool) -> Page:
        """An empty page in a context that no other page of the test uses."""
        kind = width, scheme, scripts
        kept = self._free[kind].pop() if self._free[kind] else self._make(kind)
        kept.watch = watch
        self._taken.append((kind, kept))
        return kept.page

    def _make(self, kind: Kind) -> Kept:
        width, scheme, scripts = kind
        size = {"width": width, "height": 844 if width < 1000 else 900}
        context = self.browser.new_context(
            base_url=self.site,
            viewport=size,
            color_scheme=scheme,
            reduced_motion=accessibility.motion,
            locale="nb-NO",
            has_touch=width < 1000,
        )
        context.set_default_timeout(self.timeout)
        return Kept(context, size, scheme, scripts)

    def take_back(self, *, changed: bool = False) -> None:
        """Clean the contexts of a test for the next one. `changed`: close them, since the test has changed them for good."""
        taken, self._taken = self._taken, []  # a context that cannot be cleaned is used by no other test
        for kind, kept in taken:
            if changed:
                kept.context.close()
                continue
            kept.clean()
            kept.watch = None  # not before: what the last answer has caused is still on its way
            self._free[kind].append(kept)
