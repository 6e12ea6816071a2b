"""Employer page: the employer's active ads, or that it has none."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.views.employers import list_ads
from tests.conftest import store_vacancies
from tests.web.page import Page

ORGNR = "999888777"
ADDRESS = f"/arbeidsgiver/{ORGNR}/"


def close(*uuids, **options) -> None:
    with transaction.atomic():
        store.close_vacancies(uuids, Vacancy.Closed.FEED, **options)


@pytest.fixture
def many(db):
    def published(hours: int) -> dt.datetime:
        return timezone.now() - dt.timedelta(hours=hours)

    same = {"employer_orgnr": ORGNR, "employer_homepage": "kro.example"}
    return store_vacancies(*({"title": f"Kokk {n}", "published": published(n), **same} for n in range(27)))


def test_page_lists_active_ads_newest_first(client, many, make_vacancy, settings):
    make_vacancy(title="Hos en annen", employer_orgnr="111222333")
    make_vacancy(title="Uten dato", employer_orgnr=ORGNR, published=None)
    close(many[1], many[26])
    response = client.get(ADDRESS)
    page = Page(response)
    assert response.status_code == 200 and page.h1 == "Sykehuset"
    assert page.titles == [f"Kokk {n}" for n in (0, *range(2, 26))]
    assert page.text("//h2[@id='treff-h']") == "26 ledige stillinger"
    assert Page(client.get(ADDRESS, {"page": 2})).titles == ["Uten dato"]
    assert "Organisasjonsnummer 999 888 777" in page.text()
    homepage = page.one("//a[@href='https://kro.example']")
    assert "nofollow" in homepage.get("rel") and "noopener" in homepage.get("rel")
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}{ADDRESS}"
    assert "X-Robots-Tag" not in response and not page.all("//meta[@name='robots']")
    assert page.one("//meta[@property='og:title']").get("content") == "Ledige stillinger hos Sykehuset"


@pytest.mark.parametrize("number", ["2", "99", "999999", "9" * 19, "9" * 5000])
def test_further_pages_exist_and_are_noindex(client, many, number, settings):
    response = client.get(ADDRESS, {"page": number}, follow=True)
    assert response.redirect_chain == ([] if number == "2" else [(f"{ADDRESS}?page=2", 302)])
    page = Page(response)
    assert page.titles == ["Kokk 25", "Kokk 26"] and "(side 2)" in page.text("//title")
    assert response["X-Robots-Tag"] == "noindex"
    assert page.one("//link[@rel='canonical']").get("href") == f"{settings.SITE_URL}{ADDRESS}"
    assert page.one("//a[contains(@rel, 'prev')]").get("href") == ADDRESS
    first = Page(client.get(ADDRESS)).one("//a[contains(@rel, 'next')]")
    assert first.get("href") == f"{ADDRESS}?page=2" and "nofollow" in first.get("rel")


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "1.5", "٢", "\x00", "1e9"])
def test_invalid_page_number_shows_the_first_page(client, many, number):
    assert Page(client.get(ADDRESS, {"page": number})).titles[0] == "Kokk 0"


def test_number_of_queries_is_fixed(client, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        client.get(ADDRESS)


def test_query_uses_an_index_and_does_not_read_all_active_ads(many):
    if connection.vendor == "postgresql":  # scans a small table
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for rows in (list_ads("999888777"), Vacancy.objects.active().filter(employer_orgnr="999888777").values("uuid")):
        assert "vacancy_of_employer" in rows.explain()


def test_employer_without_active_ads_says_so_and_is_noindex(client, many):
    close(*many)
    response = client.get(ADDRESS)
    page = Page(response)
    assert response.status_code == 200 and page.h1 == "Sykehuset"
    assert "Arbeidsgiveren har ingen ledige stillinger her nå." in page.text()
    assert response["X-Robots-Tag"] == "noindex" and page.one("//meta[@name='robots']").get("content") == "noindex"
    assert "kro.example" not in response.content.decode() and not page.all("//article")


def test_employer_with_masked_hidden_or_deleted_ads_only_is_404(client, make_vacancy):
    ad = make_vacancy(employer_orgnr=ORGNR)
    store.set_hidden(ad, True)
    assert client.get(ADDRESS).status_code == 404
    store.set_hidden(ad, False)
    assert client.get(ADDRESS).status_code == 200
    close(ad, masked=[ad])
    assert client.get(ADDRESS).status_code == 404
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize(
    "orgnr",
    [*"000000000 99988877 9998887770 abc 99988877٧ %00 %ff%fe ..%2f ' 999888777%0A -1 {{7}}".split(), "a" * 3000],
)
def test_invalid_or_unknown_organisation_number_is_404(client, make_vacancy, orgnr):
    make_vacancy(employer_orgnr=ORGNR)
    response = client.get(f"/arbeidsgiver/{orgnr}/")
    assert response.status_code == 404 and "Vi finner ikke siden" in Page(response).h1


def test_employer_without_a_name_has_a_page(client, make_vacancy):
    make_vacancy(employer_orgnr=ORGNR, employer_name="", employer_homepage="javascript:alert(1)")
    page = Page(client.get(ADDRESS))
    assert page.h1 == "Arbeidsgiver uten navn" and "javascript" not in page.response.content.decode()
    assert page.one("//meta[@property='og:title']").get("content") == f"Ledige stillinger hos {ORGNR}"


def test_page_shows_the_name_that_most_ads_have(client, make_vacancy):
    for hours, name in enumerate(["HAVGLØTT KRO", "Havgløtt Kro AS", "Havgløtt Kro AS", ""]):
        published = timezone.now() - dt.timedelta(hours=hours)
        make_vacancy(employer_orgnr=ORGNR, employer_name=name, published=published)
    page = Page(client.get(ADDRESS))
    assert page.h1 == "Havgløtt Kro AS" and len(page.titles) == 4


def test_passed_deadlines_are_left_out_and_last_with_the_link(client, make_vacancy):
    def make(title: str, days: int) -> None:
        due = timezone.now().astimezone(OSLO).date() + dt.timedelta(days=days)
        make_vacancy(title=title, employer_orgnr=ORGNR, application_due=str(due))

    for n in range(24):
        make(f"Åpen {n}", n)
    assert not Page(client.get(ADDRESS)).all("//p[@class='passed-deadlines']")
    for n in range(3):
        make(f"For sent {n}", -1)
    page = Page(client.get(ADDRESS))
    assert page.text("//h2[@id='treff-h']") == "24 ledige stillinger" and len(page.titles) == 24
    link = page.one("//p[@class='passed-deadlines']/a")
    assert (" ".join(link.text.split()), link.get("href")) == ("Vis også 3 der fristen er ute", f"{ADDRESS}?deadline=all")
    first = Page(client.get(link.get("href")))
    assert first.response["X-Robots-Tag"] == "noindex"
    second = Page(client.get(first.one("//a[contains(@rel, 'next')]").get("href")))
    assert len(first.titles) == 25 and first.titles[24].startswith("For sent") and len(second.titles) == 2
    assert second.one("//p[@class='passed-deadlines']/a").get("href") == ADDRESS
    assert client.get(ADDRESS, {"deadline": "all", "page": 9}).url == f"{ADDRESS}?deadline=all&page=2"


def test_employer_with_passed_deadlines_only_is_noindex(client, make_vacancy):
    make_vacancy(employer_orgnr=ORGNR, application_due="2020-01-01")
    response = client.get(ADDRESS)
    assert response["X-Robots-Tag"] == "noindex"
    assert Page(response).one("//p[@class='passed-deadlines']/a").get("href") == f"{ADDRESS}?deadline=all"
    assert len(Page(client.get(ADDRESS, {"deadline": "all"})).titles) == 1


def test_an_alert_of_the_employer_s_new_ads_is_offered_whether_it_has_ads_or_not(client, many):
    def find_offered() -> str:
        return Page(client.get(ADDRESS)).one("//a[contains(@href, '/varsler/ny/')]").get("href")

    assert find_offered() == "/varsler/ny/?query=employer%3DSykehuset"
    assert Page(client.get(find_offered())).text("//main").count("Sykehuset")
    close(*many)
    assert find_offered() == "/varsler/ny/?query=employer%3DSykehuset"
