"""Every kind of page at common widths and colour schemes: accessibility, clipping, layout shifts, focus, print."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import find_violations, fits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import MISSING, TIMEOUT, visit

SMALLEST = 24  # CSS pixels; links inside a sentence are exempt (WCAG 2.5.8), and a card's link covers the card


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")


MOVED = """() => { window.moved = []; new PerformanceObserver(list => { for (const entry of list.getEntries())
  for (const { node } of entry.sources) if (node) window.moved.push(node);
  }).observe({type: "layout-shift", buffered: true}) }"""
WHAT = "moved.map(one => (one.outerHTML || one.data || '').slice(0, 90))"
SIZES = [(320, 1), (PHONE, 1), (768, 1), (PHONE, 2), (DESKTOP, 1), (DESKTOP, 2)]
"""Widths of the window and scales of the text in which a page has to fit."""


def list_shifted(page: Page) -> list[str]:
    """What has moved while the page was loaded, and does so when it is loaded again.

    On a busy computer a page may be drawn once before all of it has come: the fields of the search then make room for its button.
    """
    if _list_moved(page):
        page.reload()
    return _list_moved(page)


def _list_moved(page: Page) -> list[str]:
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    return page.evaluate(WHAT)


def list_moving(page: Page) -> list[str]:
    """Elements with a transition or an animation although motion is reduced."""
    page.emulate_media(reduced_motion="reduce")
    return page.evaluate(
        """() => [...document.querySelectorAll("*")]
        .filter(one => ["", "::before", "::after"].map(part => getComputedStyle(one, part))
          .some(style => parseFloat(style.transitionDuration) || parseFloat(style.animationDuration)))
        .map(one => one.outerHTML.slice(0, 80))"""
    )


def list_small_targets(page: Page) -> list[str]:
    return page.evaluate(
        """least => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
        .filter(one => !one.closest("p") && one.checkVisibility() && !one.matches(".skip, .ad-text *, .cards .card-title a"))
        .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < least || box.width < least)).map(([html]) => html)""",
        SMALLEST,
    )


def list_clipped(page: Page, sizes: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Content that is wider than the window or than its own box, at several widths and with text at double size."""
    found = []
    for width, scale in sizes:
        page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
        page.evaluate("scale => { document.documentElement.style.fontSize = `${scale * 100}%` }", scale)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{16 * scale}px"
        cut = page.evaluate(
            """() => [...document.querySelectorAll("main :is(a, button, label, h1, h2, h3, dd, p)")]
            .filter(one => one.checkVisibility() && one.clientWidth > 1 && !one.matches(".card-snippet"))
            .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
            .map(one => one.outerHTML.slice(0, 80))"""
        )
        found += [(width, scale, one) for one in (cut if fits(page) else ["the page", *cut])]
    return found


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page(open_page, pages, width, every_combination):
    """Every second page is loaded on a phone, the others in a wide window, each once for all checks.

    A load takes 0.1 s of processor time, and axe as much as all the rest. With `--every-combination` each is loaded in both.
    """
    chosen = list(pages) if every_combination else list(pages)[[PHONE, DESKTOP].index(width) :: 2]
    page = open_page(width=width, expected=MISSING)
    page.add_init_script(f"({MOVED})()")
    found = {}
    for name in visit(page, pages, chosen):
        found[name, "shifted"] = list_shifted(page)
        found[name, "moving"] = list_moving(page)
        if width == PHONE:
            found[name, "small targets"] = list_small_targets(page)
        unfold(page)
        found[name, "axe"] = find_violations(page)
        found[name, "clipped"] = list_clipped(page, SIZES)
        page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
    assert {what: complaints for what, complaints in found.items() if complaints} == {}
    assert [name for name, what in found if what == "clipped"] == chosen
    assert len(chosen) >= len(pages) // 2


def test_no_axe_violations_in_the_open_filter_panel(open_page, pages):
    page = open_page("/?place=VESTLAND", width=PHONE)
    page.get_by_role("button", name="Filtrer").click()
    unfold(page)
    assert find_violations(page) == []


def test_zoom_of_200_percent_gives_the_phone_layout(open_page, pages):
    """Zoomed, a window of 1280 by 900 has half as many CSS pixels: everything is in one column."""
    page = open_page(pages["results"])
    page.set_viewport_size({"width": 640, "height": 450})
    assert fits(page)
    assert page.get_by_role("button", name="Filtrer").is_visible() and not page.locator("#filtre").is_visible()
    page.get_by_role("button", name="Filtrer").click()
    head, body, foot = (page.locator(one).bounding_box() for one in (".panel-head", ".panel-body", ".panel-foot"))
    assert body["height"] > 200
    assert head["y"] >= 0 and foot["y"] + foot["height"] <= 450


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_layout_shift_after_a_choice(open_page, pages, width):
    """Two kinds of shift are allowed.

    What a choice opens below itself in the panel (a county's municipalities, the reset link), and values that no longer have
    hits.
    """
    page = open_page(width=width, expected=MISSING)
    page.add_init_script(f"({MOVED})()")
    page.goto("/?q=sykepleier")
    if width == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    page.locator(".facet > summary", has_text="Ansettelsesform").click()
    page.wait_for_timeout(600)  # the browser does not count shifts within 500 ms of an input
    for box, address in ("#place-vestland", "place=VESTLAND"), ("#engagement-fast", "engagement=Fast"):
        field = page.locator(box)
        field.scroll_into_view_if_needed()
        place = field.bounding_box()
        page.evaluate("window.moved.length = 0")
        field.evaluate("one => one.click()")  # not a user's input, so that every shift is counted
        page.wait_for_url(f"**{address}")
        expect(page.locator("#treff")).to_have_attribute("data-total", "31")
        page.wait_for_load_state("networkidle")
        assert field.bounding_box() == place
        assert page.evaluate(WHAT.replace("moved", "moved.filter(one => !one.parentElement.closest('#filtre'))")) == []


def test_choices_and_counts_are_visible_in_forced_colours(open_page, pages):
    page = open_page("/?sort=published&page=2")
    page.emulate_media(forced_colors="active")
    style = "(one, name) => getComputedStyle(one)[name]"
    current = page.locator(".pages-numbers [aria-current]")
    other = page.locator(".pages-numbers a:not([aria-current])").first
    assert current.evaluate(style, "borderTopStyle") == "solid" != other.evaluate(style, "borderTopStyle")
    page.locator(".facet > summary", has_text="Publisert").click()
    ground = page.locator("body").evaluate(style, "backgroundColor")
    assert page.locator(".chart .bar").first.evaluate(style, "fill") != ground
    for control in (".search-what", ".search-where", "#sort", ".search .button", ".results-head .button"):
        assert page.locator(control).evaluate(style, "borderTopColor") != ground, control
        assert page.locator(control).evaluate(style, "borderTopStyle") == "solid", control


def test_every_page_without_hits_has_links(open_page, pages):
    page = open_page(expected=MISSING)
    for name in ("nothing", "inactive", "landing page without ads", "missing"):
        page.goto(pages[name])
        assert page.locator("main a:visible").count() > 0, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_visible_at_every_tab_stop(open_page, pages, scheme):
    page = open_page("/?place=VESTLAND", scheme=scheme)
    seen = 0
    for _ in range(45):
        page.keyboard.press("Tab")
        width = page.evaluate(
            """() => { const one = document.activeElement;
            return one === document.body ? null : parseFloat(getComputedStyle(one).outlineWidth) }"""
        )
        assert width is None or width >= 3, page.evaluate("document.activeElement.outerHTML")
        seen += width is not None
    assert seen > 30


def test_first_tab_stop_is_the_skip_link(open_page, pages):
    page = open_page("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innhold"


def test_long_titles_are_not_clipped(open_page, pages):
    page = open_page(pages["ad"], width=320)
    heading = page.get_by_role("heading", level=1)
    assert heading.inner_text().replace("\n", "").replace("\u00ad", "") == TIMEOUT
    assert heading.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_print_shows_the_ad_without_menus(open_page, pages):
    page = open_page(pages["ad"])
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible() and page.locator(".ad-text").first.is_visible()
    assert not page.locator(".top-nav").is_visible() and not page.locator(".similar").is_visible()


def test_page_while_the_engine_is_down_is_complete(open_page, ads, engine_down):
    page = open_page("/?q=lege", width=PHONE, expected=("503 (Service Unavailable)",))
    assert page.get_by_role("link", name="Prøv igjen").is_visible()
    assert page.get_by_label("Yrke, sted eller arbeidsgiver").input_value() == "lege"
    assert find_violations(page) == []
