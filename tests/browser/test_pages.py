"""Every kind of page, at the widths and in the schemes that people have: nothing is cut off, hidden or out of reach."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction

from jobsearch import search
from jobsearch.vacancies import record
from jobsearch.vacancies.data import LocationData
from jobsearch.vacancies.models import Vacancy
from tests.browser.conftest import DESKTOP, PHONE
from tests.web.support import PASSWORD

LONG = "Spesialsykepleier/sykepleier/vernepleier ved Sykehjemsavdelingsspesialenhetsadministrasjonen"
SMALLEST = 24  # CSS pixels of a target's side; text links inside a sentence are exempt, and a card's link covers its card


@pytest.fixture
def pages(ads, recruiter) -> dict[str, str]:
    """The addresses of every kind of page, by name; those after "login" are for one who is logged in."""
    places = tuple(LocationData("NORGE", "VESTLAND", name, name) for name in ("BERGEN", "VOSS", "STORD"))
    long, closed, *_ = ads(
        {"title": LONG, "employer_name": "Universitetssykehuset", "application_due": "Snarest", "locations": places},
        {"title": "Sykepleier som sluttet"},
        *({"title": f"Sykepleier {number}", "extent": "Deltid"} for number in range(30)),
    )
    with transaction.atomic():
        record.close([closed], Vacancy.Closed.FEED)
    search.index_changes()
    recruiter.saved_searches.create(name="Pleiere i Bergen", params="q=sykepleier&place=VESTLAND%2FBERGEN")
    return {
        "home": "/",
        "results": "/?q=sykepleier&place=VESTLAND%2FBERGEN&extent=Deltid",
        "nothing": "/?q=sykepleier&place=TROMS",
        "ad": f"/stilling/{long}/",
        "inactive": f"/stilling/{closed}/",
        "employers": "/filter/employer/?q=sykepleier",
        "about": "/om/",
        "missing": "/finnes-ikke/",
        "login": "/logg-inn/",
        "saved": "/lagrede-sok/",
        "save": "/lagrede-sok/lagre/?query=q%3Dsykepleier",
        "delete": f"/lagrede-sok/{recruiter.saved_searches.get().pk}/slett/",
    }


def log_in(page) -> None:
    page.goto("/logg-inn/")
    page.get_by_label("Brukernavn").fill("rita")
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/lagrede-sok/")


def visit_all(page, pages):
    for name, address in pages.items():
        if name == "saved":
            log_in(page)
        page.goto(address)
        yield name


MISSING = ("404 (Not Found)",)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_nothing(open_page, pages, width, scheme):
    page = open_page(width=width, scheme=scheme, expected=MISSING)
    found = []
    for name in visit_all(page, pages):
        for opener in page.locator("summary").all():
            if opener.is_visible() and opener.evaluate("one => !one.parentElement.open"):
                opener.click()
        result = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        found += [(name, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in result.response["violations"]]
    assert found == []


def test_axe_finds_nothing_in_the_open_filter_panel(open_page, pages):
    for scheme in ("light", "dark"):
        page = open_page("/?place=VESTLAND", width=PHONE, scheme=scheme)
        page.get_by_role("button", name="Filtrer").click()
        result = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]] == []


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_nothing_is_wider_than_the_window(open_page, pages, width):
    page = open_page(width=width, expected=MISSING)
    for name in visit_all(page, pages):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_targets_are_large_enough(open_page, pages):
    page = open_page(width=PHONE, expected=MISSING)
    for name in visit_all(page, pages):
        small = page.evaluate(
            """least => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
            .filter(one => !one.closest("p") && one.checkVisibility() && !one.matches(".skip, .ad-text *, .cards .card-title a"))
            .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < least || box.width < least)).map(([html]) => html)""",
            SMALLEST,
        )
        assert small == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_seen_at_every_stop(open_page, pages, scheme):
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


def test_the_first_stop_skips_to_the_content(open_page, pages):
    page = open_page("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innhold"


def test_a_title_is_never_cut(open_page, pages):
    page = open_page(pages["ad"], width=320)
    heading = page.get_by_role("heading", level=1)
    assert heading.inner_text().replace("\n", "").replace("\u00ad", "") == LONG
    assert heading.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_on_paper_the_ad_is_there_and_the_menus_are_not(open_page, pages):
    page = open_page(pages["ad"])
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible() and page.locator(".ad-text").first.is_visible()
    assert not page.locator(".top-nav").is_visible() and not page.locator(".similar").is_visible()


def test_the_engine_down_page_is_whole(open_page, ads, engine_down):
    page = open_page("/?q=lege", width=PHONE, expected=("503 (Service Unavailable)",))
    assert page.get_by_role("link", name="Prøv igjen").is_visible()
    assert page.get_by_label("Yrke, sted eller arbeidsgiver").input_value() == "lege"
    result = Axe().run(page)
    assert [one["id"] for one in result.response["violations"]] == []
