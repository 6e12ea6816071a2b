"""Benchmark in a browser: from a key to painted suggestions, and from a choice of a filter to the painted list.

    python bench/pages.py --data /tmp/pages        # loads the ads
    python bench/browser.py --data /tmp/pages

Chromium's headless shell and the site by gunicorn share the machine. A moment is measured in the page: from the event until the
second frame after the part of the page has changed. Each key is typed after a pause, as the first one of a word is; the results
page has all hits of ten thousand ads. Milliseconds, for comparison on one machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from pages import prepare, serve  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.browser.chromium import CHROMIUM, FLAGS  # noqa: E402

WORDS = ("sykepleier", "butikk", "lærer", "bergen", "utvikler")
BOXES = ("extent", "engagement", "sector", "occupation", "place")
PAUSE = 400  # milliseconds between two keys or choices

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


def measure_keys(page: Page, site: str) -> list[float]:
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
    return taken


def measure_choices(page: Page, site: str) -> list[float]:
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
    return taken


def print_row(name: str, taken: list[float]) -> None:
    ordered = sorted(one for one in taken if one == one)  # NaN: nothing has changed, the same suggestions
    print(f"| {name} | {statistics.median(ordered):.0f} | {ordered[int(len(ordered) * 0.95)]:.0f} | {len(ordered)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of bench/pages.py")
    folder = parser.parse_args().data.resolve() / "here"
    prepare(ROOT, folder.parent / "loaded", folder)
    print("| | median ms | 95 % | measured |\n| --- | --- | --- | --- |")
    with serve(ROOT, folder) as (port, _pid), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        site = f"http://127.0.0.1:{port}/"
        for _warm_up in range(4):
            page.goto(site)
        page.wait_for_timeout(5000)  # until both processes of the server have read the names for suggestions
        print_row("key to suggestions", measure_keys(page, site))
        print_row("choice to list", measure_choices(page, site))


if __name__ == "__main__":
    main()
