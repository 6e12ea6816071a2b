"""Unusual values of an ad: shown by one rule on cards, on the ad page, in counts and in JSON-LD."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from jobsearch.vacancies import html, html_tokenizer, links
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.visibility import OSLO
from tests.processor_time import measure_cpu_seconds
from tests.web.page import Page

CYRILLIC_A = "\u0430"


def ad_page(client, ad) -> Page:
    response = client.get(f"/stilling/{ad}/")
    assert response.status_code == 200
    return Page(response)


def posting(page: Page) -> dict:
    return json.loads(page.one("//head/script[@type='application/ld+json']").text)


@pytest.mark.parametrize("days", [1, 40, 4_000])
def test_future_publishing_date_is_shown_as_today(client, ads, days):
    coming = timezone.now() + dt.timedelta(days=days)
    ad, _ = ads({"title": "Kokk", "published": coming}, {"title": "Baker", "published": timezone.now() - dt.timedelta(days=1)})
    today = timezone.now().astimezone(OSLO).date()
    for address in ("/?published=1", f"/?published={today}", "/?q=kokk"):
        page = Page(client.get(address))
        assert (page.titles, page.total) == (["Kokk"], 1)
        assert "Publisert i dag" in page.text("//article")
    page = ad_page(client, ad)
    assert dt.datetime.fromisoformat(posting(page)["datePosted"]).date() == today
    assert str(today.day) in page.text("//dl[@class='facts']")
    bar = Page(client.get("/")).one(f"//*[@id='f-published']//tbody//a[@data-day='{today}']/../../td")
    assert bar.text == "1"
    ads({"title": "Lege", "published": timezone.now() - dt.timedelta(hours=1)})
    assert Page(client.get("/?sort=published")).titles == ["Kokk", "Lege", "Baker"]


def titled(*fields: dict) -> list[dict]:
    """Ads of one title each, so that none is a duplicate of another."""
    return [{"title": f"Kokk {number}", **one} for number, one in enumerate(fields)]


def test_deadline_as_text_is_not_counted_as_not_stated(client, ads):
    texts = ("Etter avtale", "uke 50", "Når rette vedkommende er funnet", "Frist: etter avtale", "31.02.2026")
    for ad, text in zip(ads(*titled(*({"application_due": one} for one in texts))), texts, strict=True):
        shown = ad_page(client, ad).text("//section[@class='ad-box']")
        assert "Frist: " in shown and "Frist: Frist" not in shown, text
    for choice in ("Ikke+oppgitt", "asap", "3", "30"):
        assert Page(client.get(f"/?deadline={choice}")).titles == [], choice
    count = Page(client.get("/")).all("//*[@id='f-deadline']//input[@value='Ikke oppgitt']")
    assert not count or count[0].get("disabled") is not None or "0" in count[0].getparent().text_content()


def test_missing_deadline_is_counted_as_not_stated(client, ads):
    made = titled(*({"application_due": empty} for empty in ("", "null", "N/A", "-", "&nbsp;")))
    ads(*made)
    assert [row.text_content() for row in Page(client.get("/")).all("//article") if "Frist" in row.text_content()] == []
    assert sorted(Page(client.get("/?deadline=Ikke+oppgitt")).titles) == [one["title"] for one in made]


def test_soon_and_continuous_are_shown_apart_and_found_together(client, ads):
    shown = {
        "Omgående": "Søk snarest",
        "så snart som mulig": "Søk snarest",
        "Fortløpende": "Løpende",
        "løpende": "Løpende",
    }
    made = titled(*({"application_due": words} for words in shown))
    uuids = ads(*made)
    page = Page(client.get("/?deadline=asap"))
    for ad, fields in zip(uuids, made, strict=True):
        text = shown[fields["application_due"]]
        assert text in page.text(f"//article[contains(., '{fields['title']}')]"), fields
        assert text in ad_page(client, ad).text("//section[@class='ad-box']"), fields
    assert Page(client.get("/?deadline=Ikke+oppgitt")).titles == []


def test_a_deadline_beyond_the_calendar_hides_no_ad(client, ads):
    texts = ("9999-12-31T23:59:59Z", "0001-01-01", "99999999", "31.12.9999", "1.1.1", "\ud83d" * 3)
    made = titled(*({"application_due": due, "start": due} for due in texts))
    uuids = ads(*made)
    assert sorted(Page(client.get("/?sort=deadline")).titles) == [one["title"] for one in made]
    for ad, fields in zip(uuids, made, strict=True):
        assert posting(ad_page(client, ad))["title"] == fields["title"], fields
    assert client.get("/sitemap-stillinger-1.xml").status_code in {200, 404}


def test_a_last_day_beyond_the_calendar_hides_no_ad(client, ads):
    (ad,) = ads({"title": "Kokk", "expires": dt.datetime(9998, 12, 31, tzinfo=dt.UTC)})
    assert Page(client.get("/?q=kokk")).titles == ["Kokk"]
    assert posting(ad_page(client, ad))["validThrough"].startswith("999")


def test_employer_without_description_has_no_heading(client, ads):
    empty = ("<p>.</p>", "<ul><li></li></ul>", "-", "N/A", "<p>&nbsp;</p>", "<p><img src='logo.png'></p>")
    for ad, description in zip(ads(*({"employer_description": one} for one in empty)), empty, strict=True):
        assert not ad_page(client, ad).all("//section[@class='ad-employer']"), description


def test_empty_title_is_shown_as_missing(client, ads):
    titles = ("null", "None", "undefined", "-")
    made = [{"title": title, "employer_name": title, "description": f"<p>{title} {n}</p>"} for n, title in enumerate(titles)]
    for ad, title in zip(ads(*made), titles, strict=True):
        assert ad_page(client, ad).text("//h1") == "Stilling uten tittel", title
    assert Page(client.get("/?employer=Ikke+oppgitt")).total == len(titles)


def test_known_country_is_in_the_json_ld(client, ads):
    countries = (
        (LocationData(city="Kiruna"), None),
        (LocationData(postal_code="98131", city="Kiruna"), None),
        (LocationData("null", "", "", "Kiruna"), None),
        (LocationData("", "NORRBOTTEN", "", "Kiruna"), None),
        (LocationData("NORGE", "", "", "Bergen"), "NO"),
        (LocationData("Norway", "", "", "Bergen"), "NO"),
        (LocationData("", "VESTLAND", "BERGEN"), "NO"),
        (LocationData("", "HORDALAND", ""), "NO"),
        (LocationData("SVALBARD", "", "", "Longyearbyen"), "NO"),
        (LocationData("SVERIGE", "", "", "Kiruna"), {"@type": "Country", "name": "Sverige"}),
    )
    uuids = ads(*({"locations": (location,)} for location, _country in countries))
    for ad, (location, country) in zip(uuids, countries, strict=True):
        [place] = posting(ad_page(client, ad))["jobLocation"]
        assert place["address"].get("addressCountry") == country, location


def test_host_with_mixed_scripts_is_shown_in_punycode_with_a_warning(client, ads):
    like, plain, inside = ads(
        {"application_url": f"https://{CYRILLIC_A}rbeidsplassen.nav.no/x"},
        {"application_url": "https://www.blåbær.no/x"},
        {"description": f"<p>Les <a href='https://n{CYRILLIC_A}v.no/'>mer</a></p>"},
    )
    page = ad_page(client, like)
    assert "på xn--rbeidsplassen-v1k.nav.no" in page.text("//p[@class='apply']")
    assert page.one("//p[@class='apply']/a").get("href") == "https://xn--rbeidsplassen-v1k.nav.no/x"
    warning = "//p[contains(@class, 'message warn')]"
    assert "flere alfabeter" in page.text(warning)
    assert "flere alfabeter" in ad_page(client, inside).text(warning)
    page = ad_page(client, plain)
    assert "på blåbær.no" in page.text("//p[@class='apply']") and not page.all(warning)


def test_pages_do_not_clean_stored_values_again(client, ads, monkeypatch):
    (ad,) = ads(
        {"description": "<h2>Om oss</h2><p>Vi <b>søker</b> <a href='https://x.no'>deg</a></p><table><tr><td>a</td></tr></table>"}
    )

    def refuse(*args: object, **kwargs: object):
        raise AssertionError("cleaned at a view")

    monkeypatch.setattr(html, "sanitise_html", refuse)
    monkeypatch.setattr(html_tokenizer, "limit_html", refuse)
    monkeypatch.setattr(html_tokenizer, "tokenise_html", refuse)
    page = ad_page(client, ad)
    assert " ".join(posting(page)["description"].split()) == "<h2>Om oss</h2><p>Vi <b>søker</b> deg</p> a"


def test_hostile_text_does_not_slow_its_page_down(client, ads):
    (ad,) = ads({"title": "Kokk", "description": "<p>x</p>" + "<ul><li>x" * 22_000, "employer_description": "<div>" * 50_000})
    client.get(f"/stilling/{ad}/")
    responses = []
    assert measure_cpu_seconds(lambda: responses.append(client.get(f"/stilling/{ad}/")), 2) < 2
    assert responses[-1].status_code == 200 and len(responses[-1].content) < 3 * html_tokenizer.LENGTH
    assert links.sanitise_link("https://x.no") and Page(client.get("/?q=kokk")).titles == ["Kokk"]


def test_words_with_invisible_characters_are_found(client, ads):
    ads({"title": "Kokk", "description": "<p>Du har truck&shy;fører&#8203;bevis og A\u030apent sinn</p>"})
    assert Page(client.get("/?q=truckførerbevis")).titles == ["Kokk"]
    assert Page(client.get("/?q=åpent")).titles == ["Kokk"]
