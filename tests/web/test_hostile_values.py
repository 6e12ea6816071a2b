"""Hostile values of ads and of what people store: no page, feed, file or calendar has more than their text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from uuid import UUID

import pytest
from django.http import HttpResponseBase
from lxml import etree, html

from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData
from tests.web import every_page

EVIL = "\"'></title></textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}\r\nATTACH:x\r\n]]>&lt;b&gt;"
LINK = "javascript:alert(3)//https://kroa.example"
Check = Callable[[bytes], None]


def check_html(content: bytes) -> None:
    page = html.fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    assert not page.xpath("//*[@onerror or @onload or @onclick]")
    for script in page.xpath("//script[not(@src)]"):
        assert script.get("type") == "application/ld+json"
        json.loads(script.text_content())
    links = page.xpath("//@href | //@src | //@action | //@formaction")
    assert not [link for link in links if link.strip().lower().startswith(("javascript:", "data:", "vbscript:", "//"))]


def check_xml(content: bytes) -> None:
    root = etree.fromstring(content, parser=etree.XMLParser(resolve_entities=False))
    for text in root.xpath("//*[local-name()='content' or local-name()='summary'][@type='html']/text()"):
        assert not html.fromstring(f"<div>{text}</div>").xpath("//script | //*[@onerror]")


def check_calendar(content: bytes) -> None:
    unfolded = content.decode().replace("\r\n ", "")
    assert not [line for line in unfolded.split("\r\n") if line.startswith("ATTACH")]
    assert "\n" not in unfolded.replace("\r\n", "") and "\r" not in unfolded.replace("\r\n", "")


def check_csv(content: bytes) -> None:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


CHECKS: dict[str, Check] = {
    "text/html": check_html,
    "application/atom+xml": check_xml,
    "application/xml": check_xml,
    "text/calendar": check_calendar,
    "text/csv": check_csv,
    "application/json": lambda content: json.loads(content) and None,
    "application/feed+json": lambda content: json.loads(content) and None,
}


@pytest.fixture
def site(ads, recruiter):
    """The site of every page, where each text of an ad is hostile too."""

    def make(*fields: dict) -> list[UUID]:
        changes = {
            "job_title": EVIL,
            "employer_description": f"<p>{EVIL}</p>",
            "employer_homepage": LINK,
            "application_url": LINK,
            "source_url": LINK,
            "application_due": EVIL,
            "start": EVIL,
            "engagement": EVIL,
            "extent": EVIL,
            "sector": EVIL,
            "locations": (LocationData("NORGE", "VESTLAND", "BERGEN", EVIL, EVIL, EVIL), LocationData(EVIL, EVIL, EVIL, EVIL)),
            "occupations": (OccupationData("Reiseliv og mat", "Kokk"), OccupationData(EVIL, EVIL)),
            "categories": (CategoryData("JANZZ", EVIL, EVIL),),
            "contacts": (ContactData(EVIL, "kari@kroa.example", EVIL, EVIL),),
        }
        texts = ("title", "employer_name", "description")
        return ads(*({**one, **changes, **{name: f"=Kokk, {one.get(name, '')}{EVIL}" for name in texts}} for one in fields))

    made = every_page.build(make, recruiter, number=6)
    recruiter.saved_searches.update(name=EVIL[:80], note=EVIL)
    recruiter.first_name = EVIL[:100]
    recruiter.save()
    return made


@pytest.mark.parametrize("is_logged_in", [False, True])
def test_no_page_has_more_than_their_text(client, site, recruiter, is_logged_in):
    if is_logged_in:
        client.force_login(recruiter)
    shown, kinds = 0, set()
    for address in every_page.addresses(site):
        response: HttpResponseBase = client.get(address)
        assert response.status_code < 500, address
        assert not [value for value in response.headers.values() if "\r" in value or "\n" in value], address
        content, kind = b"".join(response), response.headers.get("Content-Type", "").partition(";")[0]
        shown += b"alert" in content
        kinds.add(kind)
        if kind in CHECKS and content:
            try:
                CHECKS[kind](content)
            except AssertionError as error:
                raise AssertionError(f"{address}: {error}") from error
    assert shown > 10, "the values are on the pages"
    assert kinds >= {"text/html", "application/atom+xml", "application/feed+json", "text/calendar"}
