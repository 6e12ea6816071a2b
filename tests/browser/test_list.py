"""List of ads in the browser: returning to it, marks of opened ads, duplicates, slow responses, no network."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from jobsearch.search import indexing
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import Vacancy
from tests.browser.accessibility import find_violations
from tests.browser.chromium import FLAGS, WHOLE_CHROMIUM
from tests.browser.conftest import DESKTOP, PHONE, wait_for
from tests.browser.visitors import EVERYONE, by_visitor, by_width

_WAYS = ["the browser's", "the link's"]
_SOME_WAYS_BACK = [
    *((PHONE, True, "the browser's"), (PHONE, False, "the link's")),
    *((DESKTOP, True, "the link's"), (DESKTOP, False, "the browser's")),
]
_ALL_WAYS_BACK = [(*visitor, way) for visitor in EVERYONE for way in _WAYS]
WAYS_BACK = [
    *_SOME_WAYS_BACK,
    *(pytest.param(*one, marks=pytest.mark.every_combination) for one in _ALL_WAYS_BACK if one not in _SOME_WAYS_BACK),
]
"""(width, scripts, way), with each pair of values in an ordinary run."""
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "[object ProgressEvent]", "sendError", "htmx")


def place(name: str, county: str = "VESTLAND") -> tuple[LocationData, ...]:
    return (LocationData("NORGE", county, name, name),)


@pytest.fixture
def many(ads) -> list:
    """Thirty ads of different kinds, and four newer duplicates of a shop in four municipalities."""
    now = timezone.now()
    shop = {"employer_name": "Kiwi Norge AS", "description": "<p>Kiwi søker deg som kan jobbe kveld og helg.</p>"}
    chain = [
        shop | {"title": f"Butikkmedarbeider {name.capitalize()}", "locations": place(name)}
        for name in ("BERGEN", "VOSS", "STORD", "ALVER")
    ]
    rest = [
        {
            "title": f"Sykepleier ved avdeling {number}",
            "locations": place("OSLO", "OSLO") if number % 2 else place("BERGEN"),
            "extent": "Deltid",
        }
        for number in range(30)
    ]
    uuids = ads(*(one | {"published": now - dt.timedelta(hours=number)} for number, one in enumerate(chain + rest)))
    Vacancy.objects.filter(uuid__in=uuids[6:]).update(first_seen=now - dt.timedelta(days=9), version=2)
    indexing.index_changes()
    return uuids


@pytest.fixture(scope="module")
def remembering(browser: Browser) -> Iterator[Browser]:
    """A browser with a back/forward cache, which Playwright disables by default."""
    kept = browser.browser_type.launch(
        executable_path=WHOLE_CHROMIUM, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield kept
    kept.close()


def returning(page: Page) -> None:
    """Set the cookie of a visit two days ago."""
    latest = int((timezone.now() - dt.timedelta(days=2)).timestamp()) // 60
    page.context.add_cookies([{"name": "visits", "value": f"0.{latest}", "domain": "localhost", "path": "/"}])


def narrow(page: Page, width: int, scripts: bool) -> None:
    """Choose Vestland and part-time by the controls of this width; with scripts each choice updates the list."""
    if width == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    page.get_by_label(re.compile(r"^Vestland \d")).check()
    if scripts:
        page.wait_for_url("**/?place=VESTLAND")
    page.locator("summary", has_text="Omfang").click()
    page.get_by_label(re.compile(r"^Deltid \d")).check()
    if scripts:
        page.wait_for_url("**/?place=VESTLAND&extent=Deltid")
    if scripts and width == DESKTOP:
        return  # the list beside the panel is updated already
    page.get_by_role("button", name=re.compile("^Vis")).click()
    page.wait_for_url("**/?place=VESTLAND&extent=Deltid")
    if scripts:
        expect(page.locator("#treff")).to_be_focused()  # the answer to the button has come


def stands_as_before(page: Page, scroll: float) -> None:
    expect(page.locator("#treff")).to_have_attribute("data-total", "15")
    page.wait_for_url("**/?place=VESTLAND&extent=Deltid", wait_until="commit")  # from the back/forward cache: no load event
    assert page.locator("input[value=VESTLAND]").is_checked() and page.locator("input[value=Deltid]").is_checked()
    page.wait_for_function("before => Math.abs(scrollY - before) < 4", arg=scroll)
    assert page.evaluate("matchMedia('(min-width: 64rem)').matches || !document.querySelector('#filtre:popover-open')")


TARGET = "Sykepleier ved avdeling 22"


def go_down_and_open(page: Page) -> float:
    link = page.get_by_role("link", name=TARGET)
    link.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 60)")
    scroll = page.evaluate("scrollY")
    assert scroll > 300
    link.click()
    page.wait_for_url("**/stilling/**")
    return scroll


@pytest.mark.parametrize(("width", "scripts", "way"), WAYS_BACK)
def test_list_keeps_its_scroll_position_on_return(open_page, many, width, scripts, way):
    page = open_page("/", width=width, scripts=scripts)
    narrow(page, width, scripts)
    scroll = go_down_and_open(page)
    if way == "the browser's":
        page.go_back()
    else:
        page.get_by_role("link", name="Tilbake til treffene").click()
        if not scripts:
            scroll = 0  # a new page of the same search
    stands_as_before(page, scroll)
    if scripts:
        expect(page.get_by_role("link", name=TARGET)).to_be_focused()


@by_visitor((PHONE, True))
def test_list_returns_from_the_back_forward_cache(remembering, live_server, many, width, scripts):
    context = remembering.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 844},
        java_script_enabled=scripts,
        locale="nb-NO",
    )
    page = context.new_page()
    page.goto("/")
    narrow(page, width, scripts)
    if scripts:
        page.evaluate("window.kept = true")
    scroll = go_down_and_open(page)
    page.go_back(wait_until="commit")
    stands_as_before(page, scroll)
    if scripts:
        assert page.evaluate("window.kept === true"), "the page was loaded again"
        expect(page.get_by_role("link", name=TARGET)).to_be_focused()
        expect(page.locator("[data-seen] .card-title")).to_have_text([TARGET])
    context.close()


def test_back_link_leads_home_without_a_previous_list(open_page, many):
    page = open_page(f"/stilling/{many[0]}/")
    page.get_by_role("link", name="Tilbake til treffene").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    expect(page.locator("#treff")).to_have_attribute("data-total", "34")


def test_back_link_in_a_new_tab_leads_to_the_search(open_page, many):
    page = open_page("/?q=butikkmedarbeider+voss")
    with page.context.expect_page() as opened:
        page.locator(".card-title a").first.click(modifiers=["ControlOrMeta"])
    ad = opened.value
    ad.locator("a[data-back]").click()  # a new tab sends the machine's language
    ad.wait_for_url("**/?q=butikkmedarbeider&place=VESTLAND%2FVOSS")


@by_width(DESKTOP)
def test_whole_card_is_a_link(open_page, many, width):
    page = open_page("/", width=width)
    box = page.locator(".card").nth(1).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 6, box["y"] + box["height"] - 6)
    page.wait_for_url("**/stilling/**")


@by_visitor((PHONE, False), (DESKTOP, True))
def test_row_of_duplicates_opens_by_keyboard(open_page, many, width, scripts):
    page = open_page("/?q=butikkmedarbeider", width=width, scripts=scripts)
    page.locator(".card-title a").first.focus()
    page.keyboard.press("Tab")
    if scripts:  # the bookmark
        page.keyboard.press("Tab")
    expect(page.locator(".fold > summary")).to_be_focused()
    assert page.get_by_role("link", name=re.compile("^Voss")).count() == 0
    page.keyboard.press("Enter")
    for name in ("Voss", "Stord", "Alver"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=re.compile(f"^{name}"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Butikkmedarbeider Alver")
    page.go_back()
    expect(page.locator("#treff")).to_have_attribute("data-total", "4")
    if scripts:  # the row is opened again, so that the link can have the focus
        expect(page.get_by_role("link", name=re.compile("^Alver"))).to_be_focused()


def test_opened_ads_are_marked_in_this_and_later_lists(open_page, many):
    page = open_page("/?q=butikkmedarbeider", width=PHONE)
    assert page.get_by_text("Sett", exact=True).filter(visible=True).count() == 0
    page.locator(".fold > summary").click()
    page.get_by_role("link", name=re.compile("^Stord")).click()
    page.wait_for_url("**/stilling/**")
    page.goto(f"/stilling/{many[10]}/")
    page.goto("/")
    expect(page.locator("[data-seen] .card-title")).to_have_text(["Sykepleier ved avdeling 6"])
    page.locator(".fold > summary").click()
    expect(page.locator(".fold [data-seen] a")).to_contain_text(["Stord"])
    assert page.locator(".seen").filter(visible=True).all_inner_texts() == ["Sett", "Sett"]
    page.get_by_label("Sortering").select_option("deadline")  # updated by htmx
    page.wait_for_url("**/?sort=deadline")
    expect(page.locator("[data-seen] .card-title")).to_have_text(["Sykepleier ved avdeling 6"])
    page.goto("/om/")
    page.get_by_role("button", name="Nullstill sett-merker").click()
    expect(page.get_by_role("main").get_by_role("status")).to_have_text("Sett-merkene er slettet.")
    assert page.evaluate("Object.keys(localStorage)") == ["searches"]  # the recent searches are cleared where they are shown
    page.goto("/")
    assert page.locator("[data-seen]").count() == 0


def test_local_storage_has_a_limited_list_of_uuids_only(open_page, many):
    page = open_page("/om/")
    page.evaluate(
        """() => {
        const day = Math.floor(Date.now() / 864e5), kept = {};
        for (let n = 0; n < 1000; n++) kept[`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`] = n < 10 ? day - 181 : day;
        kept["<img src=x>"] = day;
        localStorage.setItem("seen", JSON.stringify(kept));
    }"""
    )
    for number in range(11):
        page.goto(f"/stilling/{many[number]}/")
    kept = page.evaluate("JSON.parse(localStorage.getItem('seen'))")
    assert len(kept) == 1000 and str(many[10]) in kept
    assert "00000000-0000-4000-8000-000000000009" not in kept and "00000000-0000-4000-8000-000000000010" not in kept
    assert all(re.fullmatch(r"[0-9a-f-]{36}", uuid) and isinstance(day, int) for uuid, day in kept.items())


def test_invalid_local_storage_is_ignored(open_page, many):
    page = open_page("/om/")
    for strange in ("", "null", "[]", "5", "{", '"x"', '{"a": {"b": 1}}'):
        page.evaluate("strange => localStorage.setItem('seen', strange)", strange)
        page.goto(f"/stilling/{many[5]}/")
        page.goto("/")
        seen = page.locator("[data-seen] .card-title")
        expect(seen, f"after {strange!r} in the storage").to_have_text(["Sykepleier ved avdeling 1"])


def test_no_seen_marks_or_space_for_them_without_scripts(open_page, many):
    page = open_page("/", scripts=False)
    assert page.locator(".seen").filter(visible=True).count() == 0
    page.goto("/om/")
    assert page.get_by_role("button", name="Nullstill sett-merker").count() == 0


SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifts += entry.value }).observe({type: "layout-shift", buffered: true}) }"""


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_layout_shift_by_marks_or_pending_requests(open_page, many, width):
    page = open_page("/om/", width=width)
    page.evaluate(
        """ads => localStorage.setItem("seen", JSON.stringify(Object.fromEntries(
        ads.map(uuid => [uuid, Math.floor(Date.now() / 864e5)]))))""",
        [str(uuid) for uuid in many[:8]],
    )
    page.goto("/?place=OSLO&place=VESTLAND")
    page.evaluate(SHIFTS)
    held = []
    page.route(re.compile(r"/\?.*sort=deadline"), lambda route: held.append(route))
    page.get_by_label("Sortering").select_option("deadline")
    treff = page.locator("#treff")
    expect(treff).to_have_attribute("aria-busy", "true")
    wait_for(page, lambda: treff.evaluate("one => getComputedStyle(one, '::before').opacity") == "1")
    page.wait_for_timeout(600)  # the browser does not count shifts within 500 ms of an input
    held[0].continue_()
    expect(treff).not_to_have_attribute("aria-busy", "true")
    page.wait_for_url("**/?place=OSLO&place=VESTLAND&sort=deadline")
    assert page.locator("[data-seen]").count() >= 4
    # Of a screen and its height. The visible limit is .1 (Core Web Vitals); a rounding of subpixels gave .00002 once.
    assert page.evaluate("window.shifts") < 0.001


@by_width(PHONE)
def test_network_error_is_shown_with_a_retry_button(open_page, many, width):
    page = open_page("/", width=width, expected=OFFLINE)
    page.context.set_offline(True)
    page.get_by_label("Yrke, sted eller arbeidsgiver").fill("butikkmedarbeider")
    page.get_by_role("button", name="Søk", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Vi får ikke svar.")
    expect(page.locator("#treff")).not_to_have_attribute("aria-busy", "true")
    assert page.get_by_role("link", name="Sykepleier ved avdeling 3", exact=True).is_visible()
    alert.get_by_role("button", name="Prøv igjen").click()
    expect(alert).to_have_count(1)
    assert find_violations(page) == []
    page.context.set_offline(False)
    alert.get_by_role("button", name="Prøv igjen").click()
    page.wait_for_url("**/?q=butikkmedarbeider")
    expect(page.locator("#treff")).to_have_attribute("data-total", "4")
    expect(alert).to_have_count(0)


def test_foreign_response_does_not_replace_the_list(open_page, many):
    page = open_page("/", expected=("502", "htmx"))
    page.route("**/?q=*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html"))
    page.get_by_label("Yrke, sted eller arbeidsgiver").fill("lege")
    page.get_by_role("button", name="Søk", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Vi får ikke svar.")
    expect(page.locator("#treff")).to_have_attribute("data-total", "34")
    page.unroute("**/?q=*")
    page.get_by_role("alert").get_by_role("button", name="Prøv igjen").click()
    expect(page.locator("#treff")).to_have_attribute("data-total", "0")


@by_width(PHONE)
def test_no_axe_violations_in_a_list_with_all_marks(open_page, many, width):
    page = open_page("/om/", width=width)
    returning(page)
    page.goto(f"/stilling/{many[1]}/")
    for address in ("/?q=butikkmedarbeider+helg", "/?q=sykepleier+natt+bergen", "/"):
        page.goto(address)
        expect(page.locator(".badge.new").first).to_be_attached()
        for fold in page.locator(".fold > summary").all():
            fold.click()
        assert find_violations(page) == [], address


def test_six_ads_and_the_filters_are_on_one_screen(open_page, many):
    page = open_page("/?q=sykepleier")
    rows = [row.bounding_box() for row in page.locator(".card").all()]
    assert len([box for box in rows if box["y"] + box["height"] <= 900]) >= 6
    expect(page.locator("#filtre .option").first).to_be_in_viewport()
    assert not [box for box in rows if box["height"] > 130]


def test_cards_are_not_clipped_or_wider_than_the_window(open_page, ads):
    long = "Spesialsykepleier/sykepleier/vernepleier ved Sykehjemsavdelingsspesialenhetsadministrasjonen"
    ads(
        {
            "title": long,
            "employer_name": "Universitetssykehuset/Helseforetaksadministrasjonsavdelingen",
            "application_due": "Vi tar imot søknader " + "fortløpende " * 12,
            "description": f"<p>{'Spesialsykepleieroppgaver' * 9} natt {'og mer om natten ' * 40}</p>",
            "locations": place("BERGEN") + place("VOSS") + place("STORD"),
        }
    )
    page = open_page("/?q=vernepleier+natt", width=PHONE)
    for width in (320, PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        for part in page.locator(".card-title, .card-employer, .card .due").all():
            whole = part.evaluate("one => one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1")
            assert whole, (width, part.inner_text())
        line = page.locator(".card-snippet").evaluate("one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)")
        assert 0.9 < line < 2.1, width
        assert page.locator(".card-snippet mark").first.is_visible(), width


def test_order_is_named_as_it_is_after_an_answer_that_adds_or_removes_words(open_page, many):
    page = open_page("/?place=VESTLAND", width=DESKTOP)
    order = page.locator("#sort option")
    expect(order).to_have_text(["Nyeste", "Frist først"])
    page.locator("#q").fill("sykepleier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=sykepleier&place=VESTLAND")
    expect(order).to_have_text(["Mest relevante", "Nyeste", "Frist først"])
    expect(page.locator("#sort")).to_have_value("relevance")
    page.locator("#sort").focus()
    page.locator("#sort").select_option("published")
    page.wait_for_url("**sort=published")
    expect(page.locator("#sort")).to_be_focused()
    expect(page.locator("#sort")).to_have_value("published")
    page.locator("#q").fill("")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?place=VESTLAND&sort=published")
    expect(order).to_have_text(["Nyeste", "Frist først"])
    expect(page.locator("#sort")).to_have_value("published")
