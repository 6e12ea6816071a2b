"""Ad page: all of an active ad, and of an inactive one only that it existed."""

from __future__ import annotations

import datetime as dt
import json
import struct
import uuid
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.utils import timezone
from lxml import html

from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.templatetags.site import phone
from tests.web.page import Page

CONTACT = ContactData(name="Kari Nordmann", email="kari@sykehus.example", phone="22 33 44 55", title="Avdelingsleder")
PRIVATE = ("Kari Nordmann", "kari@sykehus.example", "22 33 44 55", "22334455", "Avdelingsleder")
BODY = "Vi søker en sykepleier til natt"


def get(client, ad: uuid.UUID, status: int = 200) -> Page:
    response = client.get(f"/stilling/{ad}/")
    assert response.status_code == status
    assert response["Cache-Control"] == "private, no-store"
    return Page(response)


def close(ad: uuid.UUID, **options) -> None:
    with transaction.atomic():
        store.close_vacancies([ad], Vacancy.Closed.FEED, **options)


def test_htmx_request_gets_the_content_of_an_ad_only(client, ads):
    """For the split view: the same content without header, footer and a link back to the list that is beside it."""
    active, ended = ads({}, {"title": "Kokk"})
    close(ended)
    for ad in (active, ended):
        whole, part = client.get(f"/stilling/{ad}/"), client.get(f"/stilling/{ad}/", headers={"HX-Request": "true"})
        assert "HX-Request" in whole["Vary"] and "HX-Request" in part["Vary"]
        assert part["Cache-Control"] == "private, no-store" and part["X-Robots-Tag"] == whole["X-Robots-Tag"]
        assert Page(part).h1 == Page(whole).h1 and Page(part).text("//title") == Page(whole).text("//title")
        assert len(Page(part).all("//main[@data-fragment]")) == 1
        for left_out in ("//header[contains(@class, 'top')]", "//footer", "//script", "//link", "//*[@data-back]"):
            assert Page(whole).all(left_out) and not Page(part).all(left_out), left_out


def test_active_ad_shows_all_fields(client, ads):
    (ad,) = ads({"contacts": (CONTACT,), "extent": "Heltid", "application_due": "Snarest"})
    page = get(client, ad)
    assert page.h1 == "Sykepleier"
    text = page.text()
    assert BODY in text and "Sykehuset · Bergen" in text and "Snarest" in text
    assert "Oppgitt som heltid, kan være deltid" in text
    assert "Sist oppdatert fra NAV i dag" in text
    assert page.one("//a[@href='tel:22334455']") is not None
    assert page.one("//a[@href='mailto:kari@sykehus.example']") is not None
    assert {link.get("href") for link in page.all("//p[contains(@class, 'apply')]/a")} == {"https://sykehus.example/sok"}
    original = f"https://arbeidsplassen.nav.no/stillinger/stilling/{ad}"
    assert page.one(f"//section[contains(@class, 'coverage')]//a[@href='{original}']") is not None
    assert page.text(f"//section[contains(@class, 'report')]//a[@href='{original}']") == "Rapporter annonsen til NAV"
    assert "noindex" not in page.response["X-Robots-Tag"] and "noarchive" in page.response["X-Robots-Tag"]


APPLY_LINKS = (
    ({}, "https://sykehus.example/sok", "på sykehus.example"),
    ({"application_url": ""}, "https://sykehus.example/stilling", "på sykehus.example"),
    ({"application_url": "javascript:alert(1)"}, "https://sykehus.example/stilling", "på sykehus.example"),
    ({"application_url": "www.jobbnorge.no/1"}, "https://www.jobbnorge.no/1", "på jobbnorge.no"),
    (
        {"application_url": "", "source_url": ""},
        "https://arbeidsplassen.nav.no/stillinger/stilling/{ad}",
        "på arbeidsplassen.nav.no",
    ),
    ({"application_url": "jobb@sykehus.example"}, "mailto:jobb@sykehus.example", "på e-post"),
)


def test_apply_link_leads_to_the_source_and_names_its_host(client, ads):
    made = ads(*(fields for fields, _target, _where in APPLY_LINKS))
    for ad, (fields, target, where) in zip(made, APPLY_LINKS, strict=True):
        page = get(client, ad)
        links = page.all("//p[contains(@class, 'apply')]/a")
        assert {link.get("href") for link in links} == {target.format(ad=ad)} and len(links) == 2, fields
        assert page.text("//p[contains(@class, 'apply')]").count(where) == 2, fields


def _expire(ad):
    Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("end", [close, _expire, lambda ad: store.set_hidden(ad, True)], ids=["closed", "expired", "hidden"])
@pytest.mark.parametrize("indexed", [True, False])
def test_inactive_ad_shows_no_contact_text_or_apply_link(client, ads, end, indexed):
    (ad, _) = ads({"contacts": (CONTACT,)}, {"title": "Sykepleier dag"})
    end(ad)
    if indexed:
        indexing.index_changes()
    page = get(client, ad)
    html = page.response.content.decode()
    assert page.h1 == "Sykepleier" and "Annonsen er ikke lenger aktiv" in page.text()
    for private in (*PRIVATE, BODY, "sykehus.example", "Søk på stillingen"):
        assert private not in html
    assert page.one("//meta[@name='robots']").get("content") == "noindex, noarchive"
    assert page.response["X-Robots-Tag"] == "noindex, noarchive"
    assert "Sykepleier dag" in page.text("//section[contains(@class, 'similar')]")


def test_masked_ad_has_a_message_as_heading(client, ads):
    (ad,) = ads()
    close(ad, masked=[ad])
    page = get(client, ad)
    assert page.h1 == "Annonsen er ikke lenger aktiv"
    assert "Sykepleier" not in page.text() and "Sykehuset" not in page.text()


def test_deleted_ad_is_410_and_unknown_ad_404(client, ads):
    (ad,) = ads()
    close(ad)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    gone = get(client, ad, 410)
    assert "slettet" in gone.text() and "Sykepleier" not in gone.text()
    assert gone.response["X-Robots-Tag"] == "noindex, noarchive"
    assert "Vi finner ikke annonsen" in get(client, uuid.uuid4(), 404).text()
    response = client.get("/stilling/not-an-ad/")
    assert response.status_code == 404 and response["Cache-Control"] == "private, no-store"


def test_similar_ads_are_active(client, ads):
    ad, _other, ended = ads({}, {"title": "Sykepleier på Voss"}, {"title": "Sykepleier i Odda"})
    close(ended)
    words = get(client, ad).text("//section[contains(@class, 'similar')]")
    assert "Voss" in words and "Odda" not in words


def test_page_works_while_the_engine_is_down(client, ads, engine_down):
    (ad,) = ads()
    assert BODY in get(client, ad).text()
    close(ad)
    assert "ikke lenger aktiv" in get(client, ad).text()


@pytest.mark.parametrize(
    ("text", "language"), [("", "no"), ("We are the best and you will work with us for the people. " * 3, "en")]
)
def test_text_has_a_lang_attribute(client, ads, text, language):
    (ad,) = ads({"title": "Kokk", "description": f"<p>{text}</p>"})
    assert get(client, ad).one("//h1").get("lang") == language


def test_card_shows_two_places_and_page_all(client, ads):
    places = tuple(LocationData("NORGE", "VESTLAND", name, name) for name in ("BERGEN", "VOSS", "STORD", "BØMLO", "KVAM"))
    (ad,) = ads({"locations": places})
    page = get(client, ad)
    assert "Bergen, Voss og 3 andre steder" in page.text("//header[@class='ad-head']")
    facts = page.text("//dl")
    assert all(name in facts for name in ("Bergen", "Voss", "Stord", "Bømlo", "Kvam"))


HOSTILE = "<img src=x onerror=alert(1)>\"'</title><script>alert(1)</script>{{ 7|add:7 }}"


def test_html_in_fields_is_escaped(client, ads):
    (ad,) = ads(
        {
            "title": HOSTILE,
            "employer_name": HOSTILE,
            "job_title": HOSTILE,
            "extent": HOSTILE,
            "engagement": HOSTILE,
            "sector": HOSTILE,
            "start": HOSTILE,
            "application_due": HOSTILE,
            "employer_homepage": "javascript:alert(1)",
            "application_url": "data:text/html,x",
            "description": f"<p onclick=alert(1)>Hei {HOSTILE}<a href='javascript:alert(1)'>trykk</a><style>*{{}}</style></p>",
            "locations": (LocationData(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
            "contacts": (ContactData(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
            "occupations": (OccupationData(HOSTILE, HOSTILE),),
        }
    )
    for address in (f"/stilling/{ad}/", "/"):
        page = Page(client.get(address))
        scripts = page.all("//script[not(@type='application/ld+json')]")
        assert all(script.get("src", "").startswith("/static/") and not script.text for script in scripts)
        assert not page.all("//main//img") and not page.all("//style") and not page.all("//@style")
        assert not [name for name in page.all("//@*/..") if any(key.startswith("on") for key in name.attrib)]
        assert not [link for link in page.all("//@href") if link.lower().startswith(("javascript:", "data:"))]


def test_only_valid_phone_numbers_are_links(client, ads):
    people = tuple(ContactData(name=f"P{n}", phone=phone) for n, phone in enumerate(("+47 55 58 85 95", "ring meg", "12")))
    (ad,) = ads({"contacts": people})
    page = get(client, ad)
    assert [link.get("href") for link in page.all("//ul[@class='contacts']//a")] == ["tel:+4755588595"]
    assert "ring meg" in page.text()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("44779154", "447 79 154"),
        ("90 12 34 56", "901 23 456"),
        ("+4755588595", "+47 55 58 85 95"),
        ("22.33.44.55", "22 33 44 55"),
        ("81500000", "815 00 000"),
        ("+46 8 123 456 78", "+46 8 123 456 78"),
        ("02800", "02800"),
        ("٤٤٧٧٩١٥٤", "٤٤٧٧٩١٥٤"),
    ],
)
def test_phone_numbers_are_grouped_as_people_write_them(written, shown):
    assert html.fromstring(f"<p>{phone(written)}</p>").text_content() == shown


def test_deadline_as_a_calendar_file(client, ads):
    day = timezone.localdate() + dt.timedelta(days=5)
    person = ContactData("Kari Nordmann", "", "22 33 44 55")
    title = "Sykepleier, natt; ring Kari Nordmann 22 33 44 55 " + "æ" * 60
    (ad,) = ads({"title": title, "application_due": str(day), "contacts": (person,)})
    link = get(client, ad).one("//a[contains(., 'kalenderen')]").get("href")
    response = client.get(link)
    assert response["Content-Type"] == "text/calendar; charset=utf-8" and "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == f'attachment; filename="frist-{day}.ics"'
    text = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.endswith("END:VCALENDAR\r\n")
    unfolded = text.replace("\r\n ", "")
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\n" in unfolded and f"/stilling/{ad}/\r\n" in unfolded
    assert "SUMMARY:Søknadsfrist: Sykepleier\\, natt\\;" in unfolded
    assert "Kari" not in unfolded and "22 33" not in unfolded


@pytest.mark.parametrize("due", ["", "Snarest", "2020-01-01"])
def test_no_calendar_file_without_a_coming_deadline(client, ads, due):
    (ad,) = ads({"application_due": due})
    assert not get(client, ad).all("//a[contains(., 'kalenderen')]")
    if due != "2020-01-01":
        assert client.get(f"/stilling/{ad}/frist.ics").status_code == 404
    close(ad)
    assert client.get(f"/stilling/{ad}/frist.ics").status_code == 404


def test_title_and_text_have_lang_attributes_of_their_own(client, ads):
    norwegian = "<p>Vi søker en utvikler som vil være med på å bygge noe nytt hos oss, og som ikke er redd for det.</p>"
    english = "<p>We are looking for a nurse who wants to work with us and is ready to start at once.</p>"
    first, second = ads(
        {"title": "Senior Software Engineer", "description": norwegian}, {"title": "Sykepleier", "description": english}
    )
    for ad, title, text in ((first, "en", "nb"), (second, "no", "en")):
        page = Page(client.get(f"/stilling/{ad}/"))
        assert page.one("//h1").get("lang") == title
        assert page.one("//div[@class='ad-text']").get("lang") == text
    cards = {one.text_content().strip(): one.get("lang") for one in Page(client.get("/")).all("//h3")}
    assert cards == {"Senior Software Engineer": "en", "Sykepleier": "no"}


# --- Links from an ad ---


def test_employer_lists_its_other_active_ads(client, ads):
    orgnr = "999888777"
    mine, *rest = ads(*({"title": f"Kokk {number}", "employer_orgnr": orgnr} for number in range(7)))
    (other,) = ads({"title": "Hos en annen", "employer_orgnr": "111222333"})
    close(rest[0])
    page = get(client, mine)
    assert page.one("//p[@class='ad-where']/a").get("href") == f"/arbeidsgiver/{orgnr}/"
    links = page.all("//div[@class='others']//li/a/@href")
    assert len(links) == 5 and set(links) <= {f"/stilling/{uuid}/" for uuid in rest[1:]}
    assert page.text("//div[@class='others']/h3") == "Flere stillinger hos Sykehuset"
    assert not page.all("//div[@class='others']/p")  # all five are shown
    ads({"employer_orgnr": orgnr})
    assert get(client, mine).one("//div[@class='others']/p/a").get("href") == f"/arbeidsgiver/{orgnr}/"
    assert not get(client, other).all("//div[@class='others']")
    twice = {href for href in page.all("//div[@class='others']//a/@href") if href.startswith("/stilling/")}
    assert not twice & set(page.all("//section[contains(@class, 'similar')]//a/@href"))


def test_employer_without_a_valid_organisation_number_has_no_link(client, ads):
    numbers = ("", "12345678", "9998887771", "../../admin", "ÆØÅ", "<b>999888777")
    made = ads(*({"employer_orgnr": number} for number in numbers for _twice in range(2)))
    for ad, number in zip(made[::2], numbers, strict=True):
        page = get(client, ad)
        assert "Sykehuset" in page.text("//p[@class='ad-where']") and not page.all("//p[@class='ad-where']/a"), number
        assert not page.all("//div[@class='others']"), number


def test_ad_links_to_landing_pages_of_its_places_and_occupations(client, ads):
    abroad = LocationData("SVERIGE", "", "", "STOCKHOLM")
    (ad,) = ads({"locations": (LocationData("NORGE", "OSLO", "OSLO", "OSLO"), abroad)})
    found = [(link.text, link.get("href")) for link in get(client, ad).all("//section[@class='landings']//a")]
    assert found == [
        ("Ledige stillinger som sykepleier i Oslo", "/jobb/sykepleier-i-oslo/"),
        ("Ledige stillinger i Oslo", "/jobb/oslo/"),
        ("Ledige stillinger som sykepleier", "/jobb/sykepleier/"),
    ]


def test_share_links_use_the_canonical_address(client, ads, settings):
    settings.SITE_URL = "https://jobb.example.no"
    (ad,) = ads({"title": "Kokk & servitør?"})
    page = get(client, ad)
    address = f"https://jobb.example.no/stilling/{ad}/"
    mail = page.one("//section[@class='share']//a").get("href")
    assert mail == f"mailto:?subject=Kokk%20%26%20servit%C3%B8r%3F&body=https%3A%2F%2Fjobb.example.no%2Fstilling%2F{ad}%2F"
    assert {button.get("data-url") for button in page.all("//section[@class='share']//button[@hidden]")} == {address}
    assert not page.all("//section[@class='share']//button[not(@hidden)]")
    assert page.one("//link[@rel='canonical']").get("href") == address
    assert page.text("//*[@class='printed']") == address


def meta(page: Page, name: str) -> str:
    return page.one(f"//meta[@property='{name}' or @name='{name}']").get("content")


def test_preview_of_a_shared_link_has_facts_and_not_the_text(client, ads, settings):
    (ad,) = ads({"application_due": "2090-11-27", "contacts": (CONTACT,)})
    page = get(client, ad)
    assert meta(page, "og:title") == "Sykepleier" and meta(page, "og:type") == "article"
    assert meta(page, "og:url") == page.one("//link[@rel='canonical']").get("href")
    assert meta(page, "description") == meta(page, "og:description") == "Sykehuset · Bergen · Frist 27. november 2090 · Fast"
    assert meta(page, "og:image").startswith(f"{settings.SITE_URL}/static/share.png") and meta(page, "og:locale") == "nb_NO"
    close(ad)
    assert not get(client, ad).all("//meta[starts-with(@property, 'og:')] | //meta[@name='description']")


def test_metadata_and_share_links_contain_no_contact(client, ads):
    """These outlive the page: search engine entries, shared links, e-mails about the ad, bookmarks."""
    person = ContactData("Ragnfrid Uthaug", "ragnfrid@uthaug.example", "22 33 44 55")
    title = "Kokk, ring Ragnfrid Uthaug 22 33 44 55"
    (ad,) = ads({"title": title, "employer_name": "Kroa, tlf. 22334455", "contacts": (person,)})
    page = get(client, ad)
    kept = [element.get("content") for element in page.all("//meta[@content]")]
    kept += [page.text("//title"), *(element.text for element in page.all("//script[@type='application/ld+json']"))]
    kept += [unquote(element.get("href")) for element in page.all("//section[@class='share']//a")]
    kept += [element.get("data-title") for element in page.all("//*[@data-title]")]
    assert meta(page, "og:title") == "Kokk, ring" and meta(page, "description").startswith("Kroa, tlf. · Bergen")
    assert not [text for text in kept for trace in ("Ragnfrid", "Uthaug", "22 33", "22334455") if trace in text]
    assert page.text("//h1") == title


def test_redaction_removes_no_other_word_from_the_title(client, ads):
    contacts = {
        "Avdelingsleder hjemmetjenesten": "Avdelingsleder Anne Prøvesen",
        "Butikksjef": "Butikksjef",
        "Stein- og anleggsarbeider": "Stein Prøvesen",
        "Nattevakt 2200-0730, 50-60-70-80 %, sak 26/12345-1": "Natt Vakt",
    }
    made = ads(
        *(
            {"title": title, "contacts": (ContactData(contact, "a@b.example", "22 33 44 55"),)}
            for title, contact in contacts.items()
        )
    )
    for ad, title in zip(made, contacts, strict=True):
        page = get(client, ad)
        assert meta(page, "og:title") == title and page.text("//title").startswith(title)
        assert json.loads(page.one("//script[@type='application/ld+json']").text)["title"] == title


def test_image_for_shared_links_is_small_and_has_the_stated_size():
    picture = (Path(__file__).resolve().parents[2] / "static/share.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) < 50_000
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)


def test_headings_in_an_ad_text_are_below_the_page_headings_without_gaps(client, ads):
    bodies = (
        "<h1>Om oss</h1><p>x</p><h2>Krav</h2><h3>Må</h3>",
        "<h4>Om oss</h4><h2>Krav</h2><h3>Må</h3>",
        "<h6>Om oss</h6><h1>Krav</h1>",
        "<h2>Om <p>oss</p></h2><h2>Krav</h2>",
    )
    heading = "*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"
    for ad, body in zip(ads(*({"description": one, "employer_description": one} for one in bodies)), bodies, strict=True):
        page = get(client, ad)
        levels = [int(one.tag[1]) for one in page.all(f"//main//{heading}")]
        assert levels[0] == 1 and levels.count(1) == 1, body
        assert all(after <= before + 1 for before, after in pairwise(levels)), body
        inside = page.all(f"//div[contains(@class, 'ad-text')]//{heading}")
        assert inside and not [one for one in inside if one.tag in {"h1", "h2"}], body
        assert "Krav" in [one.text_content() for one in inside], body
