"""Two ways to use a page: with a pointer, and with a keyboard alone, which sees to it that the focus is never lost or unseen."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 400  # of the Tab key until a control must have been reached

# Where the focus is on a part of the page, moved there to be read on from, the part's heading shows it.
FOCUS = """(aim) => { const one = document.activeElement;
  const style = getComputedStyle(one.matches("main, #treff") ? one.querySelector("h1, h2") : one);
  const lost = one === document.body || one === document.documentElement;
  const outlined = lost || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3 && one.checkVisibility());
  return {lost, outlined, what: one.outerHTML.slice(0, 160), there: one === aim} }"""


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

    def suggestion(self, options: Locator) -> None:
        options.first.click()

    def not_lost(self) -> None:
        """Only a keyboard has a place to lose."""


class Keyboard(Pointer):
    def reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        aim = target.element_handle()
        lost = 0
        for _ in range(MOST_STOPS):
            state = self.page.evaluate(FOCUS, aim)
            assert state["outlined"], state["what"]
            if state["there"]:
                return
            lost += state["lost"]
            assert lost < 4, "twice round the page, and never there"  # a page begins with the focus nowhere
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is out of reach")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def check(self, target: Locator) -> None:
        if target.get_attribute("type") == "radio":  # Tab stops at the chosen one of a group, arrows go on to the others
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

    def suggestion(self, options: Locator) -> None:
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def not_lost(self) -> None:
        state = self.page.evaluate(FOCUS)
        assert not state["lost"]
