"""JSON-LD JobPosting: active ads only, by the published rules of search engines, and without personal data."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import jsonld
from tests.web.page import Page
from tests.web.support import ENDINGS

OSLO = ZoneInfo("Europe/Oslo")
EMPLOYMENT = set("FULL_TIME PART_TIME CONTRACTOR TEMPORARY INTERN VOLUNTEER PER_DIEM OTHER".split())
REQUIRED = {"@context", "@type", "title", "description", "datePosted", "hiringOrganization", "jobLocation", "validThrough"}
KNOWN = REQUIRED | {"identifier", "url", "directApply", "employmentType", "totalJobOpenings", "industry", "jobStartDate"}
KNOWN |= {"occupationalCategory"}


def posting(client, ad) -> dict | None:
    found = Page(client.get(f"/stilling/{ad}/")).all("//head/script[@type='application/ld+json']")
    assert len(found) <= 1
    return json.loads(found[0].text) if found else None


def check(data: dict) -> None:
    """Check the rules of Google's documentation for job postings, and our own rules of what is left out."""
    assert set(data) >= REQUIRED and set(data) <= KNOWN
    assert data["@context"] == "https://schema.org" and data["@type"] == "JobPosting"
    for name in ("title", "description", "url"):
        assert isinstance(data[name], str) and data[name].strip()
    posted, until = (dt.datetime.fromisoformat(data[name]) for name in ("datePosted", "validThrough"))
    assert posted.tzinfo and until.tzinfo and until > timezone.now()
    assert data["hiringOrganization"]["@type"] == "Organization" and data["hiringOrganization"]["name"]
    assert data["hiringOrganization"].get("sameAs", "https://").startswith(("http://", "https://"))
    assert isinstance(data["jobLocation"], list) and data["jobLocation"]
    for place in data["jobLocation"]:
        assert place["@type"] == "Place" and place["address"]["@type"] == "PostalAddress"
        country = place["address"]["addressCountry"]
        assert country == "NO" or (country["@type"] == "Country" and country["name"])
    assert data["identifier"]["@type"] == "PropertyValue" and data["identifier"]["value"]
    assert data["directApply"] is False
    assert set(data.get("employmentType", [])) <= EMPLOYMENT and data.get("employmentType") != []
    assert data.get("totalJobOpenings", 1) >= 1


def test_job_posting_has_the_facts_of_an_active_ad(client, ads, settings):
    (ad,) = ads(
        {
            "published": dt.datetime(2026, 1, 5, tzinfo=OSLO),
            "application_due": "2090-11-27",
            "expires": dt.datetime(2091, 1, 1, tzinfo=OSLO),
            "position_count": "3",
            "extent": "Deltid",
            "engagement": "Vikariat",
            "employer_homepage": "www.sykehus.example",
            "start": "01.02.2091",
            "locations": (
                LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5021", "Jonas Lies vei 65"),
                LocationData("SVERIGE", "", "", "STOCKHOLM"),
            ),
        }
    )
    data = posting(client, ad)
    check(data)
    assert data["title"] == "Sykepleier" and data["url"] == f"{settings.SITE_URL}/stilling/{ad}/"
    assert data["datePosted"] == "2026-01-05T00:00:00+01:00" and data["validThrough"] == "2090-11-28T00:00:00+01:00"
    assert data["hiringOrganization"] == {"@type": "Organization", "name": "Sykehuset", "sameAs": "https://www.sykehus.example"}
    assert [place["address"] for place in data["jobLocation"]] == [
        {
            "@type": "PostalAddress",
            "streetAddress": "Jonas Lies vei 65",
            "postalCode": "5021",
            "addressLocality": "Bergen",
            "addressRegion": "Vestland",
            "addressCountry": "NO",
        },
        {
            "@type": "PostalAddress",
            "addressLocality": "Stockholm",
            "addressCountry": {"@type": "Country", "name": "Sverige"},
        },
    ]
    assert data["employmentType"] == ["PART_TIME", "TEMPORARY"] and data["totalJobOpenings"] == 3
    assert data["industry"] == ["Helse og sosial"] and data["occupationalCategory"] == ["Sykepleier"]
    assert data["jobStartDate"] == "2091-02-01"


def test_full_time_is_left_out(client, ads):
    (ad,) = ads({"extent": "Heltid", "engagement": "Fast"})
    assert "employmentType" not in posting(client, ad)


def test_ad_without_deadline_is_valid_until_its_end(client, ads):
    (ad,) = ads({"application_due": "Snarest", "expires": dt.datetime(2090, 6, 1, tzinfo=OSLO)})
    assert posting(client, ad)["validThrough"] == "2090-06-02T00:00:00+02:00"
    (sooner,) = ads({"application_due": "2095-01-01", "expires": dt.datetime(2090, 6, 1, tzinfo=OSLO)})
    assert posting(client, sooner)["validThrough"] == "2090-06-02T00:00:00+02:00"


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"employer_name": ""},
        {"description": ""},
        {"locations": ()},
        {"locations": (LocationData("NORGE"),)},
        {"application_due": "2020-01-01"},
    ],
    ids=str,
)
def test_no_job_posting_without_required_fields_or_past_the_deadline(client, ads, fields):
    (ad,) = ads(fields)
    assert posting(client, ad) is None


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_no_job_posting_of_an_inactive_ad(client, ads, end):
    (ad,) = ads()
    assert posting(client, ad)
    end(ad)
    assert b"ld+json" not in client.get(f"/stilling/{ad}/").content


def test_contacts_in_the_text_are_left_out(client, ads):
    body = (
        "<h2>Om oss</h2><p>Ring <b>Kari</b> Nordmann på <a href='tel:22334455'>22 33 44 55</a> eller "
        "<a href='mailto:kari@sykehus.example'>kari@sykehus.example</a>. Berg kommune er stor.</p><ul><li>Natt</li></ul>"
    )
    people = (ContactData("Kari Nordmann", "kari@sykehus.example", "22 33 44 55", "Kontakt", "Avdelingsleder"),)
    (ad,) = ads({"description": body, "contacts": people})
    data = posting(client, ad)
    check(data)
    text = json.dumps(data, ensure_ascii=False)
    for private in ("Kari", "Nordmann", "kari@", "22 33 44 55", "22334455", "Avdelingsleder", "href", "<a"):
        assert private not in text
    assert "Berg kommune er stor" in text and "<li>Natt</li>" in text and "<h2>" in text


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        ("<p>Ring Kari <em>B.</em> Nordmann&nbsp;nå</p>", "nå"),
        ("<p><strong>Ka</strong>ri <b>Nord</b>mann svarer</p>", "svarer"),
        ("<p>Kari</p><p>Nordmann</p><p>Natt</p>", "<p>Natt</p>"),
        ("<p>Ring 950&nbsp;64&nbsp;865 eller <b>950</b> 64 <i>865</i> &lt;i dag&gt;</p>", "&lt;i dag&gt;"),
        ("<p>kari<b>@</b>sykehus.example &amp; kari&amp;#64;sykehus.example</p>", "&amp;"),
    ],
)
def test_contacts_across_elements_and_character_references_are_left_out(client, ads, body, stays):
    people = (ContactData("Kari Nordmann", "kari@sykehus.example", "950 64 865"),)
    (ad,) = ads({"description": f"{body}<p>Turnus 22.00-07.30</p>", "contacts": people})
    description = posting(client, ad)["description"]
    assert stays in description and "<p>Turnus 22.00-07.30</p>" in description
    assert not [trace for trace in ("Kari", "Ka<", "Nord", "950", "865", "64", "sykehus", "@") if trace in description]


def test_homepage_with_an_email_address_is_left_out(client, ads):
    (ad,) = ads({"employer_homepage": "https://sykehus.example/?mail=kari%40sykehus.example"})
    assert "sameAs" not in posting(client, ad)["hiringOrganization"]


def test_contacts_in_any_field_are_left_out(client, ads):
    people = (ContactData("Kari Nordmann", "kari@sykehus.example", "22 33 44 55"),)
    where = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5021", "v/ Kari Nordmann, Storgata 2, tlf. 22 33 44 55"),)
    (ad,) = ads({"title": "Kokk, ring Kari Nordmann 22 33 44 55", "contacts": people, "locations": where})
    data = posting(client, ad)
    check(data)
    assert data["title"] == "Kokk, ring"
    assert data["jobLocation"][0]["address"]["addressLocality"] == "Bergen"
    assert "Storgata 2" in data["jobLocation"][0]["address"]["streetAddress"]
    text = json.dumps(data, ensure_ascii=False)
    assert not [private for private in ("Kari", "Nordmann", "22 33") if private in text]


HOSTILE = "</script><script>alert(1)</script><!--&amp;\u2028\"'"


def test_hostile_fields_stay_inside_the_script_element(client, ads):
    (ad,) = ads(
        {
            "title": HOSTILE,
            "employer_name": HOSTILE,
            "employer_homepage": "javascript:alert(1)",
            "occupations": (OccupationData(HOSTILE, HOSTILE),),
            "locations": (LocationData(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
            "position_count": "-1",
        }
    )
    data = posting(client, ad)
    check(data)
    assert data["title"] == Vacancy.objects.get(uuid=ad).title and "sameAs" not in data["hiringOrganization"]
    source = client.get(f"/stilling/{ad}/").content.decode()
    inside = source.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(inside) and json.loads(inside) == data


def test_unclassified_ad_has_no_category(client, ads):
    (ad,) = ads({"occupations": (OccupationData("Uoppgitt/ ikke identifiserbare", "Ikke identifiserbare"),)})
    data = posting(client, ad)
    check(data)
    assert "industry" not in data and "occupationalCategory" not in data


def test_no_data_gives_no_element():
    assert jsonld.render_script(None) == ""
