"""Saved searches: saved once, opened with the new ads first, updated, ordered, and shared until the link is withdrawn."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor, by_width

LIST = "/lagrede-sok/"


@pytest.fixture
def cooks(ads) -> list:
    """Four ads of cooks, three days old, of which the last was first seen an hour ago."""
    now = timezone.now()
    made = ads(
        *({"title": f"Kokk {n}", "description": f"<p>{n}</p>", "published": now - dt.timedelta(days=3 + n)} for n in range(4))
    )
    Vacancy.objects.update(first_seen=now - dt.timedelta(days=3), version=9)
    Vacancy.objects.filter(pk=made[3]).update(first_seen=now - dt.timedelta(hours=1))
    indexing.index_changes()
    return made


def list_names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".saved-search h2 a").all_text_contents()]


def open_choices(page: Page, name: str) -> None:
    page.get_by_text(f"Mer om {name}", exact=True).click()


@by_width(PHONE)
def test_the_header_shows_that_a_search_has_new_ads_until_they_are_seen(open_page, recruiter, cooks, width):
    hours_ago = timezone.now() - dt.timedelta(hours=5)
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=hours_ago)
    page = open_page("/om/", user=recruiter, width=width)
    mark = page.locator(".news-mark").locator("visible=true")
    expect(mark).to_be_visible()
    link = page.locator("nav:visible").get_by_role("link", name="Varsler (1 lagret søk har nye stillinger)")
    expect(link).to_be_visible()
    assert "favicon-news" in page.locator("link[rel=icon]").get_attribute("href")
    assert find_violations(page) == []
    page.goto(f"/lagrede-sok/{saved.pk}/")
    expect(page.locator("h3.part").first).to_contain_text("1 ny siden")
    with page.expect_response("**/nye.json"):
        page.goto("/om/")
    expect(page.locator(".news-mark").first).to_be_hidden()
    assert "favicon-news" not in page.locator("link[rel=icon]").get_attribute("href")


@by_visitor((PHONE, False), (DESKTOP, True))
def test_search_is_saved_opened_with_the_new_ads_first_and_updated(open_page, recruiter, cooks, width, scripts):
    page = open_page("/?q=kokk", user=recruiter, width=width, scripts=scripts)
    page.locator("summary", has_text="Lagre søket").click()
    page.get_by_label("Navn på søket").fill("Kokker")
    page.locator("details.save").get_by_role("button", name="Lagre").click()
    expect(page.locator(".results-head")).to_contain_text("✓ Lagret")
    recruiter.saved_searches.update(last_looked=timezone.now() - dt.timedelta(hours=5))

    page.goto(LIST)
    expect(page.locator("[data-new]")).to_have_text("1 ny siden sist")
    assert not scripts or find_violations(page) == []
    page.get_by_role("link", name="Kokker", exact=True).click()
    expect(page.locator("h3.part").first).to_contain_text(re.compile(r"1 ny siden i (dag|går) kl\."))
    assert page.locator(".cards h4 a").all_text_contents() == ["Kokk 3", "Kokk 0", "Kokk 1", "Kokk 2"]
    expect(page.locator(".results-head")).to_contain_text("✓ Lagret")

    page.locator("#sort").select_option("deadline")
    if not scripts:
        page.get_by_role("button", name="Oppdater" if width == PHONE else "Søk", exact=True).click()
    page.get_by_role("button", name="Oppdater søket").click()
    expect(page.get_by_role("status").filter(has_text="oppdatert")).to_have_text("Søket «Kokker» er oppdatert.")
    expect(page.locator(".results-head")).to_contain_text("✓ Lagret")
    assert recruiter.saved_searches.get().params == "q=kokk&sort=deadline"
    page.goto(LIST)
    expect(page.locator("[data-new]")).to_have_text("ingen nye siden sist")


@by_visitor((PHONE, True), (DESKTOP, False))
def test_search_is_shared_until_the_link_is_withdrawn(open_page, recruiter, cooks, width, scripts):
    recruiter.saved_searches.create(name="Kokker", params="q=kokk", note="Hemmelig")
    page = open_page(LIST, user=recruiter, width=width, scripts=scripts)
    open_choices(page, "Kokker")
    page.get_by_role("link", name="Del", exact=True).click()
    page.get_by_role("button", name="Lag en lenke").click()
    link = page.get_by_label("Lenken til søket").input_value()
    assert not scripts or find_violations(page) == []

    path = link[link.index("/delt/") :]
    visitor = open_page(path, width=width, scripts=scripts, expected=("404 (Not Found)",))
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Kokker")
    expect(visitor.locator("[data-total]")).to_have_attribute("data-total", "4")
    assert "Hemmelig" not in visitor.content() and "rita" not in visitor.content()
    assert not scripts or find_violations(visitor) == []

    page.get_by_role("button", name="Trekk tilbake lenken").click()
    expect(page.get_by_role("button", name="Lag en lenke")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Lenken er trukket tilbake")


@by_visitor((PHONE, False), (DESKTOP, True))
def test_searches_are_moved_by_buttons(open_page, recruiter, cooks, width, scripts):
    for name in ("A", "B", "C"):
        recruiter.saved_searches.create(name=name, params=f"q=kokk+{name}")
    page = open_page(LIST, user=recruiter, width=width, scripts=scripts)
    assert list_names(page) == ["A", "B", "C"]
    open_choices(page, "C")
    page.get_by_role("button", name="Flytt opp").locator("visible=true").click()
    expect(page.locator(".saved-search h2 a").nth(1)).to_have_text("C")
    open_choices(page, "B")
    page.get_by_role("button", name="Fest øverst").locator("visible=true").click()
    expect(page.locator(".saved-search h2 a").first).to_have_text("B")
    assert list_names(page) == ["B", "A", "C"]


def test_searches_are_moved_by_dragging(open_page, recruiter, cooks):
    for name in ("A", "B", "C"):
        recruiter.saved_searches.create(name=name, params=f"q=kokk+{name}")
    page = open_page(LIST, user=recruiter)
    rows = page.locator(".saved-search")
    with page.expect_navigation():
        rows.nth(2).locator(".saved-counts").drag_to(rows.nth(0).locator(".saved-counts"))
    assert list_names(page) == ["C", "A", "B"]


def test_open_choices_close_by_escape_and_by_pressing_beside_them(open_page, recruiter, cooks):
    recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    page = open_page(LIST, user=recruiter)
    choices = page.locator(".choices[open]")
    open_choices(page, "Kokker")
    expect(choices).to_have_count(1)
    page.keyboard.press("Escape")
    expect(choices).to_have_count(0)
    expect(page.locator("summary:focus")).to_contain_text("Mer")
    open_choices(page, "Kokker")
    page.get_by_role("heading", level=1).click()
    expect(choices).to_have_count(0)


def test_a_link_is_copied(open_page, recruiter, cooks):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    page = open_page(f"{LIST}{saved.pk}/del/", user=recruiter)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Lag en lenke").click()
    page.get_by_role("button", name="Kopier lenken").click()
    expect(page.get_by_role("status").filter(has_text="kopiert")).to_have_text("Lenken er kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Lenken til søket").input_value()
