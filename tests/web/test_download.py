"""Files of a search, CSV and Excel: in the page's order, no spreadsheet formulas, and only active ads without contacts."""

from __future__ import annotations

import csv
import datetime as dt
import inspect
import io
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from lxml import etree

from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web import csv_files
from jobsearch.web.presenters import export_rows
from jobsearch.web.presenters.export_rows import COLUMNS
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


def sheet_of(response) -> list[list[str]]:
    """The cells of an Excel file; fails for any cell that is no string, such as a formula."""
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        assert not [name for name in file.namelist() if "externalLinks" in name or "hyperlinks" in file.read(name).decode()]
        sheet = etree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter("{*}row"):
        cells = list(row.iter("{*}c"))
        assert {cell.get("t") for cell in cells} == {"inlineStr"}
        rows.append(["".join(cell.itertext()) for cell in cells])
    return rows


def read_rows(client, kind: str, params: str = "") -> list[list[str]]:
    response = client.get(f"/treff.{kind}{params}")
    return file_of(response) if kind == "csv" else sheet_of(response)


KINDS = pytest.mark.parametrize("kind", ["csv", "xlsx"])


@KINDS
def test_each_field_has_a_column(logged_in, ads, kind):
    (uuid,) = ads(
        {
            "title": 'Kokk; "fast"',
            "employer_name": "Kroa på Ås",
            "employer_orgnr": "974 760 673",
            "occupations": (OccupationData("Reiseliv og mat", "Kokk"), OccupationData("Reiseliv og mat", "Restaurant")),
            "locations": (*VOSS, LocationData("NORGE", "OSLO", "OSLO", "OSLO"), LocationData("NORGE", "TROMS", "", "")),
            "application_due": "2026-12-24",
            "published": dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC),
        }
    )
    header, row = read_rows(logged_in, kind)
    today = timezone.localdate()
    assert tuple(header) == COLUMNS
    assert dict(zip(header, row, strict=True)) == {
        "Tittel": 'Kokk; "fast"',
        "Arbeidsgiver": "Kroa på Ås",
        "Organisasjonsnummer": "974760673",
        "Yrke": "Kokk / Restaurant",
        "Sted": "Voss / Stockholm, Sverige / Oslo / Troms",
        "Kommune": "Voss / Oslo",
        "Kommunenummer": "4621 / 0301",
        "Frist": "2026-12-24",
        "Publisert": get_oslo_date(Vacancy.objects.get().published).isoformat(),
        "Først sett": today.isoformat(),
        "Dager ute": str((today - get_oslo_date(Vacancy.objects.get().published)).days),
        "Ansettelse": "Fast",
        "Omfang": "Heltid",
        "Sektor": "Offentlig",
        "Lenke": f"http://testserver/stilling/{uuid}/",
    }


@KINDS
def test_file_has_all_hits_of_the_search(logged_in, ads, kind):
    now = timezone.now()
    ads(*({"title": f"Kokk {n}", "occupations": (), "published": now - dt.timedelta(hours=n)} for n in range(30)))
    ads({"title": "Baker", "occupations": ()}, {"title": "Kokk på Voss", "occupations": (), "locations": VOSS})
    rows = read_rows(logged_in, kind, "?q=kokk&place=VESTLAND%2FBERGEN&sort=published&page=2")
    assert [row[0] for row in rows[1:]] == [f"Kokk {n}" for n in range(30)]
    assert len(read_rows(logged_in, kind)) == 1 + 32
    assert read_rows(logged_in, kind, "?q=murer") == [list(COLUMNS)]


def test_files_are_in_the_order_of_the_page(logged_in, ads):
    now = timezone.now()
    made = ads(
        {"title": "Assistent på kjøkken", "application_due": "2027-01-03", "published": now, "occupations": ()},
        {"title": "Kokk", "application_due": "2027-01-02", "published": now - dt.timedelta(hours=2), "occupations": ()},
        {
            "title": "Kokk og assistent",
            "application_due": "2027-01-01",
            "published": now - dt.timedelta(hours=1),
            "occupations": (),
        },
    )
    Vacancy.objects.exclude(uuid=made[1]).update(first_seen=now - dt.timedelta(days=2))
    Vacancy.objects.filter(uuid__in=made).update(version=2)
    indexing.index_changes()
    since = int((now - dt.timedelta(days=1)).timestamp())
    for order in ("relevance", "published", "deadline", f"published&since={since}"):
        params = f"?q=assistent+eller+kokk&sort={order}"
        shown = Page(logged_in.get(f"/{params}", follow=True)).titles
        assert sorted(shown) == ["Assistent på kjøkken", "Kokk", "Kokk og assistent"], order
        for kind in ("csv", "xlsx"):
            assert [row[0] for row in read_rows(logged_in, kind, params)[1:]] == shown, (kind, order)


def test_a_file_has_as_many_rows_as_pages_can_show(logged_in, ads, monkeypatch):
    ads(*({"title": f"Kokk {n}"} for n in range(5)))
    assert len(search.list_hits(search.SearchQuery(), 3)) == 3
    assert inspect.signature(search.list_hits).parameters["limit"].default == 10_000


def test_file_uses_the_corrected_search_like_the_page(logged_in, ads):
    ads({"title": "Sykepleier"})
    assert Page(logged_in.get("/?q=sykepeier")).total == 1
    assert len(file_of(logged_in.get("/treff.csv?q=sykepeier"))) == 2


@KINDS
def test_several_chunks_are_in_order(logged_in, ads, monkeypatch, kind):
    monkeypatch.setattr(export_rows, "CHUNK", 3)
    now = timezone.now()
    ads(*({"title": f"Kokk {n}", "published": now - dt.timedelta(hours=n)} for n in range(25)))
    assert [row[0] for row in read_rows(logged_in, kind)[1:]] == [f"Kokk {n}" for n in range(25)]


def test_ads_that_end_during_the_transfer_are_not_in_the_file(logged_in, ads, monkeypatch):
    monkeypatch.setattr(export_rows, "CHUNK", 1)
    now = timezone.now()
    made = ads(*({"title": f"Kokk {n}", "published": now - dt.timedelta(hours=n)} for n in range(4)))
    response = logged_in.get("/treff.csv")
    pieces = [next(iter(response.streaming_content)), next(iter(response.streaming_content))]
    with transaction.atomic():
        store.close_vacancies([made[2]], Vacancy.Closed.FEED)
    store.set_hidden(made[3], True)
    text = b"".join([*pieces, *response.streaming_content]).decode()
    assert [f"Kokk {n}" in text for n in range(4)] == [True, True, False, False]


@KINDS
def test_file_contains_no_contact(logged_in, ads, kind):
    people = (ContactData("Ragnfrid Uthaug", "ragnfrid@uthaug.example", "22 33 44 55"),)
    ads({"title": "Kokk, ring Ragnfrid Uthaug 22 33 44 55", "contacts": people, "application_due": "Skriv til a@b.example"})
    _, row = read_rows(logged_in, kind)
    assert row[0] == "Kokk, ring"
    for trace in ("Ragnfrid", "Uthaug", "22 33", "@", "sykehus.example"):
        assert not any(trace in cell for cell in row), trace


@KINDS
def test_cells_cannot_be_formulas(logged_in, ads, kind):
    starts = ("=", "+", "-", "@", "\t=", "\r=", "＝")
    ads(
        *(
            {
                "title": f"{start}HYPERLINK(1)",
                "employer_name": f"{start}1+1",
                "employer_orgnr": f"{start}4",
                "engagement": f"{start}2",
                "application_due": f"{start}3",
            }
            for start in starts
        )
    )
    rows = read_rows(logged_in, kind)  # of an Excel file it is the type of the cell that decides
    assert len(rows) == 1 + len(starts)
    for row in rows if kind == "csv" else []:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_a_value_that_begins_like_a_formula_is_escaped():
    for start in ("=", "+", "-", "@", "\t=", "\r=", "＝"):
        assert csv_files.escape_formula(f"{start}1") == f"'{start}1", start
    assert csv_files.escape_formula("Kokk = bra") == "Kokk = bra"


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("formula", ["=1+1", " =HYPERLINK(1)", "@SUM(1)", "+cmd|' /C calc'!A0", "-1+cmd|' /C calc'!A0", "-(1)"])
def test_no_cell_is_a_formula_where_another_sign_separates_cells(separator, formula):
    """A spreadsheet of a country with commas also separates within quotes that do not stand at the beginning of a line."""
    content = csv_files.encode_rows(
        [[f"Kokk{separator}{formula}", "Oslo", f'"Baker"{separator}{formula}', f"x{separator}{formula}"]]
    )
    for read_as in (",", ";"):
        cells = [cell for row in csv.reader(content.decode().splitlines(), delimiter=read_as) for cell in row]
        assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@"))], cells


@pytest.mark.parametrize("text", ["Lønn 500,- per time", "Ring 22 33 44 55, +47 99 88 77 66", "Bergen, - og Voss", "Kokk, ring"])
def test_prices_and_phone_numbers_stay_as_they_are(text):
    assert csv_files.escape_formula(text) == text


@KINDS
def test_file_is_not_cached_and_named_after_the_search_and_the_day(logged_in, ads, kind):
    ads()
    for address in (f"/treff.{kind}", f"/treff.{kind}?place=ATLANTIS"):
        response = logged_in.get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    today = timezone.localdate().isoformat()
    for params, name in (
        ("", "treff"),
        ("?q=sykepleier&place=VESTLAND%2FBERGEN&sort=deadline", "sykepleier-bergen"),
        ("?q=%22%0d%0aX:1%22%20%E2%98%83", "x-1"),
        (f"?q={'sykepleier+' * 15}", "sykepleier-sykepleier-sykepleier-sykepleier-sykepleier-sykep"),
    ):
        response = logged_in.get(f"/treff.{kind}{params}")
        assert response["Content-Disposition"] == f'attachment; filename="{name}-{today}.{kind}"', params


@KINDS
def test_export_requires_login(client, ads, kind):
    ads()
    answer = client.get(f"/treff.{kind}?q=kokk")
    assert (answer.status_code, answer["Location"]) == (302, f"/logg-inn/?next=/treff.{kind}%3Fq%3Dkokk")
    assert f"treff.{kind}" not in client.get("/").content.decode()


def test_files_are_limited_by_user_over_both_kinds(logged_in, ads, django_user_model):
    ads()
    statuses = [logged_in.get(f"/treff.{'csv' if number % 2 else 'xlsx'}").status_code for number in range(21)]
    assert statuses == [200] * 20 + [429]
    answer = logged_in.get("/treff.csv")
    assert answer["Retry-After"] == "900" and "lastet ned mange filer" in answer.content.decode()
    assert logged_in.get("/treff.csv?page=x").status_code != 429, "the page that shows a wrong address is no file"
    logged_in.force_login(django_user_model.objects.create_user("another"))
    assert logged_in.get("/treff.csv").status_code == 200


@pytest.mark.parametrize(("kind", "label"), [("csv", "Last ned som CSV"), ("xlsx", "Last ned som Excel")])
def test_results_page_links_to_the_export_of_its_search(logged_in, ads, kind, label):
    ads({"title": "Kokk", "occupations": ()}, {"title": "Baker", "occupations": ()})
    page = Page(logged_in.get("/?q=kokk&sort=published&page=1", follow=True))
    (link,) = page.all(f"//a[normalize-space()='{label}']")
    assert link.get("href") == f"/treff.{kind}?q=kokk&sort=published"
    assert len(read_rows(logged_in, kind, "?q=kokk&sort=published")) == 2
    assert not Page(logged_in.get("/?q=murer")).all(f"//a[contains(@href, 'treff.{kind}')]"), "nothing to download"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/treff.csv?q=22334412345%20a@b.no", 400),
        ("/treff.csv?place=ATLANTIS", 200),
        ("/treff.csv?page=x", 200),
        ("/treff.xlsx?q=22334412345%20a@b.no", 400),
        ("/treff.xlsx?place=ATLANTIS", 200),
    ],
)
def test_invalid_search_shows_the_results_page_with_the_error(logged_in, ads, address, status):
    ads()
    answer = logged_in.get(address)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert Page(answer).all("//*[contains(@class, 'message')]")


@pytest.mark.parametrize("address", ["/treff.csv", "/treff.csv?q=kokk", "/treff.xlsx"])
def test_engine_down_shows_the_results_page(logged_in, own_index, address):
    answer = logged_in.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert Page(answer).all("//a[normalize-space()='Prøv igjen']")


def test_other_methods_than_get_are_405(logged_in, ads):
    assert logged_in.post("/treff.csv").status_code == logged_in.post("/treff.xlsx").status_code == 405
    assert get_user_model().objects.count() == 1
