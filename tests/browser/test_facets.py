"""Long facets, chart and resets in the filter panel: updated in place by scripts, links without them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.visibility import OSLO
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_width
from tests.conftest import in_days

BERGEN, VOSS = (LocationData("NORGE", "VESTLAND", name, name) for name in ("BERGEN", "VOSS"))


@pytest.fixture
def some(ads):
    """45 employers: Firma 00 with three ads, Ålesund bakeri and 43 more with one each, all published on known days."""
    now = timezone.now()
    common = {"locations": (BERGEN,), "application_due": "Snarest"}
    return ads(
        *({"title": f"Kokk {n}", "employer_name": "Firma 00", "published": in_days(-2), **common} for n in range(3)),
        {"title": "Baker", "employer_name": "Ålesund bakeri AS", "locations": (VOSS,), "extent": "Deltid", "published": now},
        *({"title": f"Lege {n}", "employer_name": f"Firma {n:02}", "locations": (BERGEN,)} for n in range(1, 44)),
    )


@pytest.fixture
def scattered(ads, some):
    """Ads in so many municipalities that the list of places has a field to find one."""
    names = "ALVER ASKØY AUSTEVOLL BØMLO EIDFJORD ETNE FEDJE FITJAR GULEN KINN KVAM LUSTER LÆRDAL STORD SVEIO TYSNES".split()
    return ads(*({"title": f"Vakt {name}", "locations": (LocationData("NORGE", "VESTLAND", name, name),)} for name in names))


def unfold(page, name: str) -> None:
    if page.viewport_size["width"] == PHONE and not page.locator("#filtre").is_visible():
        page.get_by_role("button", name="Filtrer").click()
    page.locator(".facet > summary", has_text=name).click()


def total(page, number: int) -> None:
    expect(page.locator("#treff")).to_have_attribute("data-total", str(number))


@by_width(DESKTOP)
def test_typing_narrows_the_employers_and_the_list_stays_narrowed(open_page, some, width):
    page = open_page("/", width=width)
    unfold(page, "Arbeidsgiver")
    listed = page.locator("#f-employer")
    expect(listed.get_by_label("Firma 00 3")).to_be_visible()
    expect(listed.get_by_text("Ålesund bakeri AS")).to_have_count(0)
    field = page.locator("#w-employer")
    field.press_sequentially("alesu")
    box = listed.get_by_label("Ålesund bakeri AS 1")
    expect(box).to_be_visible()
    expect(listed.get_by_label("Firma 00 3")).to_have_count(0)
    expect(page.locator("#within-live")).to_have_text("1 valg med «alesu»")
    box.focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/?employer=%C3%85lesund+bakeri+AS")
    total(page, 1)
    expect(page.locator("#f-n")).to_have_text("1 valgt")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(field).to_have_value("alesu")
    assert page.locator("#filtre").is_visible()
    field.fill("firma 0")
    expect(listed.get_by_label("Firma 01 1")).to_be_visible()
    expect(box).to_be_checked()  # choices stay in the form
    listed.get_by_label("Firma 00 3").check()
    page.wait_for_url(re.compile("employer=Firma\\+00&employer=%C3%85lesund"))
    total(page, 4)
    listed.get_by_role("link", name="Nullstill Arbeidsgiver").click()
    page.wait_for_url(re.compile("/$"))
    total(page, 47)
    expect(page.locator(".facet > summary", has_text="Arbeidsgiver")).to_be_focused()
    expect(field).to_have_value("firma 0")
    expect(listed.locator("input:checked")).to_have_count(0)


def test_open_long_facet_updates_counts_after_other_choices(open_page, some):
    page = open_page("/")
    unfold(page, "Arbeidsgiver")
    expect(page.get_by_label("Firma 00 3")).to_be_visible()
    unfold(page, "Omfang")
    page.get_by_label(re.compile("^Deltid")).check()
    page.wait_for_url("**/?extent=Deltid")
    expect(page.locator("#f-employer").get_by_label("Ålesund bakeri AS 1")).to_be_visible()
    expect(page.locator("#f-employer").get_by_label("Firma 00 3")).to_have_count(0)


def test_back_button_restores_a_chosen_employer(open_page, some):
    page = open_page("/?employer=Firma+07")
    total(page, 1)
    box = page.locator("#f-employer").get_by_label("Firma 07 1")
    expect(box).to_be_checked()
    expect(page.locator("#f-employer").get_by_label("Firma 00 3")).to_be_visible()
    box.uncheck()
    page.wait_for_url(re.compile("/$"))
    total(page, 47)
    page.go_back()
    total(page, 1)
    expect(box).to_be_checked()


def test_typing_finds_a_municipality(open_page, scattered):
    page = open_page("/")
    page.locator("#w-place").press_sequentially("vos")
    page.locator("#f-place").get_by_label("Voss 1").check()
    page.wait_for_url("**/?place=VESTLAND%2FVOSS")
    total(page, 1)
    expect(page.locator("#w-place")).to_have_value("vos")


def test_typing_in_a_list_does_not_request_results(open_page, scattered):
    page = open_page("/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#w-place").press_sequentially("berg")
    expect(page.locator("#f-place").get_by_label("Bergen 46")).to_be_visible()
    page.keyboard.press("Tab")  # leaving the field fires a change event
    page.locator("#f-place").get_by_label("Bergen 46").check()
    page.wait_for_url("**/?place=VESTLAND%2FBERGEN")
    results = [url for url in asked if urlsplit(url).path == "/"]
    assert results
    assert [url for url in results if "place=VESTLAND" not in url] == []


def test_choice_during_a_pending_request_is_kept(open_page, some):
    """The first response does not contain the second choice, and would uncheck its box."""
    page = open_page("/")
    unfold(page, "Omfang")
    held = []
    page.route("**/?*place=VESTLAND*", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/?*place=VESTLAND*"):
        page.locator("#place-vestland").check()
    page.locator("#extent-deltid").check()
    held[0].continue_()
    page.wait_for_url("**/?place=VESTLAND&extent=Deltid")
    total(page, 1)
    expect(page.locator("#extent-deltid")).to_be_checked()
    expect(page.locator("#place-vestland")).to_be_checked()


@pytest.mark.parametrize("press", ["pointer", "keyboard"])
def test_response_between_press_and_release_does_not_prevent_the_click(open_page, some, press):
    """The response replaces the list: the release would hit another element than the press, and nothing would be chosen."""
    page = open_page("/")
    unfold(page, "Arbeidsgiver")
    with page.expect_response(re.compile("/filter/employer/.*within=firma")):  # sent a quarter of a second after the last letter
        page.locator("#w-employer").fill("firma 0")
    listed = page.locator("#f-employer")
    expect(listed.get_by_label("Firma 01 1")).to_be_visible()
    held = []
    renewal = re.compile("/filter/employer/.*employer=Firma(%20|\\+)00")
    page.route(renewal, lambda route: held.append(route), times=1)
    with page.expect_request(renewal):
        listed.get_by_label("Firma 00 3").check()
    other = listed.get_by_label("Firma 01 1")
    if press == "pointer":
        other.hover()
        page.mouse.down()
    else:
        other.focus()
        page.keyboard.down("Space")
    with page.expect_response(renewal) as answer:
        held[0].continue_()
    answer.value.finished()
    page.evaluate("() => new Promise(done => setTimeout(done, 200))")  # the list would be replaced by now
    if press == "pointer":
        page.mouse.up()
    else:
        page.keyboard.up("Space")
    page.wait_for_url("**/?employer=Firma+00&employer=Firma+01")
    total(page, 4)
    expect(listed.locator("input:checked")).to_have_count(2)


def test_response_held_until_the_release_is_shown_afterwards(open_page, some):
    page = open_page("/")
    unfold(page, "Arbeidsgiver")
    listed = page.locator("#f-employer")
    expect(listed.get_by_label("Firma 00 3")).to_be_visible()
    page.locator("#f-place label").first.hover()
    page.mouse.down()
    with page.expect_response(re.compile("/filter/employer/.*within=alesu")) as answer:
        page.locator("#w-employer").evaluate(
            "field => { field.value = 'alesu'; field.dispatchEvent(new Event('input', { bubbles: true })) }"
        )
    answer.value.finished()
    expect(listed.get_by_label("Ålesund bakeri AS 1")).to_have_count(0)
    page.mouse.move(0, 0)  # let go elsewhere: nothing is pressed
    page.mouse.up()
    expect(listed.get_by_label("Ålesund bakeri AS 1")).to_be_visible()
    expect(listed.get_by_label("Firma 00 3")).to_have_count(0)
    assert urlsplit(page.url).query == ""


def test_a_county_and_its_municipalities_exclude_each_other(open_page, some):
    page = open_page("/?place=VESTLAND")
    county, part = page.locator("#place-vestland"), page.locator("#place-vestland-voss")
    part.check()
    expect(county).not_to_be_checked()
    page.wait_for_url("**/?place=VESTLAND%2FVOSS")
    total(page, 1)
    page.get_by_role("link", name="Hele Vestland").click()
    page.wait_for_url("**/?place=VESTLAND")
    expect(county).to_be_checked()
    expect(county).to_be_focused()
    expect(part).not_to_be_checked()
    part.check()
    page.wait_for_url("**/?place=VESTLAND%2FVOSS")
    county.check()
    expect(part).not_to_be_checked()
    page.wait_for_url("**/?place=VESTLAND")


def test_municipality_replaces_its_county_without_scripts(open_page, some):
    page = open_page("/?place=VESTLAND", scripts=False)
    page.locator("#place-vestland-voss").check()
    page.get_by_role("button", name="Vis treff").click()
    page.wait_for_url("**/?place=VESTLAND%2FVOSS")
    total(page, 1)
    expect(page.locator("#place-vestland")).not_to_be_checked()
    page.get_by_role("link", name="Hele Vestland").click()
    page.wait_for_url("**/?place=VESTLAND")
    total(page, 47)


@by_width(PHONE)
def test_day_of_the_chart_filters_and_a_second_press_resets_it(open_page, some, width):
    day = str(timezone.localtime(in_days(-2)).date())
    page = open_page("/", width=width)
    unfold(page, "Publisert")
    bar = page.locator(f"svg a[data-day='{day}']")
    bar.click()
    page.wait_for_url(f"**/?published={day}")
    total(page, 3)
    assert page.locator("#filtre").is_visible()
    expect(bar).to_have_class("chosen")
    expect(page.locator(f"#f-published input[value='{day}']")).to_be_checked()
    bar.click()
    page.wait_for_url(re.compile("/$"))
    total(page, 47)


def test_table_of_the_chart_filters_by_keyboard_and_stays_open(open_page, some):
    today = timezone.now().astimezone(OSLO).date()
    page = open_page("/")
    unfold(page, "Publisert")
    assert page.locator("svg a[data-day]").count() == 14
    assert all(bar.get_attribute("tabindex") == "-1" for bar in page.locator("svg a[data-day]").all())
    page.get_by_text("Vis dag for dag").click()
    link = page.locator(f"#dag-{today}")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/?published={today}")
    total(page, 1)
    expect(link).to_be_visible()
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-current", "true")


@by_width(PHONE)
def test_day_employer_and_reset_are_links_without_scripts(open_page, some, width):
    day = str(timezone.localtime(in_days(-2)).date())
    page = open_page("/", width=width, scripts=False)
    unfold(page, "Arbeidsgiver")
    expect(page.locator("#w-employer")).not_to_be_visible()
    page.get_by_role("link", name="Velg i listen").click()
    page.get_by_label("En del av navnet").fill("firma 00")
    page.get_by_role("button", name="Finn").click()
    page.get_by_role("link", name="Firma 00").click()
    page.wait_for_url("**/?employer=Firma+00")
    total(page, 3)
    unfold(page, "Publisert")
    page.get_by_text("Vis dag for dag").click()
    page.locator(f"#dag-{day}").click()
    page.wait_for_url(f"**/?employer=Firma+00&published={day}")
    total(page, 3)
    if width == PHONE:
        page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("link", name="Nullstill Publisert").click()
    page.wait_for_url("**/?employer=Firma+00")


def test_page_size_can_be_chosen(open_page, some):
    page = open_page("/")
    expect(page.locator(".cards > li")).to_have_count(25)
    page.get_by_role("link", name="50 per side").click()
    page.wait_for_url("**/?size=50")
    expect(page.locator(".cards > li")).to_have_count(47)
    unfold(page, "Omfang")
    page.get_by_label(re.compile("^Heltid")).check()
    page.wait_for_url("**/?extent=Heltid&size=50")
    expect(page.locator(".cards > li")).to_have_count(46)


def test_deadline_is_a_single_choice_and_updates_other_counts(open_page, some):
    page = open_page("/")
    unfold(page, "Frist")
    page.get_by_label("Snarest 3").check()
    page.wait_for_url("**/?deadline=asap")
    total(page, 3)
    expect(page.locator("#extent-heltid")).to_have_attribute("data-count", "3")
    page.get_by_role("link", name="Nullstill Frist").click()
    page.wait_for_url(re.compile("/$"))
    expect(page.locator("#deadline-")).to_be_checked()
    expect(page.locator("details", has=page.locator("#f-deadline")).first).to_have_attribute("open", "")


def test_all_open_facets_fit_the_screen(open_page, some):
    page = open_page("/?employer=Firma+00&deadline=asap", width=PHONE)
    opener, panel = page.get_by_role("button", name="Filtrer"), page.locator(".panel-body")
    for width in (320, PHONE, 768, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        if not panel.is_visible():
            opener.click()
        for summary in page.locator("#filtre summary").all():
            if summary.is_visible() and summary.evaluate("one => !one.parentElement.open"):
                summary.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert panel.evaluate("one => one.scrollWidth <= one.clientWidth"), width
        lefts = page.locator(".facet").evaluate_all(
            """all => [...new Set(all.filter(one => one.checkVisibility())
            .map(one => Math.round(one.getBoundingClientRect().left)))]"""
        )
        assert len(lefts) == (2 if width == 768 else 1), width
