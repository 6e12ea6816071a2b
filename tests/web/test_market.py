"""Market page: numbers of the chosen part, honest about what is not counted; files of its tables; panels on landing pages."""

from __future__ import annotations

import csv
import datetime as dt
import io
from uuid import UUID

import pytest
from django.apps import apps
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.statistics.counting import count_market
from jobsearch.statistics.models import CountingState, Employer
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web.page import Page
from tests.web.support import closed

DAY = dt.timedelta(days=1)
VOSS = (LocationData("NORGE", "VESTLAND", "VOSS"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO"),)
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)


@pytest.fixture(scope="module")
def counted_site(module_site):
    with module_site() as make_ads:
        yield count_ads(make_ads)


@pytest.fixture
def counted(counted_site, db) -> list[UUID]:
    """Ads of three weeks at three places, counted; what a test changes of them is rolled back."""
    return counted_site


@pytest.fixture
def uncounted_ads(own_ads):
    """The function of the fixture `own_ads`, where nothing is counted yet."""
    for model in apps.get_app_config("statistics").get_models():
        model.objects.all().delete()
    return own_ads


def count_ads(make_ads) -> list[UUID]:
    now = timezone.now()
    made = make_ads(
        *({"published": now - n * 7 * DAY, "employer_orgnr": "974760673", "employer_name": "Kroa AS"} for n in range(3)),
        {"locations": VOSS, "sector": "Privat"},
        {"locations": OSLO, "occupations": COOK, "employer_orgnr": "999888777", "employer_name": "Kari Nordmann"},
    )
    Vacancy.objects.update(first_seen=now - dt.timedelta(minutes=10))
    closed(made[0])
    Vacancy.objects.update(closed_at=None)
    Vacancy.objects.filter(uuid=made[0]).update(closed_at=now - dt.timedelta(minutes=5), published=now - 20 * DAY)
    count_market()
    return made


def count_from(moment: dt.datetime) -> None:
    """As if counting had begun then."""
    CountingState.objects.update(started=moment)


def facts(page: Page) -> dict[str, str]:
    names = [element.text_content() for element in page.all("//dl[@class='market-facts']//dt")]
    values = [" ".join(element.text_content().split()) for element in page.all("//dl[@class='market-facts']//dd")]
    return dict(zip(names, values, strict=True))


def rows(page: Page, key: str) -> dict[str, str]:
    found = page.all(f"//section[@aria-labelledby='{key}-h']//tbody/tr")
    return {" ".join(row[0].text_content().split()): " ".join(cell.text_content() for cell in row[1:]) for row in found}


def file_of(response) -> list[list[str]]:
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_whole_market(client, counted):
    page = Page(client.get("/marked/"))
    assert facts(page) == {"Nye annonser": "5", "Fra året før": "–", "Tid ute (median)": "20 dager", "Ledige nå": "4"}
    assert rows(page, "kommuner") == {"Bergen": "3", "Oslo": "1", "Voss": "1"}
    assert rows(page, "yrker") == {"Sykepleier": "4", "Kokk": "1"}
    assert rows(page, "arbeidsgivere") == {"Kroa AS": "3", "Org.nr. 999 888 777": "1"}
    assert len(page.all("//svg[@role='img']//g")) == len(page.all("//details[contains(@class, 'market-weeks')]//tbody/tr")) == 52


@pytest.mark.parametrize(
    ("params", "new", "municipalities", "occupations"),
    [
        ("place=VESTLAND", "4", {"Bergen": "3", "Voss": "1"}, {"Sykepleier": "4"}),
        ("place=VESTLAND%2FVOSS", "1", {"Bergen": "3", "Voss": "1"}, {"Sykepleier": "1"}),
        ("occupation=Reiseliv+og+mat", "1", {"Oslo": "1"}, {"Kokk": "1"}),
        ("occupation=Reiseliv+og+mat%2FKokk&place=OSLO", "1", {"Oslo": "1"}, {"Kokk": "1"}),
        ("sector=Privat", "1", {"Voss": "1"}, {"Sykepleier": "1"}),
        ("place=VESTLAND&place=OSLO", "5", {"Bergen": "3", "Oslo": "1", "Voss": "1"}, {"Sykepleier": "4", "Kokk": "1"}),
        ("occupation=IT", "0", {}, {}),
    ],
)
def test_a_part_of_the_market(client, counted, params, new, municipalities, occupations):
    page = Page(client.get(f"/marked/?{params}"))
    assert facts(page)["Nye annonser"] == new
    assert rows(page, "kommuner") == municipalities
    assert rows(page, "yrker") == occupations


def test_the_form_shows_what_is_chosen(client, counted):
    page = Page(client.get("/marked/?occupation=Helse+og+sosial%2FSykepleier&place=VESTLAND&sector=&q="))
    chosen = [option.text_content().strip() for option in page.all("//form[@class='market-form']//option[@selected]")]
    assert chosen == ["Sykepleier", "Hele Vestland"]
    assert page.text("//main//header/p") == "Sykepleier · Vestland"


@pytest.mark.parametrize("value", ["ATLANTIS", "UTLAND%2FSVERIGE", "%00%F0%9F%98%80", "x" * 5000, "'%3B--"])
def test_an_unknown_place_has_no_numbers_and_is_named(client, counted, value):
    page = Page(client.get(f"/marked/?place={value}"))
    assert page.response.status_code == 200
    assert facts(page)["Nye annonser"] == "0" or value.startswith("%00")
    assert bool(page.all("//p[@class='message warn']")) or value.startswith("%00")


def test_too_many_values_are_refused(client, counted):
    chosen = "&".join([*(f"place=VESTLAND%2F{n}" for n in range(20)), *(f"occupation=IT%2F{n}" for n in range(20))])
    page = Page(client.get(f"/marked/?{chosen}"))
    assert "for mange" in page.text()
    assert facts(page)["Nye annonser"] == "0"


def test_weeks_before_counting_began_are_marked(client, counted):
    page = Page(client.get("/marked/"))
    assert "begynte å telle denne uken" in page.text()
    assert len(page.all("//svg//rect[@class='partial']")) == 52
    count_from(timezone.now() - 14 * DAY)
    page = Page(client.get("/marked/"))
    assert "ufullstendige før" in page.text()
    assert 50 <= len(page.all("//svg//rect[@class='partial']")) < 52
    count_from(timezone.now() - 3 * 364 * DAY)
    page = Page(client.get("/marked/"))
    assert "ufullstendige" not in page.text()
    assert not page.all("//svg//rect[@class='partial']")


def test_change_is_shown_once_both_years_are_counted(client, uncounted_ads):
    now = timezone.now()
    uncounted_ads({"published": now - 364 * DAY}, {"published": now - 365 * DAY}, {}, {}, {})
    Vacancy.objects.update(first_seen=now - dt.timedelta(minutes=10))
    count_market()
    assert facts(Page(client.get("/marked/")))["Fra året før"] == "–"
    count_from(now - 3 * 364 * DAY)
    page = Page(client.get("/marked/"))
    assert facts(page)["Fra året før"] == "+50 %"
    assert rows(page, "kommuner") == {"Bergen": "3 +50 %"}
    assert len(page.all("//svg//rect[@class='before']")) in {1, 2}


def test_who_grows_and_who_has_stopped_is_shown_once_half_a_year_is_counted(client, counted):
    Employer.objects.create(orgnr=811111111, name="Forbi AS", named_at=timezone.now(), new_quarter_before=7, growth=-7)
    page = Page(client.get("/marked/"))
    assert rows(page, "vokser") == rows(page, "sluttet") == {}
    assert page.text().count("når vi har talt annonser i et halvt år") == 2
    count_from(timezone.now() - 200 * DAY)
    page = Page(client.get("/marked/"))
    assert rows(page, "vokser") == {"Kroa AS": "3 0", "Org.nr. 999 888 777": "1 0"}
    assert rows(page, "sluttet") == {"Forbi AS": "0 7"}


def test_employers_of_a_part_are_those_with_open_ads(client, counted):
    page = Page(client.get("/marked/?place=VESTLAND"))
    assert rows(page, "apne") == {"Kroa AS": "2", "Sykehuset": "1"}
    assert not page.all("//section[@aria-labelledby='vokser-h']")
    (link,) = page.all("//section[@aria-labelledby='apne-h']//a[text()='Kroa AS']")
    assert Page(client.get(link.get("href"))).total == 2


def test_what_is_not_counted_yet_has_no_numbers(client, uncounted_ads):
    """As during the first load: 0 new ads, and no employer with any, would be false."""
    uncounted_ads({})
    page = Page(client.get("/marked/"))
    assert page.response.status_code == 200
    assert "Annonsene er ikke talt ennå." in page.text()
    assert facts(page) == {"Ledige nå": "1"}
    assert not page.all("//main//table") and not page.all("//main//svg[@role='img']")
    count_market(timezone.now() + 10 * DAY)
    page = Page(client.get("/marked/"))
    assert facts(page)["Nye annonser"] == "1" and page.all("//main//table")
    assert "ikke talt ennå" not in page.text()


def test_an_empty_database_has_a_page(client, uncounted_ads):
    page = Page(client.get("/marked/"))
    assert page.response.status_code == 200
    assert "Annonsene er ikke talt ennå." in page.text()


def test_without_the_engine_the_page_has_all_that_is_counted(client, counted, engine_down, monkeypatch):
    def down(*args: object):
        raise search.EngineDown("gone")

    monkeypatch.setattr(search, "count_facets", down)
    assert facts(Page(client.get("/marked/")))["Ledige nå"] == "–"
    assert "Søket er nede" in Page(client.get("/marked/?place=VESTLAND")).text()


@pytest.mark.parametrize(
    ("address", "header", "first"),
    [
        ("kommuner.csv", ["Kommune", "Nye siste 52 uker", "Nye de 52 ukene før"], ["VESTLAND / BERGEN", "3", "0"]),
        ("yrker.csv?place=OSLO", ["Yrke", "Nye siste 52 uker", "Nye de 52 ukene før"], ["Reiseliv og mat / Kokk", "1", "0"]),
        (
            "arbeidsgivere.csv",
            ["Organisasjonsnummer", "Arbeidsgiver", "Nye siste 52 uker", "Nye siste 13 uker", "Nye de 13 ukene før", "Åpne"],
            ["974760673", "Kroa AS", "3", "3", "0", "0"],
        ),
    ],
)
def test_files_have_the_rows_of_the_tables(client, counted, address, header, first):
    response = client.get(f"/marked/{address}")
    assert file_of(response)[:2] == [header, first]
    name = address.partition(".")[0]
    today = timezone.localdate().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="marked-{name}-{today}.csv"'


def test_file_of_the_weeks(client, counted):
    _header, *weeks = file_of(client.get("/marked/uker.csv"))
    assert len(weeks) == 52
    assert sum(int(row[2]) for row in weeks) == 5
    assert sum(int(row[4]) for row in weeks) == 1
    assert {row[5] for row in weeks} == {"nei"}
    assert dt.date.fromisoformat(weeks[-1][0]).weekday() == 0


def test_other_files_are_404_and_each_file_can_be_empty(client, uncounted_ads):
    assert client.get("/marked/alt.csv").status_code == 404
    for key in ("uker", "kommuner", "yrker", "arbeidsgivere", "vokser", "sluttet"):
        assert len(file_of(client.get(f"/marked/{key}.csv?place=ATLANTIS"))) == (53 if key == "uker" else 1)


def test_cells_of_employers_cannot_be_formulas(client, counted):
    Employer.objects.update(name="=HYPERLINK(1)")
    assert {row[1] for row in file_of(client.get("/marked/arbeidsgivere.csv"))[1:]} == {"'=HYPERLINK(1)"}


def test_only_the_page_without_parameters_is_indexed(client, counted):
    assert "X-Robots-Tag" not in client.get("/marked/")
    assert client.get("/marked/?place=OSLO")["X-Robots-Tag"] == "noindex, nofollow"
    assert "/marked/" in client.get("/sitemap-sider.xml").content.decode()


def test_landing_pages_have_a_panel_of_their_market(client, counted):
    page = Page(client.get("/jobb/sykepleier-i-bergen/"))
    panel = page.one("//section[@class='market-panel']")
    assert "3 nye annonser på 52 uker" in panel.text_content()
    (link,) = panel.xpath(".//a[normalize-space()='Se mer om markedet']")
    assert facts(Page(client.get(link.get("href"))))["Nye annonser"] == "3"
    assert not Page(client.get("/jobb/troms/")).all("//section[@class='market-panel']"), "nothing is counted there"


def test_history_stays_on_the_page_when_the_ads_are_deleted(client, counted):
    store.close_each(counted, Vacancy.Closed.FEED)
    store.replace_with_tombstones(timezone.now() + DAY)
    assert not Vacancy.objects.exists()
    assert facts(Page(client.get("/marked/")))["Nye annonser"] == "5"


def test_open_ads_of_employers_are_shown_once_a_day_is_counted(client, counted):
    count_from(timezone.now() - DAY)
    count_market()
    assert rows(Page(client.get("/marked/")), "arbeidsgivere") == {"Kroa AS": "3 0", "Org.nr. 999 888 777": "1 0"}


def test_employers_of_the_same_name_are_distinguished_by_number(client, counted):
    Employer.objects.update(name="Oslo kommune")
    found = rows(Page(client.get("/marked/")), "arbeidsgivere")
    assert found == {"Oslo kommune Org.nr. 974 760 673": "3", "Oslo kommune Org.nr. 999 888 777": "1"}


def test_an_opened_saved_search_has_a_panel_of_its_filters(client, counted, recruiter):
    client.force_login(recruiter)
    since = int((timezone.now() - DAY).timestamp())
    page = Page(client.get(f"/?place=VESTLAND&sort=published&since={since}"))
    assert "4 nye annonser på 52 uker" in page.one("//section[@class='market-panel']").text_content()
    assert not Page(client.get(f"/?q=pleier&sort=published&since={since}")).all("//section[@class='market-panel']")
    assert not Page(client.get("/?place=VESTLAND")).all("//section[@class='market-panel']")
