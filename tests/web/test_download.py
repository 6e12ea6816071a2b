"""CSV export: all hits, no spreadsheet formulas, and only active ads without contacts."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from jobsearch.search import api, service
from jobsearch.search import api as search
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.views import export
from tests.web.page import Page

VOSS = (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"), LocationData("SVERIGE", "", "", "STOCKHOLM"))


@pytest.fixture
def logged_in(client, recruiter):
    client.force_login(recruiter)
    return client


def file_of(response) -> list[list[str]]:
    assert response.status_code == 200
    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_each_field_has_a_column(logged_in, ads):
    (uuid,) = ads(
        {
            "title": 'Kokk; "fast"',
            "employer_name": "Kroa på Ås",
            "locations": VOSS,
            "application_due": "2026-12-24",
            "published": dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC),
        }
    )
    header, row = file_of(logged_in.get("/treff.csv"))
    assert tuple(header) == export.COLUMNS
    assert row == [
        *('Kokk; "fast"', "Kroa på Ås", "Voss / Stockholm, Sverige", "2026-12-24", "2026-11-21"),
        *("Fast", "Heltid", "Offentlig", f"http://testserver/stilling/{uuid}/"),
    ]


def test_file_has_the_hits_of_the_search_newest_first(logged_in, ads):
    now = timezone.now()
    ads(*({"title": f"Kokk {n}", "occupations": (), "published": now - dt.timedelta(hours=n)} for n in range(30)))
    ads({"title": "Baker", "occupations": ()}, {"title": "Kokk på Voss", "occupations": (), "locations": VOSS})
    titles = [row[0] for row in file_of(logged_in.get("/treff.csv?q=kokk&place=VESTLAND%2FBERGEN&sort=deadline&page=2"))[1:]]
    assert titles == [f"Kokk {n}" for n in range(30)]
    assert len(file_of(logged_in.get("/treff.csv"))) == 1 + 32
    assert file_of(logged_in.get("/treff.csv?q=murer")) == [list(export.COLUMNS)]


def test_file_uses_the_corrected_search_like_the_page(logged_in, ads):
    ads({"title": "Sykepleier"})
    assert Page(logged_in.get("/?q=sykepeier")).total == 1
    assert len(file_of(logged_in.get("/treff.csv?q=sykepeier"))) == 2


def test_several_chunks_are_in_order(logged_in, ads, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 3)
    monkeypatch.setattr(service, "SCANNED", 4)
    now = timezone.now()
    ads(*({"title": f"Kokk {n}", "published": now - dt.timedelta(hours=n)} for n in range(25)))
    assert [row[0] for row in file_of(logged_in.get("/treff.csv"))[1:]] == [f"Kokk {n}" for n in range(25)]


def test_ads_that_end_during_the_transfer_are_not_in_the_file(logged_in, ads, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 1)
    now = timezone.now()
    made = ads(*({"title": f"Kokk {n}", "published": now - dt.timedelta(hours=n)} for n in range(4)))
    response = logged_in.get("/treff.csv")
    pieces = [next(iter(response.streaming_content)), next(iter(response.streaming_content))]
    with transaction.atomic():
        store.close_vacancies([made[2]], Vacancy.Closed.FEED)
    store.set_hidden(made[3], True)
    text = b"".join([*pieces, *response.streaming_content]).decode()
    assert [f"Kokk {n}" in text for n in range(4)] == [True, True, False, False]


def test_file_contains_no_contact(logged_in, ads):
    people = (ContactData("Ragnfrid Uthaug", "ragnfrid@uthaug.example", "22 33 44 55"),)
    ads({"title": "Kokk, ring Ragnfrid Uthaug 22 33 44 55", "contacts": people, "application_due": "Skriv til a@b.example"})
    _, row = file_of(logged_in.get("/treff.csv"))
    assert row[0] == "Kokk, ring"
    for trace in ("Ragnfrid", "Uthaug", "22 33", "@", "sykehus.example"):
        assert not any(trace in cell for cell in row), trace


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_cells_cannot_be_formulas(logged_in, ads, start):
    ads(
        {
            "title": f"{start}HYPERLINK(1)",
            "employer_name": f"{start}1+1",
            "engagement": f"{start}2",
            "application_due": f"{start}3",
        }
    )
    for row in file_of(logged_in.get("/treff.csv")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert export.escape_formula(f"{start}1") == f"'{start}1"
    assert export.escape_formula("Kokk = bra") == "Kokk = bra"


def test_file_is_not_cached(logged_in, ads):
    ads()
    for address in ("/treff.csv", "/treff.csv?place=ATLANTIS"):
        response = logged_in.get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert logged_in.get("/treff.csv")["Content-Disposition"] == 'attachment; filename="treff.csv"'


def test_export_requires_login(client, ads):
    ads()
    answer = client.get("/treff.csv?q=kokk")
    assert (answer.status_code, answer["Location"]) == (302, "/logg-inn/?next=/treff.csv%3Fq%3Dkokk")
    assert "treff.csv" not in client.get("/").content.decode()


def test_results_page_links_to_the_export_of_its_search(logged_in, ads):
    ads({"title": "Kokk", "occupations": ()}, {"title": "Baker", "occupations": ()})
    page = Page(logged_in.get("/?q=kokk&sort=published&page=1", follow=True))
    (link,) = page.all("//a[normalize-space()='Last ned som CSV']")
    assert link.get("href") == "/treff.csv?q=kokk&sort=published"
    assert len(file_of(logged_in.get(link.get("href")))) == 2
    assert not Page(logged_in.get("/?q=murer")).all("//a[contains(@href, 'treff.csv')]"), "nothing to download"


@pytest.mark.parametrize(
    ("address", "status"),
    [("/treff.csv?q=22334412345%20a@b.no", 400), ("/treff.csv?place=ATLANTIS", 200), ("/treff.csv?page=x", 200)],
)
def test_invalid_search_shows_the_results_page_with_the_error(logged_in, ads, address, status):
    ads()
    answer = logged_in.get(address)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert Page(answer).all("//*[contains(@class, 'message')]")


@pytest.mark.parametrize("address", ["/treff.csv", "/treff.csv?q=kokk"])
def test_engine_down_shows_the_results_page(logged_in, own_index, address):
    answer = logged_in.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert Page(answer).all("//a[normalize-space()='Prøv igjen']")


def test_engine_failure_during_the_transfer_aborts_it(logged_in, ads, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    uuids = ads({}, {}, {})
    closed = []

    def broken(query):
        try:
            yield from uuids
            raise search.EngineDown("gone")
        finally:
            closed.append(True)

    monkeypatch.setattr(api, "scan", broken)
    with pytest.raises(search.EngineDown):
        file_of(logged_in.get("/treff.csv"))
    assert closed == [True]


def test_aborted_download_closes_the_scan(logged_in, ads, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 1)
    uuids = ads({}, {}, {})
    closed = []

    def watched(query):
        try:
            yield from uuids
        finally:
            closed.append(True)

    monkeypatch.setattr(api, "scan", watched)
    response = logged_in.get("/treff.csv")
    next(iter(response.streaming_content))
    assert not closed
    response.close()
    assert closed == [True]


def test_other_methods_than_get_are_405(logged_in, ads):
    assert logged_in.post("/treff.csv").status_code == 405
    assert get_user_model().objects.count() == 1
