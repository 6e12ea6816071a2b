"""Feeds of searches: valid, without contacts, unchanged until an ad changes, and without an ad as soon as it has ended."""

from __future__ import annotations

import datetime as dt
import json
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone
from lxml import etree

from jobsearch.saved.mail.links import Purpose, sign_token
from jobsearch.saved.models import SearchFeed
from jobsearch.search import indexing
from jobsearch.vacancies.ad_data import ContactData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import feeds
from tests.conftest import store_vacancies
from tests.web.page import Page
from tests.web.support import ENDINGS, closed

ATOM = "{http://www.w3.org/2005/Atom}"
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)
ADDRESSES = pytest.mark.parametrize("address", ["/treff.atom", "/treff.json"])


def read(response) -> list[dict[str, str]]:
    """The entries of either kind of feed, with the same names."""
    assert response.status_code == 200
    if response["Content-Type"] == "application/feed+json; charset=utf-8":
        content = json.loads(response.content)
        assert content["version"] == "https://jsonfeed.org/version/1.1"
        names = {"id": "id", "url": "url", "title": "title", "summary": "content_text", "updated": "date_modified"}
        return [{name: item[key] for name, key in names.items()} for item in content["items"]]
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(response.content)
    for name in ("id", "title", "updated"):  # required by RFC 4287
        assert root.findtext(f"{ATOM}{name}")
    return [
        {
            "id": entry.findtext(f"{ATOM}id"),
            "url": entry.find(f"{ATOM}link").get("href"),
            "title": entry.findtext(f"{ATOM}title"),
            "summary": entry.findtext(f"{ATOM}summary"),
            "updated": entry.findtext(f"{ATOM}updated"),
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


@ADDRESSES
def test_entries_are_the_newest_hits_of_the_search(client, ads, address):
    now = timezone.now()
    ads(*({"title": f"Kokk {n}", "published": now - dt.timedelta(hours=n), "occupations": COOK} for n in range(3)))
    (baker,) = ads({"title": "Baker", "published": now - dt.timedelta(days=2)})
    assert [entry["title"] for entry in read(client.get(f"{address}?q=kokk&sort=deadline"))] == ["Kokk 0", "Kokk 1", "Kokk 2"]
    entry = read(client.get(address))[-1]
    assert entry["id"] == f"urn:uuid:{baker}"
    assert entry["url"] == f"http://localhost:8000/stilling/{baker}/"
    assert entry["summary"] == "Sykehuset · Bergen"
    assert dt.datetime.fromisoformat(entry["updated"]) <= timezone.now()


@ADDRESSES
def test_a_feed_has_a_limit(client, ads, address, monkeypatch):
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 2)
    ads(*({"title": f"Kokk {n}"} for n in range(5)))
    assert len(read(client.get(f"{address}?size=100&page=2"))) == 2


@ADDRESSES
def test_no_contact_is_in_a_feed(client, ads, address):
    people = (ContactData("Ragnfrid Uthaug", "ragnfrid@uthaug.example", "22 33 44 55"),)
    ads({"title": "Kokk, ring Ragnfrid Uthaug 22 33 44 55", "contacts": people, "application_due": "Skriv til a@b.example"})
    content = client.get(address).content.decode()
    for trace in ("Ragnfrid", "Uthaug", "22 33", "@", "sykehus.example", "Nordmann"):
        assert trace not in content, trace


@ADDRESSES
@pytest.mark.parametrize("end", ENDINGS)
def test_an_ad_that_ends_leaves_the_feed(client, ads, address, end):
    first, _second = ads({"title": "Kokk"}, {"title": "Baker"})
    before = client.get(address)
    end(first)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert [entry["title"] for entry in read(after)] == ["Baker"]


@ADDRESSES
def test_an_unchanged_feed_is_304(client, ads, address):
    (uuid,) = ads({"title": "Kokk"})
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    earlier = parsedate_to_datetime(first["Last-Modified"]) - dt.timedelta(seconds=1)
    assert client.get(address, headers={"If-Modified-Since": earlier.strftime("%a, %d %b %Y %H:%M:%S GMT")}).status_code == 200
    Vacancy.objects.filter(uuid=uuid).update(changed=timezone.now() + dt.timedelta(seconds=2))
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200


@ADDRESSES
def test_a_closed_ad_changes_the_answer_to_a_request_by_date(client, ads, address):
    old = timezone.now() - dt.timedelta(days=3)
    first, _second = ads({"title": "Kokk"}, {"title": "Baker"})
    Vacancy.objects.update(changed=old)
    date = client.get(address)["Last-Modified"]
    closed(first)
    assert len(read(client.get(address, headers={"If-Modified-Since": date}))) == 1


@ADDRESSES
def test_an_empty_feed_stays_the_same(client, ads, address):
    ads()
    first = client.get(f"{address}?q=xylofonist")
    assert read(first) == []
    assert client.get(f"{address}?q=xylofonist", headers={"If-None-Match": first["ETag"]}).status_code == 304


@ADDRESSES
def test_an_edited_ad_keeps_its_id_and_is_newer(client, ads, address):
    (uuid,) = ads({"title": "Kokk"})
    Vacancy.objects.update(changed=timezone.now() - dt.timedelta(days=2), published=timezone.now() - dt.timedelta(days=3))
    (before,) = read(client.get(address))
    store_vacancies({"uuid": uuid, "title": "Kokk, fast stilling"})
    indexing.index_changes()
    (after,) = read(client.get(address))
    assert (after["id"], after["title"]) == (before["id"], "Kokk, fast stilling")
    assert after["updated"] > before["updated"]


@ADDRESSES
@pytest.mark.parametrize(
    ("params", "status"),
    [
        ("q=22334412345+a%40b.no", 400),
        ("place=ATLANTIS", 200),
        ("q=%00%F0%9F%98%80&page=x&sort=%27&size=-1&since=1", 200),
        ("published=2020-01-01", 200),
        ("q=" + "x" * 5000, 200),
    ],
)
def test_any_parameters_have_an_answer(client, ads, address, params, status):
    ads()
    response = client.get(f"{address}?{params}")
    assert response.status_code == status
    if status == 200:
        assert read(response) == [] or params.startswith("q=%00")


@ADDRESSES
def test_engine_down_is_503(client, own_index, db, address):
    response = client.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "30")


@ADDRESSES
def test_an_ad_with_marks_of_xml_is_escaped(client, ads, address):
    ads({"title": "Kokk ]]> & <b>sjef</b> \x0b\x00 «1 < 2»", "employer_name": "A & B"})
    (entry,) = read(client.get(address))
    assert entry["title"].startswith("Kokk ]]> &")
    assert entry["summary"].startswith("A & B")


def test_a_summary_is_text_in_which_a_reader_finds_no_tags(client, ads):
    ads({"title": "Kokk", "employer_name": "<script>alert(1)</script> Kro"})
    entry = etree.fromstring(client.get("/treff.atom").content).find(f"{ATOM}entry")
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "text" and summary.text.startswith("<script>alert(1)</script> Kro")


def test_results_pages_name_their_feeds(client, ads):
    ads({"title": "Kokk", "occupations": COOK})
    page = Page(client.get("/?q=kokk&sort=deadline"))
    links = {link.get("type"): link.get("href") for link in page.all("//head/link[@rel='alternate']")}
    assert links == {
        "application/atom+xml": "/treff.atom?q=kokk&sort=deadline",
        "application/feed+json": "/treff.json?q=kokk&sort=deadline",
    }
    assert [entry["title"] for entry in read(client.get(links["application/atom+xml"]))] == ["Kokk"]


def test_a_feed_names_itself_and_its_search_without_order_and_page(client, ads):
    ads()
    content = json.loads(client.get("/treff.json?page=2&q=sykepleier&sort=deadline").content)
    assert content["feed_url"] == "http://localhost:8000/treff.json?q=sykepleier"
    assert content["home_page_url"] == "http://localhost:8000/?q=sykepleier&sort=published"
    assert content["title"] == "Utlyst: sykepleier"


def test_number_of_queries_does_not_grow_with_the_entries(client, ads, django_assert_max_num_queries):
    ads(*({"title": f"Kokk {n}", "published": timezone.now()} for n in range(30)))
    with django_assert_max_num_queries(4):
        client.get("/treff.atom")


# --- Of a saved search ---------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(recruiter, ads):
    ads({"title": "Kokk", "occupations": COOK}, {"title": "Baker", "occupations": ()})
    return recruiter.saved_searches.create(name="Mine kokker", params="q=kokk")


def secret_addresses(saved) -> list[str]:
    token = sign_token(Purpose.FEED, saved.feed.pk)
    return [f"/lagrede-sok/strom/{token}.{kind}" for kind in ("atom", "json")]


def test_a_saved_search_has_a_secret_feed_that_the_owner_makes_and_revokes(client, saved, recruiter):
    here = f"/lagrede-sok/{saved.pk}/strom/"
    client.force_login(recruiter)
    assert "Lag adresse" in Page(client.get(here)).text()
    assert client.post(here).status_code == 302
    assert client.post(here).status_code == 302, "a double click makes one"
    shown = [field.get("value") for field in Page(client.get(here)).all("//input[@readonly]")]
    client.logout()
    for address in shown:
        response = client.get(address.removeprefix("http://localhost:8000"))
        assert [entry["title"] for entry in read(response)] == ["Kokk"]
        assert response["Cache-Control"] == "private, no-cache"
        assert response["X-Robots-Tag"] == "noindex"
        assert "Mine kokker" in response.content.decode()
        assert recruiter.username not in response.content.decode()
    client.force_login(recruiter)
    client.post(here, {"revoke": "1"})
    for address in shown:
        assert client.get(address.removeprefix("http://localhost:8000")).status_code == 404
    client.post(here)
    fresh = [field.get("value") for field in Page(client.get(here)).all("//input[@readonly]")]
    assert not set(fresh) & set(shown)


def test_the_feed_of_another_user_is_404(client, saved, django_user_model):
    here = f"/lagrede-sok/{saved.pk}/strom/"
    assert client.get(here)["Location"].startswith("/logg-inn/")
    client.force_login(django_user_model.objects.create_user("other"))
    assert client.get(here).status_code == client.post(here).status_code == 404
    assert not SearchFeed.objects.exists()


def test_tokens_of_other_purposes_open_no_feed(client, saved):
    SearchFeed.objects.create(saved_search=saved)
    for token in ("x", sign_token(Purpose.ADS, saved.feed.pk), "%00", "x" * 3000):
        for kind in ("atom", "json"):
            assert client.get(f"/lagrede-sok/strom/{token}.{kind}").status_code == 404


def test_a_saved_search_that_cannot_be_read_has_an_empty_feed(client, saved):
    saved.params = "published=2020-01-01"
    saved.save()
    SearchFeed.objects.create(saved_search=saved)
    for address in secret_addresses(saved):
        assert read(client.get(address)) == []


def test_feeds_are_deleted_with_the_search_and_with_the_user(client, saved, recruiter):
    SearchFeed.objects.create(saved_search=saved)
    recruiter.delete()
    assert not SearchFeed.objects.exists()


def test_the_feed_of_a_disabled_account_is_404(client, saved, recruiter):
    SearchFeed.objects.create(saved_search=saved)
    addresses = secret_addresses(saved)
    assert {client.get(address).status_code for address in addresses} == {200}
    recruiter.is_active = False
    recruiter.save()
    assert {client.get(address).status_code for address in addresses} == {404}
