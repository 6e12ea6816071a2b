"""The admin in a browser: the overview of a healthy and of each sick site, the menu, the lists. Axe, widths, without scripts.

The pictures of docs/screenshots/admin are made by `-o python_functions='draw_*'`.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tests.admin_dashboard.conftest import feed, retry_pages_at_once  # noqa: F401 - fixtures
from tests.admin_dashboard.site_faults import SITE_FAULTS, Site, close_incidents, make_healthy
from tests.browser.accessibility import find_violations, fits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.screenshots import small
from tests.browser.visitors import by_width

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots" / "admin"
OTHERS = ["/admin/siste-30-dager/", "/admin/besokendes-sok/", "/admin/start/rebuild/"]
ADS = "vacancies/vacancy"
LISTS = [
    *("ingest/run", "ingest/detailtask", "ingest/feedstate", ADS, "vacancies/moderation"),
    *("vacancies/tombstone", "search/setaside", "saved/alertmail", "auth/user", "django_celery_beat/periodictask"),
]


@pytest.fixture
def empty_site(own_index, feed, settings, monkeypatch, transactional_db) -> Site:  # noqa: F811 - a fixture
    return Site(feed, settings, monkeypatch)


@pytest.fixture
def site(empty_site) -> Site:
    """A site with 48 ads, a month of samples and 200 jobs."""
    make_healthy(empty_site)
    close_incidents()
    return empty_site


@pytest.fixture
def young_site(empty_site) -> Site:
    """A site with three ads and no samples: all that a card of a problem needs, in a fourth of the time."""
    make_healthy(empty_site, samples=False)
    close_incidents()
    return empty_site


@pytest.fixture
def open_admin(open_page):
    """Open a page of the admin, logged in."""
    user = User.objects.create_superuser("kari", password="x")
    return lambda address="/admin/", **options: open_page(address, user=user, **options)


@by_width(DESKTOP)
def test_a_healthy_site(site, open_admin, width):
    page = open_admin(width=width)
    expect(page.get_by_role("heading", name="Alt i orden.")).to_be_visible()
    assert page.locator(".problem").count() == 0
    expect(page.locator(".timeline")).to_contain_text("runder uten feil siden")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    assert find_violations(page) == []
    assert fits(page)


@by_width(PHONE)
def test_the_menu_leads_everywhere(site, open_admin, width):
    page = open_admin(width=width)
    menu = page.get_by_role("navigation", name="Meny")

    def open_menu():
        if width == PHONE:
            page.get_by_role("button", name="Meny").click()

    for label in ("Annonser", "Strøm og kø", "Søk", "Brukere"):
        open_menu()
        menu.get_by_role("link", name=label, exact=True).first.click()
        expect(page.locator("#menu [aria-current]").first).to_have_text(label)
    open_menu()
    menu.get_by_text("Avansert").click()
    assert menu.get_by_role("link").count() > 6
    assert fits(page)


def test_other_pages_have_no_violations(site, open_admin):
    page = open_admin(width=PHONE)
    found = {}
    for address in OTHERS:
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        found[address] = (find_violations(page), fits(page))
    assert found == {address: ([], True) for address in OTHERS}


FRAME_IS_WIDE_ENOUGH = "all => all.every(one => one.scrollWidth <= one.clientWidth)"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_lists_have_no_violations_fit_their_frame_and_name_each_value_on_a_phone(
    site, open_admin, make_vacancy, width, every_combination
):
    """Every second list is loaded on a phone, the others in a wide window, each once for all checks."""
    SITE_FAULTS[4].make(site)  # a quarantine with more than one page
    make_vacancy(
        title="Sykepleier ved en avdeling med et langt navn", employer_name="Helse-og-omsorgstjenesteforvaltningsselskapet AS"
    )
    page = open_admin(width=width)
    chosen = LISTS if every_combination else LISTS[[PHONE, DESKTOP].index(width) :: 2]
    found, labels = {}, {}
    for name in chosen:
        page.goto(f"/admin/{name}/")
        found[name, "axe"] = find_violations(page)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size({"width": size, "height": 844})
            in_frame = page.locator("#changelist .results").evaluate_all(FRAME_IS_WIDE_ENOUGH)
            found[name, size] = [] if fits(page) and in_frame else ["too wide"]
            if name == ADS:
                values = page.locator("#result_list tbody tr").first.locator("td:not(.action-checkbox)")
                labels[size] = values.evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")
        page.set_viewport_size({"width": width, "height": 844})
    assert found == {what: [] for what in itertools.product(chosen, ("axe", DESKTOP, PHONE))}
    named = ['"Arbeidsgiver og sted"', '"Vises"', '"Publisert"', '"Siste dag"', '"Endret"']
    assert labels == ({PHONE: named, DESKTOP: ["none"] * 5} if ADS in chosen else {})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_menu_and_filters_are_closed_on_a_phone(site, open_admin, scripts):
    """Open, they took the whole first screen of a list."""
    page = open_admin("/admin/vacancies/vacancy/", width=PHONE, scripts=scripts)
    assert page.locator("#result_list").bounding_box()["y"] < 510
    for name in ("Meny", "Filtre"):
        part = page.get_by_role("navigation", name=name)
        expect(part).to_have_count(0)
        page.get_by_role("button", name=name).click()
        expect(part).to_be_visible()
        if scripts:
            assert find_violations(page) == []
        page.keyboard.press("Escape")
        expect(part).to_have_count(0)
    page.get_by_role("button", name="Filtre").click()
    page.get_by_text("Vises nå").click()
    page.get_by_role("link", name="Aktiv", exact=True).click()
    expect(page.get_by_role("link", name="Fjern filtrene")).to_be_visible()


def test_search_and_pages_of_a_list(site, open_admin):
    page = open_admin("/admin/ingest/run/?p=2")
    sizes = page.locator(".paginator a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert sizes and all(width >= 24 and height >= 24 for width, height in sizes)
    page.goto("/admin/vacancies/vacancy/")
    page.get_by_label("Søk", exact=True).fill("finnes ikke")
    page.get_by_label("Søk", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("0 stillinger")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_problem_is_cured_by_its_button(young_site, open_admin, scripts):
    SITE_FAULTS[3].make(young_site)  # the feed answers with 500, and then no longer
    page = open_admin(scripts=scripts)
    card = page.locator("#problem-feed-failing")
    expect(card).to_contain_text("500")
    card.get_by_role("button", name="Les strømmen nå").click()
    expect(page.locator("main")).to_contain_text("Ferdig")  # the page of the job
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Alt i orden.")).to_be_visible()


def test_a_command_can_be_copied(young_site, open_admin):
    SITE_FAULTS[5].make(young_site)
    page = open_admin()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopier").first.click()
    expect(page.get_by_role("button", name="Kopiert")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "systemctl restart utlyst-worker.service"


@pytest.mark.parametrize("fault", SITE_FAULTS, ids=lambda one: one.name)
def test_each_fault_is_a_card(young_site, open_admin, fault):
    fault.make(young_site)
    page = open_admin(width=PHONE)
    expect(page.locator(f"#problem-{fault.code}")).to_be_visible()
    assert find_violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("fault", [None, *SITE_FAULTS], ids=lambda one: one.name if one else "healthy")
def draw_screenshot(site, open_admin, browser, fault):
    FOLDER.mkdir(exist_ok=True)
    if fault:
        fault.make(site)
    drawing = browser.new_page()
    for width in (PHONE, DESKTOP):
        page = open_admin(width=width)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            name = fault.name if fault else "healthy"
            (FOLDER / f"{name}-{width}-{scheme}.png").write_bytes(small(drawing, page.screenshot()))
    drawing.close()
