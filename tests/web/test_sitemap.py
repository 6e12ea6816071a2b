"""Sitemaps: all indexable pages and no others, with few queries."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from lxml import etree, html

from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.views import sitemaps
from tests.web.support import ENDINGS

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def site(settings, db):
    settings.SITE_URL = "https://jobb.example.no"


def entries(client, address: str) -> dict[str, str]:
    response = client.get(address, headers={"host": "localhost"})
    assert response.status_code == 200 and response["Content-Type"] == "application/xml; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    root = etree.fromstring(response.content)
    found = {}
    for entry in root:
        location = entry.findtext("s:loc", namespaces=NAMESPACE)
        assert location.startswith("https://jobb.example.no/") and location not in found
        found[location.removeprefix("https://jobb.example.no")] = entry.findtext("s:lastmod", default="", namespaces=NAMESPACE)
    return found


def everything(client) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in entries(client, "/sitemap.xml"):
        found |= entries(client, part)
    return found


def allowed(robots: str, address: str) -> bool:
    """RFC 9309: the longest matching path decides, and of equally long ones the one that allows."""
    best = (0, True)
    for line in robots.splitlines():
        kind, _, path = line.partition(": ")
        if kind in {"Allow", "Disallow"} and re.match(re.escape(path).replace(r"\*", ".*"), address):
            best = max(best, (len(path), kind == "Allow"))
    return best[1]


def test_robots_txt_disallows_searches_and_allows_all_else(client, make_vacancy):
    make_vacancy(employer_orgnr="999888777")
    robots = client.get("/robots.txt").content.decode()
    assert "\nSitemap: https://jobb.example.no/sitemap.xml\n" in robots
    for address in (
        "/?q=lege",
        "/jobb/bergen/?x=1",
        "/arbeidsgiver/999888777/?page=2",
        "/filter/place/",
        "/admin/",
        "/lagrede-sok/",
    ):
        assert not allowed(robots, address), address
    assert all(allowed(robots, address) for address in everything(client))
    page = html.fromstring(client.get("/").content)
    files = page.xpath("//link[@rel='stylesheet']/@href | //script/@src | //meta[@property='og:image']/@content")
    assert len(files) > 5 and all(allowed(robots, file.removeprefix("https://jobb.example.no")) for file in files)
    assert allowed(robots, "/sitemap.xml") and allowed(robots, "/sitemap-stillinger-1.xml")


def test_empty_database_has_the_fixed_pages(client):
    assert set(everything(client)) == {"/", "/jobb/", "/marked/", "/om/", "/personvern/"}
    assert client.get("/sitemap-stillinger-1.xml").status_code == 404


def test_sitemaps_have_all_pages_with_their_last_change(client, make_vacancy):
    ad = make_vacancy(employer_orgnr="999888777")
    make_vacancy(
        employer_orgnr="not one",
        locations=(LocationData("SVERIGE", "", "", "STOCKHOLM"), LocationData("NORGE", "OSLO", "OSLO", "OSLO")),
        occupations=(OccupationData("Et nytt felt", "Et nytt yrke"),),
    )
    changed = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    Vacancy.objects.filter(uuid=ad).update(changed=changed)
    found = everything(client)
    assert len([address for address in found if address.startswith("/stilling/")]) == 2
    pages = "/jobb/bergen/ /jobb/vestland/ /jobb/oslo/ /jobb/utland/ /jobb/sykepleier/ /jobb/helse-og-sosial/".split()
    pages += [f"/jobb/{job}-i-{place}/" for job in ("sykepleier", "helse-og-sosial") for place in ("bergen", "vestland")]
    assert {address for address in found if address.startswith("/jobb/")} == {"/jobb/", *pages}
    assert {address for address in found if address.startswith("/arbeidsgiver/")} == {"/arbeidsgiver/999888777/"}
    for address in (f"/stilling/{ad}/", "/jobb/bergen/", "/jobb/vestland/", "/jobb/sykepleier/", "/arbeidsgiver/999888777/"):
        assert found[address] == "2026-03-01T12:00:00Z"


def test_every_page_in_the_sitemaps_is_indexable(client, ads):
    ads({"employer_orgnr": "999888777"}, {"occupations": (OccupationData("IT", "Utvikling"),)})
    for address in everything(client):
        response = client.get(address)
        assert response.status_code == 200 and "noindex" not in response.get("X-Robots-Tag", ""), address
        assert b'content="noindex' not in response.content, address


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_ended_ad_is_in_no_sitemap(client, make_vacancy, end):
    kept = make_vacancy(locations=(LocationData("NORGE", "OSLO", "OSLO", "OSLO"),))
    ad = make_vacancy(employer_orgnr="999888777", occupations=(OccupationData("IT", "Utvikling"),))
    before = everything(client)
    pages = {"/jobb/bergen/", "/jobb/utvikling/", "/jobb/utvikling-i-bergen/", "/jobb/it-i-vestland/", "/arbeidsgiver/999888777/"}
    assert {f"/stilling/{ad}/"} | pages <= set(before)
    end(ad)
    after = set(everything(client))
    assert f"/stilling/{kept}/" in after
    assert not ({f"/stilling/{ad}/", "/jobb/vestland/"} | pages) & after


def test_pages_with_passed_deadlines_only_are_in_no_sitemap(client, ads):
    yesterday = str(timezone.now().astimezone(OSLO).date() - dt.timedelta(days=1))
    (ad,) = ads({"employer_orgnr": "999888777", "application_due": yesterday})
    assert set(everything(client)) == {"/", "/jobb/", "/marked/", "/om/", "/personvern/", f"/stilling/{ad}/"}


def test_occupations_at_places_are_limited_to_those_with_most_ads(client, make_vacancy, monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_COMBINATIONS", 2)
    make_vacancy()
    for _ in range(2):
        make_vacancy(locations=(LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"),))
    found = list(entries(client, "/sitemap-yrker-etter-sted.xml"))
    assert found == ["/jobb/helse-og-sosial-i-vestland/", "/jobb/sykepleier-i-vestland/"]


def test_ads_are_divided_completely_and_the_index_has_the_newest_change(client, make_vacancy, monkeypatch):
    monkeypatch.setattr(sitemaps, "CHUNK", 3)
    uuids = [make_vacancy() for _ in range(7)]
    newest = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
    Vacancy.objects.filter(uuid=uuids[0]).update(changed=newest)
    parts = {part: changed for part, changed in entries(client, "/sitemap.xml").items() if "stillinger" in part}
    assert parts == {f"/sitemap-stillinger-{number}.xml": "2090-01-01T00:00:00Z" for number in (1, 2, 3)}
    chunks = [list(entries(client, part)) for part in parts]
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    assert [address for chunk in chunks for address in chunk] == [f"/stilling/{uuid}/" for uuid in sorted(uuids)]


def test_each_sitemap_needs_one_query(client, make_vacancy, django_assert_max_num_queries):
    for number in range(12):
        make_vacancy(employer_orgnr=f"99988877{number % 10}")
    for part in entries(client, "/sitemap.xml"):
        with django_assert_max_num_queries(1):
            client.get(part)
    with django_assert_max_num_queries(2):
        client.get("/sitemap.xml")


@pytest.mark.parametrize(
    "part",
    [
        *"x stillinger stillinger- stillinger-0 stillinger-01 stillinger--1 stillinger-2 stillinger-٢".split(),
        *"stillinger-9999999 stillinger-999999 steder-1 %00 %ff".split(),
        "a" * 3000,
    ],
)
def test_unknown_sitemap_is_404(client, make_vacancy, part):
    make_vacancy()
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_addresses_are_escaped_for_xml(client, settings):
    settings.SITE_URL = "https://jobb.example.no/a&b"
    assert b"<loc>https://jobb.example.no/a&amp;b/sitemap-sider.xml</loc>" in client.get("/sitemap.xml").content
