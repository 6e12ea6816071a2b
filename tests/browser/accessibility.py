"""Checks of any page: axe violations in both colour schemes, width of the content, equal hit counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

from tests.browser.read_parts import ReadParts

OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
"""No stylesheet is loaded again, as axe would for rules that it marks as experiments and leaves out."""
EVERY_RULE = OPTIONS | {"rules": {"target-size": {"enabled": True}}}
COLOURS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
UNREAD = "[data-unread-colours]"
SELECTORS = [{"id": "color-contrast", "selector": UNREAD}, {"id": "link-in-text-block", "selector": f"a[href]{UNREAD}"}]
"""The rules of colours read the elements that `run_axe.js` marks: of a page with 300 texts, 30 have colours of their own."""
ROWS_OF_A_KIND = 2
"""Rows that axe reads of those in a list that differ in words alone: of one second that 50 take, 0.7 are their contrasts."""
TEXTS_OF_A_COLOUR = 2
"""Texts whose contrast axe reads of those with the same colours, in elements with the same colours."""
LEAST_PART = 8
"""Elements of a part that is recognised when it comes again, such as the header, a facet or a form."""

# Half a megabyte of script, loaded once into each page that axe has to read.
_LOAD_AXE = f"if (!window.axe) {{ {Axe().axe_script}; axe.configure({json.dumps({'rules': SELECTORS})}) }}"
_RUN_AXE = (Path(__file__).parent / "run_axe.js").read_text()
read_parts: ReadParts | None = ReadParts()
"""What has been read without a violation, and is not read again. None with `--every-combination`: each page is read whole."""
motion: Literal["reduce", "no-preference"] = "reduce"
"""Motion that visitors wish for in an ordinary run: frames of transitions took an eighth of Chromium's processor time. A test of
motion chooses its own."""
_without_scripts: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def switch_scripts_off(page: Page) -> None:
    """Disable JavaScript as a browser setting does. It can be enabled for a moment to run axe, which is a script."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    _without_scripts[page] = session


@contextmanager
def _enable_scripts_for_axe(page: Page) -> Iterator[None]:
    session = _without_scripts.get(page)
    if session:
        session.send("Emulation.setScriptExecutionDisabled", {"value": False})
    try:
        yield
    finally:
        if session:
            session.send("Emulation.setScriptExecutionDisabled", {"value": True})


def find_violations(page: Page, within: str | None = None, *, sizes: bool = True) -> list[tuple[str, str, list[str]]]:
    """Violations found by axe, as (scheme, rule, elements): all rules in the light scheme, those of colours in the dark.

    No other rule can see the scheme. Motion is reduced, for a colour in the midst of a change has a contrast of no meaning.
    A part of a page that a worker of this run has read without a violation is not read again if it comes again, as wide and with
    the same markup, states and colours, in elements alike. Of a page of 1,400 elements axe takes a second; most of them are such
    parts. Nor is the contrast of a text whose colours, and those of all around it, have been read.
    `within`: selector of the part of the page to look at. `sizes`: targets' too, which axe leaves out unless it is asked.
    """
    found = []
    with _enable_scripts_for_axe(page):
        for scheme, options in ("dark", COLOURS), ("light", EVERY_RULE if sizes else OPTIONS):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            check = scheme, options is EVERY_RULE
            read = read_parts.get(check) if read_parts else set()
            of_a_colour = TEXTS_OF_A_COLOUR if read_parts else None
            limits = [ROWS_OF_A_KIND, of_a_colour, LEAST_PART]
            answer = page.evaluate(_RUN_AXE, [within, options, *limits, "\n".join(read)])
            if answer is None:
                page.evaluate(_LOAD_AXE)
                answer = page.evaluate("run_axe()")
            violations, parts = answer
            found += [(scheme, rule, elements) for rule, elements in violations]
            if not violations and read_parts:
                read_parts.add(check, parts)
    page.emulate_media(color_scheme="light", reduced_motion=motion)
    return found


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def read_equal_counts(page: Page) -> int:
    """The number of hits, asserted to be equal in heading, data attribute, button and live region."""
    total = int(page.locator("#treff").get_attribute("data-total"))
    said = {"heading": page.locator("#treff-h").text_content(), "button": page.locator("#vis-n").text_content()}
    if announced := page.locator("#live").text_content().strip():
        said["live"] = announced
    assert {name: parse_count(words) for name, words in said.items()} == dict.fromkeys(said, total)
    return total


def parse_count(words: str) -> int:
    """The last number in the words: "1 234 treff" -> 1234."""
    return int(re.sub(r"\D", "", re.findall(r"\d(?:[\d\s]*\d)?", words)[-1]))
