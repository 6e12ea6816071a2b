"""Bookmarks with an account: moved from the browser at login, the board, hidden ads; with and without scripts, at both widths."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from jobsearch.saved.models import Bookmark, HiddenItem
from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.models import Vacancy
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE, wait_for
from tests.browser.pages import log_in
from tests.browser.test_bookmarks import find_button, read_stored
from tests.browser.visitors import by_width
from tests.conftest import in_days


@pytest.fixture
def listed(ads, recruiter) -> list:
    """Four ads, the newest first: "Kokk 0" and "Kokk 1" of one employer, "Kokk 2" and "Kokk 3" of another."""
    contact = ContactData("Anne Prøvesen", "anne@kro.example", "22 33 44 55")
    return ads(
        *(
            {
                "title": f"Kokk {number}",
                "published": in_days(-number),
                "employer_name": ("Havgløtt Kro", "Fjordhotellet")[number // 2],
                "employer_orgnr": ("999888777", "999888666")[number // 2],
                "application_due": "2090-11-27",
                "contacts": (contact,),
            }
            for number in range(4)
        )
    )


def list_saved() -> list:
    return list(Bookmark.objects.order_by("-created", "-pk").values_list("vacancy_uuid", flat=True))


def get_column(page: Page, state: str) -> Locator:
    return page.locator(f"[data-state={state}]")


@by_width(PHONE)
def test_what_the_browser_has_kept_moves_into_the_account_once(open_page, listed, width):
    page = open_page("/?q=kokk", width=width)
    for title in ("Kokk 2", "Kokk 0"):
        find_button(page, title).click()
    assert page.evaluate("localStorage.getItem('searches')")
    log_in(page)
    wait_for(page, lambda: not read_stored(page) and not page.evaluate("localStorage.getItem('searches')"))
    assert list_saved() == [listed[0], listed[2]]
    page.goto("/lagret/")
    expect(get_column(page, "interested").locator("h3")).to_have_text(["Kokk 0", "Kokk 2"])
    expect(page.locator("[data-bookmarks]:visible")).to_have_text("2")
    assert not find_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/")
    for title, pressed in (("Kokk 0", "true"), ("Kokk 1", "false")):
        expect(find_button(page, title)).to_have_attribute("aria-pressed", pressed)
    page.locator("#q").click()
    expect(page.locator("#siste .suggest-option")).to_have_text(["kokk"])


def test_the_browser_forgets_nothing_before_the_answer(open_page, listed):
    page = open_page("/", expected=("500", "Failed to load"))
    find_button(page, "Kokk 0").click()
    page.route("**/lagret/flytt/", lambda route: route.fulfill(status=500))
    log_in(page)
    page.wait_for_load_state("networkidle")
    assert read_stored(page) == [str(listed[0])] and list_saved() == []
    page.unroute("**/lagret/flytt/")
    page.goto("/lagret/")  # loaded again when the ads are moved
    expect(get_column(page, "interested").locator("h3")).to_have_text(["Kokk 0"])
    assert read_stored(page) == []


def test_a_full_account_leaves_the_rest_in_the_browser(open_page, listed, monkeypatch):
    monkeypatch.setattr("jobsearch.saved.bookmarks.bookmarks.MAX_BOOKMARKS", 1)
    page = open_page("/", expected=("409",))
    for title in ("Kokk 2", "Kokk 0"):
        find_button(page, title).click()
    log_in(page)
    expect(page.locator(".toast")).to_contain_text("fjern noen du ikke trenger")
    assert read_stored(page) == [str(listed[2])] and list_saved() == [listed[0]]
    page.goto("/")
    find_button(page, "Kokk 1").click()
    expect(page.locator(".toast")).to_contain_text("Stillingen ble ikke lagret")
    expect(find_button(page, "Kokk 1")).to_have_attribute("aria-pressed", "false")


@by_width(DESKTOP)
def test_an_ad_is_saved_moved_and_removed_with_an_account(open_page, listed, recruiter, width):
    page = open_page("/", user=recruiter, width=width)
    find_button(page, "Kokk 1").click()
    expect(page.locator("[data-bookmarks]:visible")).to_have_text("1")
    assert list_saved() == [listed[1]] and not page.evaluate("localStorage.getItem('bookmarks')")
    page.goto("/lagret/")
    entry = page.locator(f"#ad-{listed[1]}")
    entry.get_by_label("Hvor langt er du kommet?").select_option("applied")
    entry.get_by_role("button", name="Flytt").click()
    expect(get_column(page, "applied").locator("h3")).to_have_text("Kokk 1")
    entry.get_by_text("Notat", exact=True).first.click()
    entry.get_by_role("textbox", name="Notat").fill("Ring mandag")
    entry.get_by_role("button", name="Lagre notatet").click()
    expect(page.get_by_role("status").filter(has_text="Notatet er lagret")).to_be_visible()
    assert not find_violations(page)
    expect(entry.get_by_role("textbox", name="Notat")).to_have_value("Ring mandag")
    page.goto("/")
    find_button(page, "Kokk 1").click()
    page.locator(".toast").get_by_role("button", name="Angre").click()
    expect(find_button(page, "Kokk 1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-bookmarks]:visible")).to_have_text("1")  # the server has answered
    page.goto("/lagret/")
    page.locator(f"#ad-{listed[1]}").get_by_role("button", name="Fjern").click()
    expect(page.get_by_text("ikke lagret noen stillinger ennå")).to_be_visible()


def test_a_bookmark_is_saved_although_another_page_is_opened_at_once(open_page, listed):
    page = open_page("/")
    log_in(page)
    page.goto("/")
    slow = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": 2000}  # ms, bytes a second
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.evaluate(f"""() => {{
        document.querySelector('[data-save="{listed[1]}"]').click();
        location.assign("about:blank");
    }}""")
    page.wait_for_url("about:blank")
    wait_for(page, lambda: list_saved() == [listed[1]])


def test_an_ad_is_dragged_to_another_state(open_page, listed, recruiter):
    Bookmark.objects.create(owner=recruiter, vacancy_uuid=listed[0])
    page = open_page("/lagret/", user=recruiter, expected=("500",))
    entry = page.locator(f"#ad-{listed[0]}")
    entry.locator("h3").drag_to(get_column(page, "offer").locator("h2"))
    expect(get_column(page, "offer").locator("h3")).to_have_text("Kokk 0")
    expect(page.locator("#tavle-n")).to_have_text("Flyttet til Tilbud")
    expect(get_column(page, "offer").locator("[data-count]")).to_have_text("1")
    wait_for(page, lambda: Bookmark.objects.get().state == "offer")
    page.route("**/lagret/oppdater/", lambda route: route.fulfill(status=500))
    entry.locator("h3").drag_to(get_column(page, "applied").locator("h2"))
    expect(page.locator("#tavle-n")).to_have_text("Vi får ikke svar. Stillingen er ikke flyttet.")
    expect(get_column(page, "offer").locator("h3")).to_have_text("Kokk 0")
    assert Bookmark.objects.get().state == "offer"


def test_a_bookmarked_ad_that_stops_has_no_contact(open_page, listed, recruiter):
    Bookmark.objects.create(owner=recruiter, vacancy_uuid=listed[0], note="Spør om turnus")
    page = open_page("/lagret/", user=recruiter)
    expect(page.locator(f"#ad-{listed[0]}")).to_contain_text("Havgløtt Kro")
    with transaction.atomic():
        store.close_vacancies([listed[0]], Vacancy.Closed.FEED)
    indexing.index_changes()
    page.reload()
    entry = page.locator(f"#ad-{listed[0]}")
    expect(entry).to_contain_text("Ikke lenger ledig")
    expect(entry.get_by_role("textbox", name="Notat")).to_have_value("Spør om turnus")
    for text in ("Havgløtt", "Anne", "22 33 44 55", "anne@kro.example"):
        expect(entry).not_to_contain_text(text)
    entry.get_by_role("link", name="Kokk 0").click()
    expect(page.get_by_text("Annonsen er ikke lenger aktiv").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("22 33 44 55")


def hide_button(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"Skjul: {title}", exact=True)


def expect_hits(page: Page, *titles: str) -> None:
    expect(page.locator("#treff .card-title")).to_have_text(list(titles))
    expect(page.locator("#treff")).to_have_attribute("data-total", str(len(titles)))
    expect(page.locator("#treff-h")).to_have_text(f"{len(titles)} treff")


@by_width(PHONE)
def test_a_hidden_ad_is_gone_from_every_count_and_comes_back(open_page, listed, recruiter, width):
    page = open_page("/?q=kokk", user=recruiter, width=width)
    expect_hits(page, "Kokk 0", "Kokk 1", "Kokk 2", "Kokk 3")
    assert not find_violations(page)
    hide_button(page, "Kokk 0").click()
    expect_hits(page, "Kokk 1", "Kokk 2", "Kokk 3")
    assert page.url.endswith("/?q=kokk")
    message = page.locator("#beskjeder .floating")
    expect(message).to_contain_text("Annonsen er skjult i treffene dine.")
    expect(page.locator("#f-sector input[data-count='3'], #f-extent input[data-count='3']").first).to_be_attached()
    assert page.locator("#filtre input[data-count='4']").count() == 0
    assert not find_violations(page)
    message.get_by_role("button", name="Skjul arbeidsgiveren").click()
    expect_hits(page, "Kokk 2", "Kokk 3")
    expect(message).to_contain_text("Arbeidsgiveren er skjult")
    message.get_by_role("button", name="Angre").click()
    expect_hits(page, "Kokk 1", "Kokk 2", "Kokk 3")
    page.goto("/lagret/skjulte/")
    assert not find_violations(page)
    page.get_by_role("button", name="Vis igjen Kokk 0").click()
    expect(page.get_by_text("Du har ikke skjult noe.")).to_be_visible()
    page.goto("/?q=kokk")
    expect_hits(page, "Kokk 0", "Kokk 1", "Kokk 2", "Kokk 3")


@by_width(DESKTOP)
def test_the_page_stays_where_it_is_when_an_ad_further_down_is_hidden(open_page, ads, recruiter, width):
    ads(*({"title": f"Kokk {number}", "employer_name": f"Kro {number}"} for number in range(25)))
    page = open_page("/?q=kokk", user=recruiter, width=width)
    button = page.locator("#treff .hide-ad").nth(10)
    button.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 300)")
    before = page.evaluate("scrollY")
    assert before > 300
    button.click()
    expect(page.locator("#beskjeder .floating")).to_be_visible()
    assert abs(page.evaluate("scrollY") - before) < 150, "at most the height of a row"


@by_width(PHONE)
def test_saving_and_hiding_work_without_scripts(open_page, listed, recruiter, width):
    page = open_page("/?q=kokk", user=recruiter, width=width, scripts=False)
    find_button(page, "Kokk 1").click()
    expect(page.get_by_role("status").filter(has_text="Stillingen er lagret")).to_be_visible()
    assert page.url.endswith("/?q=kokk") and list_saved() == [listed[1]]
    expect(find_button(page, "Kokk 1")).to_have_attribute("aria-pressed", "true")
    hide_button(page, "Kokk 0").click()
    expect_hits(page, "Kokk 1", "Kokk 2", "Kokk 3")
    page.locator("#beskjeder").get_by_role("button", name="Angre").click()
    expect_hits(page, "Kokk 0", "Kokk 1", "Kokk 2", "Kokk 3")
    find_button(page, "Kokk 1").click()
    wait_for(page, lambda: list_saved() == [])
    page.goto(f"/stilling/{listed[2]}/")
    page.get_by_role("button", name="Lagre", exact=True).first.click()
    wait_for(page, lambda: list_saved() == [listed[2]])
    page.get_by_role("button", name="Skjul arbeidsgiveren").click()
    wait_for(page, HiddenItem.objects.exists)
    assert HiddenItem.objects.get().value == "999888666"
    page.goto("/?q=kokk")
    expect_hits(page, "Kokk 0", "Kokk 1")


def test_hidden_ads_stay_visible_to_others_in_the_same_browser(open_page, listed, recruiter):
    get_user_model().objects.create_user("ola", password="et annet langt passord")
    page = open_page("/?q=kokk", user=recruiter)
    hide_button(page, "Kokk 0").click()
    expect_hits(page, "Kokk 1", "Kokk 2", "Kokk 3")
    page.get_by_role("button", name="Logg ut").click()
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()
    page.goto("/?q=kokk")
    expect_hits(page, "Kokk 0", "Kokk 1", "Kokk 2", "Kokk 3")
    assert json.loads(page.evaluate("JSON.stringify(Object.keys(localStorage))")) in ([], ["searches"])


def test_an_ad_opened_beside_the_list_is_saved_and_hidden(open_page, listed, recruiter):
    page = open_page("/?q=kokk", user=recruiter, width=1600)
    page.get_by_role("link", name="Kokk 1").click()
    pane = page.locator("#annonse")
    pane.get_by_role("button", name="Lagre", exact=True).first.click()
    expect(find_button(page, "Kokk 1")).to_have_attribute("aria-pressed", "true")
    pane.get_by_role("button", name="Skjul annonsen").click()
    expect_hits(page, "Kokk 0", "Kokk 2", "Kokk 3")
