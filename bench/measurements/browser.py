"""In Chromium: from a key to painted suggestions, and from a choice of a filter to the painted list.

A moment is measured in the page: from the event until the second frame after the part of the page has changed. Each key is typed
after a pause, as the first one of a word is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from playwright.sync_api import Page, sync_playwright

from bench.harness import datasets, site
from bench.harness.protocol import Case, Measurement, Options, Sample
from tests.browser.chromium import CHROMIUM, FLAGS

from .pages import BEFORE, list_checkouts, provide_folders, serve

WORDS = ("sykepleier", "butikk", "lærer", "bergen", "utvikler")
BOXES = ("extent", "engagement", "sector", "occupation", "place")
PAUSE = 400  # milliseconds between two keys or choices
WARM_UP = 5000  # milliseconds until both processes of the server have read the names for suggestions

# Resolves with the milliseconds from the next event on the element until the second frame after `changed` has changed.
MEASURE = """([changed, event]) => {
    window.measured = new Promise((resolve) => {
        let began = 0;
        addEventListener(event, () => (began = performance.now()), { capture: true, once: true });
        const observer = new MutationObserver(() => {
            if (!began) return;
            observer.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)));
        });
        observer.observe(document.querySelector(changed), { childList: true, subtree: true });
        setTimeout(() => resolve(NaN), 5000);
    });
}"""


def measure_keys(page: Page, site: str) -> list[Sample]:
    """Milliseconds of each key from the second letter on, as the first has no suggestions."""
    taken = []
    for word in WORDS:
        page.goto(site)
        page.focus("#q")
        for number, letter in enumerate(word[:5]):
            if number:
                page.evaluate(MEASURE, ["#forslag", "input"])
            page.keyboard.type(letter)
            if number:
                taken.append(page.evaluate("window.measured"))
            page.wait_for_timeout(PAUSE)
    return [Sample(one) for one in taken if one == one]  # NaN: nothing has changed


def measure_choices(page: Page, site: str) -> list[Sample]:
    """Milliseconds of the first box of each facet, ticked and unticked, without words and with them."""
    taken = []
    for address in (site, f"{site}?q=erfaring"):
        page.goto(address)
        for name in BOXES:
            for _choice in range(2):
                page.evaluate("name => (document.getElementById(`f-${name}`).closest('details').open = true)", name)
                box = page.locator(f'#filtre input[name="{name}"]:visible').first
                page.evaluate(MEASURE, [".columns", "change"])
                box.click()
                taken.append(page.evaluate("window.measured"))
                page.wait_for_timeout(PAUSE)
    return [Sample(one) for one in taken if one == one]  # NaN: nothing has changed


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads, options.before or site.ROOT)
    folders = provide_folders(options, loaded)
    with ExitStack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        sites = {}
        for name, checkout in list_checkouts(options).items():
            port, _pid = stack.enter_context(serve(checkout, folders[name]))
            sites[name] = f"http://127.0.0.1:{port}/"
            for _request in range(4):
                page.goto(sites[name])
        page.wait_for_timeout(WARM_UP)
        for label, run in (("from a key to suggestions", measure_keys), ("from a choice to the list", measure_choices)):
            yield Case(label, {name: partial(run, page, url) for name, url in sites.items()}, baseline=BEFORE)
        browser.close()


MEASUREMENT = Measurement(
    name="browser",
    title="In a browser",
    sample="one key or one choice; Chromium's headless shell and the site by gunicorn share the machine",
    baseline="the earlier checkout, if there is one",
    make_cases=make_cases,
    rounds=2,
    warm_up=0,
)
