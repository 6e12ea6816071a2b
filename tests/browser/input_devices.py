"""Input devices of browser tests: a pointer, and a keyboard, which asserts that the focus is always visible."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

MAX_TAB_STOPS = 400  # presses of Tab before a control must be reached

# A part of the page that has the focus, so that reading continues there, shows it on its heading.
FOCUS_STATE = """(target) => { const one = document.activeElement;
  const style = getComputedStyle(one.matches("main, #treff") ? one.querySelector("h1, h2") : one);
  const lost = one === document.body || one === document.documentElement;
  const outlined = lost || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3 && one.checkVisibility());
  return {lost, outlined, what: one.outerHTML.slice(0, 160), reached: one === target} }"""


class Pointer:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def check(self, target: Locator) -> None:
        target.check()

    def write(self, target: Locator, text: str) -> None:
        target.fill("")
        target.press_sequentially(text)

    def select(self, target: Locator, value: str) -> None:
        target.select_option(value)

    def choose_suggestion(self, options: Locator) -> None:
        options.first.click()

    def check_focus(self) -> None:
        """Nothing to check: only the keyboard needs the focus."""


class Keyboard(Pointer):
    def reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        element = target.element_handle()
        lost = 0
        for _ in range(MAX_TAB_STOPS):
            state = self.page.evaluate(FOCUS_STATE, element)
            assert state["outlined"], state["what"]
            if state["reached"]:
                return
            lost += state["lost"]
            assert lost < 4, "two rounds of the page did not reach it"  # nothing has it at first
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by Tab")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def check(self, target: Locator) -> None:
        if target.get_attribute("type") == "radio":  # Tab stops at the checked one, arrow keys move to others
            group = target.evaluate("one => one.name")
            self.reach(self.page.locator(f"input[name='{group}']:checked"))
            for _ in range(20):
                if target.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
        self.reach(target)
        self.page.keyboard.press("Space")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def select(self, target: Locator, value: str) -> None:
        self.reach(target)
        for _ in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        assert target.input_value() == value

    def choose_suggestion(self, options: Locator) -> None:
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def check_focus(self) -> None:
        """The focus is on an element."""
        state = self.page.evaluate(FOCUS_STATE)
        assert not state["lost"]
