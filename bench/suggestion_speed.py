"""Benchmark of the search field in Chromium: from the press of a key until the suggestions for the new text are painted.

    python bench/suggestion_speed.py http://127.0.0.1:8000                          # a running site
    python bench/suggestion_speed.py http://127.0.0.1:8000 http://127.0.0.1:8001    # two, alternately, so that the load is equal

Each beginning is typed with pauses of 400 ms between the keys, as by a slow typist, so each key is answered. A key counts from
its `keydown` event until the second frame after the list has changed.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS

BEGINNINGS = ("sykep", "lærer", "oslo", "bergen", "kommu", "kokk", "deltid", "butik", "inge", "renhold", "sjåfø", "vikar")
PAUSE = 400  # milliseconds
MEASURE = """() => {
  window.times = [];
  let pressed = 0;
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (pressed) window.times.push(performance.now() - pressed);
    pressed = 0;
  }));
  document.getElementById("q").addEventListener("keydown", () => (pressed = performance.now()), true);
  new MutationObserver(painted).observe(document.getElementById("forslag"), { childList: true });
}"""


def measure(page: Page, url: str, beginning: str) -> list[float]:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate(MEASURE)
    page.locator("#q").focus()
    for letter in beginning:
        page.keyboard.type(letter)
        page.wait_for_timeout(PAUSE)
    times: list[float] = page.evaluate("window.times")
    return times


def main(urls: list[str]) -> None:
    found: dict[str, list[float]] = {url: [] for url in urls}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for beginning in BEGINNINGS:
            for url in urls:
                found[url] += measure(page, url, beginning)
        browser.close()
    for url, times in found.items():
        ordered = sorted(times)
        p90 = ordered[len(ordered) * 9 // 10]
        sys.stdout.write(f"{url}  keys {len(ordered)}  median {statistics.median(ordered):.0f} ms  p90 {p90:.0f} ms\n")


if __name__ == "__main__":
    main(sys.argv[1:])
