"""End-to-end test of a job seeker's visit: phone and desktop, with and without scripts, by pointer and by keyboard only.

Every page is also checked: width and equal hit counts, and with the pointer by axe in both colour schemes.
"""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.visibility import OSLO
from tests.browser.accessibility import find_violations, fits, parse_count, read_equal_counts
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.input_devices import Keyboard, Pointer
from tests.conftest import in_days
from tests.web.support import PASSWORD

NURSES = 56
READ_BY_TEST_EVERY_PAGE = {"home", "landing page", "no hits", "login", "name of the search"}
"""Pages of the visit that axe reads on a phone in `test_pages.py` too; here it reads them with `--every-combination`."""
ENGLISH = "<p>We are looking for a nurse who would like to work with us and with all of the people that live here.</p>"
DAY = in_days(-2)


def place(name: str, county: str = "VESTLAND") -> tuple[LocationData, ...]:
    return (LocationData("NORGE", county, name, name),)


@pytest.fixture
def town(ads):
    """Many ads of a hospital in Bergen from one day, and a few others that the filters must exclude."""
    hospital = {"employer_name": "Haukeland universitetssjukehus", "employer_orgnr": "999888777", "published": DAY}
    wanted = hospital | {"application_due": "Snarest"}
    wanted["description"] = "<p>Vi søker en sykepleier som vil jobbe sammen med oss og være med på å gjøre dagene gode.</p>"
    cook = {"occupations": (OccupationData("Reiseliv og mat", "Kokk"),), "description": "<p>Du lager mat.</p>"}
    return ads(
        *(wanted | {"title": f"Sykepleier, post {number}"} for number in range(NURSES)),
        wanted | {"title": "Sykepleier på Voss", "locations": place("VOSS")},
        wanted | {"title": "Sykepleier i Oslo", "locations": place("OSLO", "OSLO")},
        wanted | {"title": "Sykepleier with English", "description": ENGLISH},
        wanted | {"title": "Sykepleier uten hast", "application_due": ""},
        wanted | {"title": "Sykepleier fra i går", "published": in_days(-1)},
        cook | {"title": "Kokk i Bergen", "employer_name": "Kroa AS"},
    )


class Visit:
    def __init__(self, page: Page, device: Pointer, width: int, scripts: bool, read_all: bool) -> None:
        self.page, self.device, self.width, self.scripts, self.read_all = page, device, width, scripts, read_all
        self.looked_at: list[str] = []

    def stop(self, name: str) -> None:
        self.looked_at.append(name)
        assert fits(self.page), name
        if isinstance(self.device, Keyboard) or (name in READ_BY_TEST_EVERY_PAGE and not self.read_all):
            return
        assert find_violations(self.page) == [], name

    def hits(self, number: int | None = None) -> int:
        treff = self.page.locator("#treff")
        if number is not None:
            expect(treff).to_have_attribute("data-total", str(number))
        return read_equal_counts(self.page)

    def search(self, words: str) -> None:
        self.device.write(self.page.locator("#q"), words)
        self.page.keyboard.press("Enter")

    def near(self, place: str) -> None:
        """Write the place beside the words; on a phone its field opens with the focus in the words."""
        if isinstance(self.device, Keyboard):
            self.device.reach(self.page.locator("#q"))
        else:
            self.page.locator("#q").click()
        self.device.write(self.page.locator("#near"), place)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("near="))

    def open_panel(self, facet: str) -> None:
        panel = self.page.locator("#filtre")
        if not panel.is_visible():
            self.device.press(self.page.get_by_role("button", name="Filtrer"))
            expect(panel).to_be_visible()
        fold = self.page.locator(".facet", has=self.page.locator("> summary", has_text=facet)).first
        if fold.get_attribute("open") is None:
            self.device.press(fold.locator("> summary"))

    def choose(self, facet: str, selector: str) -> None:
        """Choose a value of a facet; its count must equal the hits of the search with it."""
        self.open_panel(facet)
        box = self.page.locator(selector)
        promised = int(box.get_attribute("data-count"))
        self.device.check(box)
        self.renewed(promised)

    def renewed(self, number: int) -> None:
        """With scripts the hits are updated and the focus stays; without, submit the form."""
        if self.scripts:
            self.hits(number)
            self.device.check_focus()
        else:
            self.device.press(self.page.get_by_role("button", name="Vis treff"))
            self.hits(number)

    def close_panel(self) -> None:
        if self.scripts and self.width == PHONE:
            self.device.press(self.page.get_by_role("button", name=re.compile("^Vis ")))
            expect(self.page.locator("#filtre")).not_to_be_visible()
            expect(self.page.locator("#treff")).to_be_focused()

    def follow(self, link, path: str) -> None:
        self.device.press(link)
        self.page.wait_for_url(re.compile(path))


SOME_VISITS = [(PHONE, True, Pointer), (DESKTOP, False, Keyboard)]
"""(width, scripts, device), with each value."""
_ALL_VISITS = itertools.product((PHONE, DESKTOP), (True, False), (Pointer, Keyboard))
OTHER_VISITS = [visit for visit in _ALL_VISITS if visit not in SOME_VISITS]


@pytest.mark.parametrize(
    ("width", "scripts", "device"),
    [*SOME_VISITS, *(pytest.param(*visit, marks=pytest.mark.every_combination) for visit in OTHER_VISITS)],
    ids=lambda value: {True: "with scripts", False: "without scripts"}[value] if isinstance(value, bool) else None,
)
def test_seeker_searches_reads_ads_and_saves_a_search(open_page, town, recruiter, every_combination, width, scripts, device):
    page = open_page("/", width=width, scripts=scripts)
    visit = Visit(page, device(page), width, scripts, every_combination)
    find_and_choose(visit)
    put_in_order(visit)
    read_ads(visit)
    be_helped_on(visit)
    keep(visit)
    assert len(visit.looked_at) == 15
    assert set(visit.looked_at) > READ_BY_TEST_EVERY_PAGE


def find_and_choose(visit: Visit) -> None:
    page, device = visit.page, visit.device
    visit.hits(NURSES + 6)
    assert page.locator(".card-title").first.bounding_box()["y"] < 844 - 24
    visit.stop("home")
    if visit.scripts:
        device.write(page.locator("#q"), "sykepl")
        options = page.locator("#forslag [role=option]")
        expect(options.first).to_be_visible()
        promised = parse_count(options.first.locator(".suggest-count").text_content())
        if device is Pointer:
            assert find_violations(page, "#sok") == []  # what is partly covered by the list is no target now
        device.choose_suggestion(options)
        page.wait_for_url(re.compile(r"/\?"))
        visit.hits(promised)
        assert promised == NURSES + 5
    else:
        visit.search("sykepleier")
    visit.hits(NURSES + 5)
    visit.choose("Sted", "#place-vestland")
    visit.choose("Sted", "#place-vestland-bergen")
    visit.open_panel("Sted")
    visit.stop("filters")
    visit.choose("Frist", "#deadline-asap")
    visit.choose("Språk", "#language-nb")
    day = str(DAY.astimezone(OSLO).date())
    visit.open_panel("Publisert")
    device.press(page.locator("#f-published").get_by_text("Vis dag for dag"))
    promised = parse_count(page.locator("tr", has=page.locator(f"#dag-{day}")).locator("td").text_content())
    device.press(page.locator(f"#dag-{day}"))
    page.wait_for_url(re.compile(f"published={day}"))
    visit.hits(promised)
    visit.close_panel()
    visit.near("Bergen")
    visit.hits(NURSES)


def put_in_order(visit: Visit) -> None:
    page, device = visit.page, visit.device
    assert page.locator(".card-title").first.bounding_box()["y"] + page.evaluate("scrollY") < 900
    visit.stop("results with every filter")
    visit.follow(page.get_by_role("link", name=re.compile(r"^Innen \d+ km fra Bergen")).first, r"/\?(?!.*near=)")
    visit.follow(page.locator(".chip", has_text="Bokmål"), r"/\?(?!.*language=)")
    visit.hits(NURSES + 1)
    device.select(page.locator("#sort"), "deadline")
    if not visit.scripts:
        name = "Oppdater" if visit.width == PHONE else "Søk"
        device.press(page.get_by_role("button", name=name, exact=True))
    page.wait_for_url(re.compile("sort=deadline"))
    visit.hits(NURSES + 1)
    device.check_focus() if visit.scripts else None
    visit.follow(page.get_by_role("link", name="50 per side"), "size=50")
    expect(page.locator(".cards > li")).to_have_count(50)
    visit.follow(page.get_by_role("link", name="Neste"), "page=2")
    expect(page.locator(".cards > li")).to_have_count(NURSES + 1 - 50)
    visit.hits(NURSES + 1)
    visit.stop("page two")


def read_ads(visit: Visit) -> None:
    page, device = visit.page, visit.device
    link = page.locator(".card-title a").nth(4)
    title = link.text_content()
    link.scroll_into_view_if_needed()
    list_address = page.url
    device.press(link)
    page.wait_for_url(re.compile("/stilling/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    visit.stop("ad")
    page.go_back()
    page.wait_for_url(list_address)
    visit.hits(NURSES + 1)
    expect(page.get_by_role("link", name=title, exact=True)).to_be_in_viewport()
    if visit.scripts:
        expect(page.get_by_role("link", name=title, exact=True)).to_be_focused()
    device.press(page.get_by_role("link", name=title, exact=True))
    page.wait_for_url(re.compile("/stilling/"))
    address = page.url
    similar = page.locator(".similar .card-title a").first
    title = similar.text_content()
    device.press(similar)
    page.wait_for_url(lambda url: "/stilling/" in url and url != address)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    visit.follow(page.locator(".ad-where a"), "/arbeidsgiver/999888777/")
    expect(page.locator("#treff-h")).to_have_text(f"{NURSES + 5} ledige stillinger")
    visit.stop("employer")
    page.go_back()
    visit.follow(page.get_by_role("link", name="Ledige stillinger i Bergen"), "/jobb/bergen/")
    promised = parse_count(page.locator(".page-head p").first.text_content().split("stilling")[0])
    visit.stop("landing page")
    visit.follow(page.get_by_role("link", name="Søk og filtrer blant dem"), r"/\?place=")
    visit.hits(promised)


def be_helped_on(visit: Visit) -> None:
    page = visit.page
    visit.search("kokk post")
    page.wait_for_url(re.compile("q=kokk"))
    visit.hits(0)
    visit.stop("no hits")
    step = page.locator(".broader-searches a").first
    promised = parse_count(step.text_content())
    visit.follow(step, r"/\?")
    visit.hits(promised)
    visit.search("sykeplaier")
    page.wait_for_url(re.compile("q=sykeplaier"))
    visit.stop("spelled otherwise")
    visit.follow(page.locator("#treff .message a, .meant a").first, "q=sykepleier")
    assert visit.hits() >= NURSES


def keep(visit: Visit) -> None:
    page, device = visit.page, visit.device
    total = visit.hits()
    visit.follow(page.get_by_role("link", name="Varsle meg"), "/varsler/ny/")
    visit.stop("alert by mail")
    visit.follow(page.get_by_role("link", name="Logg inn og lagre søket"), "/logg-inn/")
    visit.stop("login")
    device.press(page.get_by_text("Logg inn med passord"))
    device.write(page.get_by_label("E-postadresse eller brukernavn"), "rita")
    device.write(page.get_by_label("Passord"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/lagrede-sok/lagre/"))
    visit.stop("name of the search")
    device.write(page.get_by_label("Navn på søket"), "Pleiere i Bergen")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=sykepleier"))
    visit.hits(total)
    visit.stop("results of a logged-in user")
    visit.follow(page.get_by_role("link", name="Varsler"), "/lagrede-sok/$")
    assert parse_count(page.locator("[data-total]").text_content()) == total
    visit.stop("saved searches")
    visit.follow(page.get_by_role("link", name="Pleiere i Bergen", exact=True), "q=sykepleier")
    visit.hits(total)
    device.press(page.get_by_role("button", name="English", exact=True))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#treff-h")).to_have_text(f"{total} results")
    visit.hits(total)
    visit.stop("in English")
