"""Checks of any page: axe violations in both colour schemes, width of the content, equal hit counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Page

from tests.browser.read_parts import ReadParts

OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
"""No stylesheet is loaded again, as axe would for rules that it marks as experiments and leaves out."""
EVERY_RULE = OPTIONS | {"rules": {"target-size": {"enabled": True}}}
COLOURS = OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ROWS_OF_A_KIND = 2
"""Rows that axe reads of those in a list that differ in words alone: of one second that 50 take, 0.7 are their contrasts."""

LEAST_PART = 8
"""Elements of a part that is recognised when it comes again, such as the header, a facet or a form."""

# Half a megabyte of script, loaded once into each page that axe has to read.
_LOAD_AXE = f"if (!window.axe) {{ {Axe().axe_script} }}"
# An element's kind is its name, roles, classes, states and colours, those of all in it, and which texts and attributes are
# empty. Axe finds the same in two elements of one kind that are as wide and in elements alike: words and addresses differ.
# For the contrast of a text its own colours and those of all around it are enough.
_RUN_AXE = r"""async ([within, options, most, least, read]) => {
  document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish());
  const hash = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  };
  const counted = /^(class|role|type|lang|style|tabindex|aria-(?!label|controls|describedby)[a-z]+)$/;
  const refers = /^(for|aria-(controls|describedby|labelledby))$/;
  const describe = ({ name, value }) => {
    if (counted.test(name) || !value) return `${name}="${value}"`;
    return refers.test(name) ? `${name}=${value.split(" ").map(id => !!document.getElementById(id))}` : name;
  };
  const remember = (find) => {
    const found = new Map();
    return (one) => {
      if (!found.has(one)) found.set(one, find(one));
      return found.get(one);
    };
  };
  const look = remember((one) => {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return "";
    const style = getComputedStyle(one);
    return [style.color, style.backgroundColor, style.backgroundImage, style.fontSize, style.fontWeight, style.opacity,
      style.textDecorationLine].join();
  });
  const find_surroundings = remember((one) => {
    const around = one.parentElement;
    return around ? hash([around.localName, around.role, look(around), find_surroundings(around)].join("|")) : "";
  });
  const kinds = new Map();
  const colours = new Set();
  const find_kind = (one, around) => {
    const looks = look(one);
    const parts = [one.localName, one.checked, one.disabled, looks, ...[...one.attributes].map(describe)];
    const coloured = hash([one.localName, one.disabled, looks, around].join("|"));
    if (looks && [...one.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim())) colours.add(coloured);
    if (looks && one.matches("input, select, textarea")) colours.add(coloured);
    let size = 1;
    for (const child of one.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) {
        const [kind, within] = find_kind(child, coloured);
        parts.push(kind);
        size += within;
      } else if (child.nodeType === Node.TEXT_NODE && child.data.trim()) parts.push("…");
    }
    kinds.set(one, [hash(parts.join("|")), size]);
    return kinds.get(one);
  };
  find_kind(document.documentElement, "");
  const find_place = (one) => `${kinds.get(one)[0]} ${Math.round(one.getBoundingClientRect().width)} ${find_surroundings(one)}`;
  const root = within ? document.querySelector(within) : document.documentElement;
  const known = new Set(read.split("\n"));
  const colours_only = !!options.runOnly;
  if (known.has(find_place(root)) || (colours_only && [...colours].every(one => known.has(one)))) return [[], []];
  const left_out = [];
  for (const list of document.querySelectorAll("ul, ol, tbody")) {
    const numbers = {};
    for (const row of list.children) {
      const [kind] = kinds.get(row);
      numbers[kind] = (numbers[kind] ?? 0) + 1;
      if (numbers[kind] > most) left_out.push(row);
    }
  }
  const now = colours_only && !within ? [...colours] : [];
  const leave_out_known = (one) => {
    const place = find_place(one);
    if (known.has(place)) left_out.push(one);
    else {
      now.push(place);
      for (const child of one.children) if (kinds.get(child)[1] >= least) leave_out_known(child);
    }
  };
  leave_out_known(root);
  window.run_axe = async () => {
    const found = await axe.run({include: [within ?? document], exclude: left_out}, options);
    return [found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]), now];
  };
  return window.axe ? window.run_axe() : null;
}"""
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
    yield
    if session:
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})


def find_violations(page: Page, within: str | None = None, *, sizes: bool = True) -> list[tuple[str, str, list[str]]]:
    """Violations found by axe, as (scheme, rule, elements): all rules in the light scheme, those of colours in the dark.

    No other rule can see the scheme. Motion is reduced, for a colour in the midst of a change has a contrast of no meaning.
    A part of a page that a worker of this run has read without a violation is not read again if it comes again, as wide and with
    the same markup, states and colours, in elements alike. Of a page of 1,400 elements axe takes a second; most of them are such
    parts.
    `within`: selector of the part of the page to look at. `sizes`: targets' too, which axe leaves out unless it is asked.
    """
    found = []
    with _enable_scripts_for_axe(page):
        for scheme, options in ("dark", COLOURS), ("light", EVERY_RULE if sizes else OPTIONS):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            read = read_parts.get((scheme, sizes)) if read_parts else set()
            answer = page.evaluate(_RUN_AXE, [within, options, ROWS_OF_A_KIND, LEAST_PART, "\n".join(read)])
            if answer is None:
                page.evaluate(_LOAD_AXE)
                answer = page.evaluate("run_axe()")
            violations, parts = answer
            found += [(scheme, rule, elements) for rule, elements in violations]
            if not violations and read_parts:
                read_parts.add((scheme, sizes), parts)
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
