"""Checks of any page: axe violations in both colour schemes, width of the content, equal hit counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
"""No stylesheet is loaded again, as axe would for rules that it marks as experiments and leaves out."""
EVERY_RULE = OPTIONS | {"rules": {"target-size": {"enabled": True}}}
COLOURS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ROWS_OF_A_KIND = 2
"""Rows that axe reads of those in a list that differ in words alone: of one second that 50 take, 0.7 are their contrasts."""

# Half a megabyte of script, loaded once into each page.
_LOAD_AXE = f"if (!window.axe) {{ {Axe().axe_script} }}"
# A row's kind is its elements with their classes, roles, types, languages and states, and which texts and attributes are empty.
_RUN_AXE = r"""async ([within, options, most]) => {
  document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish());
  const alike = [];
  const words = / (?!(?:class|role|type|lang|style|tabindex|aria-(?!label|controls|describedby)[a-z]+)=)([\w:-]+)="[^"]+"/g;
  for (const list of document.querySelectorAll("ul, ol, tbody")) {
    const numbers = {};
    for (const row of list.children) {
      const kind = row.outerHTML.replace(words, ' $1="…"').replace(/>[^<]*[^<\s][^<]*</g, ">…<");
      numbers[kind] = (numbers[kind] ?? 0) + 1;
      if (numbers[kind] > most) alike.push(row);
    }
  }
  const found = await axe.run({include: [within ?? document], exclude: alike}, options);
  return found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]);
}"""
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


def find_violations(page: Page, within: str | None = None, *, sizes: bool = True) -> list[tuple[str, str, list[str]]]:
    """Violations found by axe, as (scheme, rule, elements): all rules in the light scheme, those of colours in the dark.

    No other rule can see the scheme. Motion is reduced, for a colour in the midst of a change has a contrast of no meaning.
    `within`: selector of the part of the page to look at. `sizes`: targets' too, which axe leaves out unless it is asked.
    """
    found = []
    with _enable_scripts_for_axe(page):
        page.evaluate(_LOAD_AXE)
        for scheme, options in ("dark", COLOURS), ("light", EVERY_RULE if sizes else OPTIONS):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            violations = page.evaluate(_RUN_AXE, [within, options, ROWS_OF_A_KIND])
            found += [(scheme, rule, elements) for rule, elements in violations]
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
