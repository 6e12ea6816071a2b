"""Ad page in the browser: layout on phone and desktop, keyboard, sharing, print, links to other pages."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE


def test_text_has_readable_line_length_and_the_sidebar_is_beside_it(open_page, pages):
    page = open_page(pages["ad"])
    size, line, width = page.locator(".ad-text").first.evaluate(
        "one => [getComputedStyle(one).fontSize, getComputedStyle(one).lineHeight, one.getBoundingClientRect().width]"
    )
    assert size == "17px" and line == "27.2px" and width <= 66 * 17 * 0.66
    head, main, box = (page.locator(one).bounding_box() for one in (".ad-head", ".ad-main", ".ad-box"))
    assert box["width"] == 320 and box["x"] > main["x"] + main["width"] and abs(box["y"] - head["y"]) < 1
    page.locator(".ad-contacts").evaluate("one => scrollTo(0, one.getBoundingClientRect().top)")
    expect(page.locator(".ad-box .apply a")).to_be_in_viewport()
    page.set_viewport_size({"width": PHONE, "height": 844})
    main, box = (page.locator(one).bounding_box() for one in (".ad-main", ".ad-box"))
    assert box["x"] == main["x"] and main["y"] >= box["y"] + box["height"]


def test_phone_has_apply_and_share_in_reach_of_the_thumb(open_page, pages):
    page = open_page(pages["ad"], width=PHONE)
    again = page.locator(".apply.again")
    for place in (0, 1000, 100_000):
        page.evaluate("place => scrollTo(0, place)", place)
        box = again.bounding_box()
        assert box["y"] + box["height"] == 844 and box["height"] <= 64
    assert not page.locator(".shortcuts").is_visible()
    page.evaluate("scrollTo(0, 0)")
    again.get_by_role("link", name="Del").click()
    expect(page.locator("#del-h")).to_be_in_viewport()
    last = page.locator(".bottom a").last
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box["y"] + box["height"] <= again.bounding_box()["y"]


def test_sections_are_in_reading_order(open_page, pages):
    page = open_page(pages["ad"], width=PHONE)
    order = "h1, .ad-where, .ad-box .due, .ad-box .apply, .facts, .ad-text, .ad-contacts, .ad-employer, .similar, "
    order += ".landings, .share, .report, .coverage"
    tops = [page.locator(f".ad {one}").first.bounding_box()["y"] for one in order.split(", ")]
    assert tops == sorted(tops) and len(set(tops)) == len(tops)


def test_json_ld_is_present_and_allowed_by_the_policy(open_page, pages):
    """The fixture fails the test if the browser reports a violation of the Content-Security-Policy."""
    page = open_page(pages["ad"])
    data = json.loads(page.locator("script[type='application/ld+json']").text_content())
    assert data["@type"] == "JobPosting" and data["hiringOrganization"]["name"] == "Haukeland universitetssjukehus"


def test_all_controls_are_reachable_by_keyboard_with_visible_focus(open_page, pages):
    page = open_page(pages["ad"], width=PHONE)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, width = page.evaluate(
            "() => [document.activeElement.textContent.trim(), parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert width >= 3, name
        reached.append(name)
    for words in ("Haukeland universitetssjukehus", "Søk på stillingen", "22 33 44 55", "kari@sykehus.example", "våre sider"):
        assert words in reached
    for words in ("Arbeidsgiverens nettsted", "Vis alle fra arbeidsgiveren", "Send på e-post", "Kopier lenken"):
        assert words in reached
    assert reached.index("Rapporter annonsen til NAV") < reached.index("Alle steder og yrker")


def test_copying_the_link_is_announced(open_page, pages):
    page = open_page(pages["ad"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopier lenken").click()
    expect(page.locator("#delt")).to_have_text("Lenken er kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("link[rel=canonical]").get_attribute("href")


def test_link_is_shown_if_the_browser_does_not_copy(open_page, pages):
    page = open_page(pages["ad"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    page.get_by_role("button", name="Kopier lenken").click()
    address = page.locator("link[rel=canonical]").get_attribute("href")
    expect(page.locator("#delt")).to_have_text(f"Nettleseren lot oss ikke kopiere: {address}")


def test_web_share_gets_title_and_link(open_page, pages):
    page = open_page(width=PHONE)
    page.add_init_script("navigator.share = async data => { window.shared = data }")
    page.goto(pages["ad"])
    page.get_by_role("button", name="Del …").click()
    shared = page.evaluate("window.shared")
    assert shared["url"] == page.locator("link[rel=canonical]").get_attribute("href")
    assert shared["title"].startswith("Spesialsykepleier")


def test_script_buttons_are_hidden_without_scripts(open_page, pages):
    page = open_page(pages["ad"], scripts=False)
    assert page.get_by_role("link", name="Send på e-post").is_visible()
    assert not page.locator("#kopier").is_visible() and not page.locator("#del").is_visible()


def test_print_shows_the_ad_with_link_addresses_and_no_controls(open_page, pages):
    page = open_page(pages["ad"], scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for there in ("h1", ".ad-where", ".facts", ".ad-text", ".contacts", ".printed", ".coverage"):
        assert page.locator(f".ad {there}").first.is_visible(), there
    for gone in (".top-nav", ".similar", ".others", ".landings", ".share", ".report", ".apply.again", ".bottom-links"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".printed").text_content() == page.locator("link[rel=canonical]").get_attribute("href")
    colours = page.evaluate(
        """() => [...document.querySelectorAll("body, .ad *")].filter(one => one.checkVisibility())
        .map(one => getComputedStyle(one)).flatMap(style => [style.color, style.backgroundColor])"""
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    after = page.locator(".ad-box .apply a").evaluate("one => getComputedStyle(one, '::after').content")
    assert "https://sykehus.example/sok" in after


@pytest.mark.parametrize("scripts", [True, False])
def test_links_lead_to_employer_place_and_search(open_page, pages, scripts):
    page = open_page(pages["ad"], width=PHONE, scripts=scripts)
    page.locator(".ad-where a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Haukeland universitetssjukehus")
    expect(page.locator("#treff-h")).to_have_text("31 ledige stillinger")
    page.get_by_role("link", name="Neste").click()
    page.wait_for_url("**/arbeidsgiver/999888777/?page=2")
    page.get_by_role("link", name="Alle steder og yrker").click()
    page.locator("summary", has_text="Vestland").click()
    page.get_by_role("link", name=re.compile(r"^Bergen \d")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledige stillinger i Bergen")
    page.get_by_role("link", name="Søk og filtrer blant dem").click()
    page.wait_for_url("**/?place=VESTLAND%2FBERGEN")
    expect(page.locator("#treff")).to_have_attribute("data-total", "32")
