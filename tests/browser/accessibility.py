"""Checks of any page: axe violations in both colour schemes, width of the content, equal hit counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ALIKE = {"exclude": [[".cards > li:nth-child(n+11)"]]}
"""Rows of a list after the tenth, which are left out: of one second that axe takes for 50 rows, 0.7 are contrasts of them."""
# Half a megabyte of script, loaded once into each page.
_axe = Axe(f"if (!window.axe) {{ {Axe().axe_script} }}")
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
    yield
    if session:
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})


def find_violations(
    page: Page, context: str | dict[str, Any] = ALIKE, *, sizes: bool = True, imports: bool = False
) -> list[tuple[str, str, list[str]]]:
    """Violations found by axe, as (scheme, rule, elements): all rules in the light scheme, those of colours in the dark.

    No other rule can see the scheme. Motion is reduced, for a colour in the midst of a change has a contrast of no meaning.
    `sizes`: targets' too, which axe leaves out unless it is asked. `imports`: the page's stylesheets import others, as Django
    admin's do; axe would copy those into the page, which the Content-Security-Policy refuses.
    """
    found = []
    with _enable_scripts_for_axe(page):
        for scheme, options in ("light", EVERY_RULE if sizes else {"resultTypes": ["violations"]}), ("dark", COLOURS):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate("document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish())")
            options = options | {"preload": not imports}
            if scheme == "light":
                response = _axe.run(page, context=context, options=options).response
            else:  # the script is in the page
                response = page.evaluate("([context, options]) => axe.run(context, options)", [context, options])
            for one in response["violations"]:
                found.append((scheme, one["id"], [node["html"] for node in one["nodes"]][:3]))
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
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
