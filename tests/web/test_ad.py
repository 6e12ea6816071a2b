"""The page of an ad: all of an active one, nothing but that it was of an inactive one."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch import search
from jobsearch.vacancies import record
from jobsearch.vacancies.data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
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
        record.close([ad], Vacancy.Closed.FEED, **options)


def test_an_active_ad_shows_all_that_a_seeker_needs(client, ads):
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
    assert page.one(f"//a[@href='https://arbeidsplassen.nav.no/stillinger/stilling/{ad}']") is not None
    assert "noindex" not in page.response["X-Robots-Tag"] and "noarchive" in page.response["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({}, "https://sykehus.example/sok"),
        ({"application_url": ""}, "https://sykehus.example/stilling"),
        ({"application_url": "javascript:alert(1)"}, "https://sykehus.example/stilling"),
        ({"application_url": "", "source_url": ""}, "https://arbeidsplassen.nav.no/stillinger/stilling/{ad}"),
        ({"application_url": "jobb@sykehus.example"}, "mailto:jobb@sykehus.example"),
    ],
)
def test_people_are_sent_to_the_source_to_apply(client, ads, fields, target):
    (ad,) = ads(fields)
    links = get(client, ad).all("//p[contains(@class, 'apply')]/a")
    assert {link.get("href") for link in links} == {target.format(ad=ad)}


def _expire(ad):
    Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize("end", [close, _expire, lambda ad: record.set_hidden(ad, True)], ids=["closed", "expired", "hidden"])
@pytest.mark.parametrize("indexed", [True, False])
def test_inactive_ad_has_no_contact_no_body_and_no_apply_link(client, ads, end, indexed):
    (ad, _) = ads({"contacts": (CONTACT,)}, {"title": "Sykepleier dag"})
    end(ad)
    if indexed:
        search.index_changes()
    page = get(client, ad)
    html = page.response.content.decode()
    assert page.h1 == "Sykepleier" and "Annonsen er ikke lenger aktiv" in page.text()
    for private in (*PRIVATE, BODY, "sykehus.example", "Søk på stillingen"):
        assert private not in html
    assert page.one("//meta[@name='robots']").get("content") == "noindex, noarchive"
    assert page.response["X-Robots-Tag"] == "noindex, noarchive"
    assert "Sykepleier dag" in page.text("//section[contains(@class, 'similar')]")


def test_a_masked_ad_has_the_message_for_a_heading(client, ads):
    (ad,) = ads()
    close(ad, masked=[ad])
    page = get(client, ad)
    assert page.h1 == "Annonsen er ikke lenger aktiv"
    assert "Sykepleier" not in page.text() and "Sykehuset" not in page.text()


def test_a_tombstone_is_gone_and_an_unknown_ad_not_found(client, ads):
    (ad,) = ads()
    close(ad)
    record.forget(timezone.now() + dt.timedelta(seconds=1))
    gone = get(client, ad, 410)
    assert "slettet" in gone.text() and "Sykepleier" not in gone.text()
    assert gone.response["X-Robots-Tag"] == "noindex, noarchive"
    assert "Vi finner ikke annonsen" in get(client, uuid.uuid4(), 404).text()
    response = client.get("/stilling/not-an-ad/")
    assert response.status_code == 404 and response["Cache-Control"] == "private, no-store"


def test_similar_ads_are_active_ones(client, ads):
    ad, _other, ended = ads({}, {"title": "Sykepleier på Voss"}, {"title": "Sykepleier i Odda"})
    close(ended)
    words = get(client, ad).text("//section[contains(@class, 'similar')]")
    assert "Voss" in words and "Odda" not in words


def test_the_page_stands_without_the_engine(client, ads, engine_down):
    (ad,) = ads()
    assert BODY in get(client, ad).text()
    close(ad)
    assert "ikke lenger aktiv" in get(client, ad).text()


@pytest.mark.parametrize(
    ("text", "language"), [("", "no"), ("We are the best and you will work with us for the people. " * 3, "en")]
)
def test_the_texts_language_is_marked(client, ads, text, language):
    (ad,) = ads({"title": "Kokk", "description": f"<p>{text}</p>"})
    assert get(client, ad).one("//h1").get("lang") == language


def test_places_are_cut_after_two_on_a_card_and_all_there_on_the_page(client, ads):
    places = tuple(LocationData("NORGE", "VESTLAND", name, name) for name in ("BERGEN", "VOSS", "STORD", "BØMLO", "KVAM"))
    (ad,) = ads({"locations": places})
    page = get(client, ad)
    assert "Bergen, Voss og 3 andre steder" in page.text("//header[@class='ad-head']")
    facts = page.text("//dl")
    assert all(name in facts for name in ("Bergen", "Voss", "Stord", "Bømlo", "Kvam"))


HOSTILE = "<img src=x onerror=alert(1)>\"'</title><script>alert(1)</script>{{ 7|add:7 }}"


def test_hostile_fields_are_text(client, ads):
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
        scripts = page.all("//script")
        assert all(script.get("src", "").startswith("/static/") and not script.text for script in scripts)
        assert not page.all("//main//img") and not page.all("//style") and not page.all("//@style")
        assert not [name for name in page.all("//@*/..") if any(key.startswith("on") for key in name.attrib)]
        assert not [link for link in page.all("//@href") if link.lower().startswith(("javascript:", "data:"))]


def test_the_form_of_a_phone_number_decides_whether_it_is_a_link(client, ads):
    people = tuple(ContactData(name=f"P{n}", phone=phone) for n, phone in enumerate(("+47 55 58 85 95", "ring meg", "12")))
    (ad,) = ads({"contacts": people})
    page = get(client, ad)
    assert [link.get("href") for link in page.all("//ul[@class='contacts']//a")] == ["tel:+4755588595"]
    assert "ring meg" in page.text()


def test_title_and_text_each_say_their_language(client, ads):
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
