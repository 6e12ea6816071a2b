"""Browser contexts that tests use one after another: each test gets new pages without cookies, storage and permissions.

With a context for each of 330 tests, a test's first page took 0.37 s of processor time, and takes 0.17: there is a process for
it, and scripts, styles and fonts are in the browser's cache. All other responses of the site but the list of Norway's
municipalities are asked for again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import accessibility

Kind = tuple[int, str]


@dataclass(frozen=True)
class Kept:
    """A context, and a page of the site in it that stays open: the context's process ends with its last page."""

    context: BrowserContext
    page: Page


class Contexts:
    """Contexts of one site by width of the window and colour scheme."""

    def __init__(self, browser: Browser, site: str, timeout: int) -> None:
        self.browser, self.site, self.timeout = browser, site, timeout
        self._free: defaultdict[Kind, list[Kept]] = defaultdict(list)
        self._taken: list[tuple[Kind, Kept]] = []

    def open_page(self, width: int, scheme: str) -> Page:
        """An empty page in a context that no other page of the test uses."""
        kind = width, scheme
        kept = self._free[kind].pop() if self._free[kind] else self._make(kind)
        self._taken.append((kind, kept))
        return kept.context.new_page()

    def _make(self, kind: Kind) -> Kept:
        width, scheme = kind
        context = self.browser.new_context(
            base_url=self.site,
            viewport={"width": width, "height": 844 if width < 1000 else 900},
            color_scheme=scheme,
            reduced_motion=accessibility.motion,
            locale="nb-NO",
            has_touch=width < 1000,
        )
        context.set_default_timeout(self.timeout)
        page = context.new_page()
        page.goto("/robots.txt")
        return Kept(context, page)

    def take_back(self, *, changed: bool = False) -> None:
        """Close the pages of a test. `changed`: and the contexts, which it has changed in a way that cannot be undone."""
        for kind, kept in self._taken:
            if changed:
                kept.context.close()
                continue
            for page in kept.context.pages:
                if page is not kept.page:
                    page.close()
            kept.page.evaluate("localStorage.clear()")  # each page has a session storage of its own
            kept.context.clear_cookies()
            kept.context.clear_permissions()
            kept.context.set_geolocation(None)
            kept.context.set_offline(False)
            self._free[kind].append(kept)
        self._taken.clear()
