"""Renders the preview image of shared links from its SVG source: `python -m tests.browser.share_image`.

Services that show such previews read PNG, not SVG.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import CHROMIUM, FLAGS

STATIC = Path(__file__).resolve().parents[2] / "static"
SIZE = (1200, 630)


def draw() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto((STATIC / "share.svg").as_uri())
        page.screenshot(path=STATIC / "share.png")
        browser.close()


if __name__ == "__main__":
    draw()
