"""Market page and feeds in the browser: readable on a phone, accessible, and usable without scripts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobsearch.statistics.counting import count_market
from jobsearch.statistics.models import CountingState
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import Vacancy
from tests.browser.accessibility import find_violations, fits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor, by_width

DAY = dt.timedelta(days=1)


@pytest.fixture
def counted(ads):
    """Two years of ads with long names, counted since then."""
    now = timezone.now()
    place = (LocationData("NORGE", "FINNMARK", "PORSANGER PORSÁNGU PORSANKI"),)
    named = {"employer_name": "Spesialsykehjemsavdelingsenhetsadministrasjonen kommune", "employer_orgnr": "974760673"}
    ads(*({"published": now - n * 7 * DAY, "locations": place, **named} for n in range(0, 90, 6)), {"published": now})
    Vacancy.objects.update(first_seen=now - dt.timedelta(minutes=10))
    count_market()
    CountingState.objects.update(started=now - 800 * DAY)


@by_visitor((PHONE, False))
def test_a_visitor_chooses_a_part_of_the_market(open_page, counted, width, scripts):
    page = open_page("/marked/", width=width, scripts=scripts)
    expect(page.get_by_role("img", name="nye annonser på 52 uker")).to_be_visible()
    form = page.locator(".market-form")
    form.get_by_label("Yrke").select_option("Sykepleier")
    form.get_by_label("Sted").select_option(label="Hele Finnmark")
    form.get_by_role("button", name="Vis").click()
    expect(page.get_by_text("Sykepleier · Finnmark")).to_be_visible()
    expect(form.get_by_label("Yrke")).to_have_value("Helse og sosial/Sykepleier")
    page.get_by_text("Vis uke for uke").click()
    expect(page.locator(".market-weeks").get_by_role("row")).to_have_count(1 + 52)
    assert fits(page)
    assert find_violations(page) == []


@by_width(DESKTOP)
def test_the_whole_market_and_the_panel_are_accessible(open_page, counted, width):
    page = open_page("/marked/", width=width)
    assert find_violations(page) == []
    for size in (320, width):
        page.set_viewport_size({"width": size, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert fits(page), size
    page.goto("/jobb/sykepleier/")
    page.get_by_text("Vis uke for uke").click()
    assert fits(page)
    assert find_violations(page) == []
    page.get_by_role("link", name="Se mer om markedet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stillingsmarkedet")


def test_bars_are_seen_without_colours(open_page, counted):
    """Weeks that are not complete, and the year before, differ from the others by more than their colour."""
    CountingState.objects.update(started=timezone.now())
    page = open_page("/marked/", width=DESKTOP)
    expect(page.get_by_text("grå søyler")).to_be_visible()
    page.get_by_text("Vis uke for uke").click()
    expect(page.get_by_role("columnheader", name="Året før")).to_be_visible()
    page.emulate_media(forced_colors="active")
    assert page.evaluate("getComputedStyle(document.querySelector('svg .partial')).fill") != page.evaluate(
        "getComputedStyle(document.querySelector('svg .before')).fill"
    )


@by_visitor((DESKTOP, True))
def test_an_owner_makes_a_feed_and_deletes_it(open_page, ads, recruiter, width, scripts):
    ads({"title": "Sykepleier natt"})
    saved = recruiter.saved_searches.create(name="Pleiere", params="q=sykepleier")
    page = open_page(f"/lagrede-sok/{saved.pk}/strom/", user=recruiter, width=width, scripts=scripts)
    assert find_violations(page) == []
    page.get_by_role("button", name="Lag adresse").click()
    address = page.get_by_label("Atom").input_value().removeprefix("http://localhost:8000")
    assert fits(page)
    assert find_violations(page) == []
    assert "Sykepleier natt" in page.request.get(address).text()
    page.get_by_role("button", name="Slett adressen").click()
    expect(page.get_by_text("Adressen virker ikke lenger.")).to_be_visible()
    assert page.request.get(address).status == 404


def test_the_files_of_a_search_are_downloaded_by_their_names(open_page, ads, recruiter):
    ads({"title": "Sykepleier natt"})
    page = open_page("/?q=sykepleier", user=recruiter)
    today = timezone.localdate().isoformat()
    for label, ending in (("CSV", "csv"), ("Excel", "xlsx")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Last ned som {label}").click()
        assert download.value.suggested_filename == f"sykepleier-{today}.{ending}"
