"""Opening a saved search shows the new ads first, and resets their number only once all of them were shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from jobsearch.vacancies.models import Vacancy
from tests.conftest import store_vacancies
from tests.web.page import Page
from tests.web.support import ModuleSite, build_index

LIST = "/lagrede-sok/"


@pytest.fixture(scope="module")
def looked() -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=5)


@pytest.fixture(scope="module")
def forty(module_site: ModuleSite, looked: dt.datetime) -> Iterator[None]:
    """Forty ads for cooks; three of them, published long ago, were first seen an hour ago."""
    now = timezone.now()
    with module_site():
        store_vacancies(
            *({"title": f"Kokk {n:02}", "published": now - dt.timedelta(days=n), "description": f"<p>{n}</p>"} for n in range(40))
        )
        Vacancy.objects.update(first_seen=looked - dt.timedelta(hours=1))
        Vacancy.objects.filter(title__in=("Kokk 07", "Kokk 30", "Kokk 35")).update(first_seen=now - dt.timedelta(hours=1))
        build_index()
        yield


@pytest.fixture
def some(forty, db) -> None:
    """The forty ads; what a test changes of them is rolled back, and the index stays as it is."""


@pytest.fixture
def all_new(own_index, some) -> None:
    """The forty ads, each first seen an hour ago."""
    Vacancy.objects.update(first_seen=timezone.now() - dt.timedelta(hours=1), version=10)
    build_index()


def get_number_of_new(client) -> str:
    return Page(client.get(LIST)).one("//*[@data-new]").get("data-new")


def test_new_ads_are_first_marked_and_under_a_heading(logged_in, recruiter, some, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    assert get_number_of_new(logged_in) == "3"
    page = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    assert page.total == 40
    new, rest = page.all("//ol[@class='cards']")
    titles = [[link.text_content() for link in part.xpath(".//h4/a")] for part in (new, rest)]
    assert titles[0] == ["Kokk 07", "Kokk 30", "Kokk 35"]
    assert titles[1][:8] == [f"Kokk {n:02}" for n in (0, 1, 2, 3, 4, 5, 6, 8)] and len(titles[1]) == 22
    assert len(new.xpath(".//li[@class='badge new']")) == 3 and not rest.xpath(".//li[@class='badge new']")
    headings = [heading.text_content() for heading in page.all("//h3[@class='part']")]
    assert headings[0].startswith("3 nye siden ") and headings[1] == "Eldre treff"
    assert page.one("//select[@name='sort']/option[@selected]").get("value") == "published"


def test_each_ad_is_on_one_page(logged_in, recruiter, some, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    first = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    second = Page(logged_in.get(first.one("//a[contains(@rel, 'next')]").get("href")))
    assert sorted([*first.titles, *second.titles]) == [f"Kokk {n:02}" for n in range(40)]
    assert [heading.text_content() for heading in second.all("//h3[@class='part']")] == ["Eldre treff"]


def test_showing_the_new_ads_resets_the_number_and_can_be_repeated(logged_in, recruiter, some, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    address = logged_in.get(f"{LIST}{saved.pk}/").url
    assert get_number_of_new(logged_in) == "3", "a redirect shows nothing"
    for _again in range(2):
        assert Page(logged_in.get(address)).text("//h3[@class='part'][1]").startswith("3 nye")
        assert get_number_of_new(logged_in) == "0"


@pytest.mark.parametrize(
    "how",
    ["head", "prefetch", "old prefetch", "preload", "page 2", "another's", "not logged in", "another search", "engine down"],
)
def test_other_requests_do_not_reset_the_number(logged_in, recruiter, django_user_model, some, looked, how, request):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    address = logged_in.get(f"{LIST}{saved.pk}/").url
    if how == "head":
        logged_in.head(address)
    elif how == "prefetch":
        logged_in.get(address, headers={"sec-purpose": "prefetch"})
    elif how == "old prefetch":
        logged_in.get(address, headers={"purpose": "prefetch"})
    elif how == "preload":
        logged_in.get(address, headers={"hx-request": "true", "hx-preloaded": "true"})
    elif how == "page 2":
        assert Page(logged_in.get(f"{address}&page=2")).titles, "a page without new ads"
    elif how == "another's":
        logged_in.force_login(django_user_model.objects.create_user("per"))
        logged_in.get(address)
    elif how == "not logged in":
        logged_in.logout()
        logged_in.get(address)
    elif how == "another search":
        logged_in.get(address.replace("q=kokk", "q=kokker"))
    else:
        request.getfixturevalue("engine_down")
        assert logged_in.get(address).status_code == 503
    saved.refresh_from_db()
    assert saved.last_looked == looked


def test_number_is_reset_by_the_last_page_of_new_ads(logged_in, recruiter, all_new, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    first = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    assert get_number_of_new(logged_in) == "40"
    assert (
        Page(logged_in.get(first.one("//a[contains(@rel, 'next')]").get("href"))).text("//h3")
        == "40 nye siden " + first.text("//h3")[13:]
    )
    assert get_number_of_new(logged_in) == "0"


def test_pages_of_new_ads_count_only_one_after_the_other(logged_in, recruiter, all_new, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    address = logged_in.get(f"{LIST}{saved.pk}/").url
    logged_in.get(f"{address}&page=2")
    assert get_number_of_new(logged_in) == "40", "the first 25 have not been shown"
    logged_in.get(address, headers={"sec-purpose": "prefetch"})
    logged_in.get(f"{address}&page=2")
    assert get_number_of_new(logged_in) == "40"
    logged_in.get(address)
    logged_in.get(address.replace("kokk", "lege"))
    logged_in.get(address)
    logged_in.get(f"{address}&page=2")
    assert get_number_of_new(logged_in) == "0"


def test_search_can_be_marked_as_seen_without_opening_it(logged_in, recruiter, some, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    button = Page(logged_in.get(LIST)).one(f"//button[@form='rader' and @formaction='{LIST}{saved.pk}/sett/']")
    assert button.text_content() == "Marker som sett"
    assert logged_in.get(f"{LIST}{saved.pk}/sett/").status_code == 405
    assert logged_in.post(f"{LIST}{saved.pk}/sett/").url == f"{LIST}#sok-{saved.pk}"
    assert get_number_of_new(logged_in) == "0"
    assert not Page(logged_in.get(LIST)).all(f"//button[@formaction='{LIST}{saved.pk}/sett/']")


def test_saved_sorting_is_used_for_the_other_ads(logged_in, recruiter, some, looked):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk&sort=deadline", last_looked=looked)
    address = logged_in.get(f"{LIST}{saved.pk}/").url
    assert "sort=deadline" in address
    assert Page(logged_in.get(address)).titles[:3] == ["Kokk 07", "Kokk 30", "Kokk 35"]
    assert get_number_of_new(logged_in) == "0"


def test_search_without_new_ads_says_so(logged_in, recruiter, some):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    page = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    assert page.all("//h3[@class='part']")[0].text_content().startswith("Ingen nye siden i dag kl.")


@pytest.mark.parametrize(
    ("language", "new", "rest"), [("nn", "3 nye sidan", "Eldre treff"), ("en", "3 new since", "Earlier results")]
)
def test_the_headings_are_translated(logged_in, recruiter, some, looked, language, new, rest):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", last_looked=looked)
    logged_in.cookies["django_language"] = language
    page = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    headings = [heading.text_content() for heading in page.all("//h3[@class='part']")]
    assert headings[0].startswith(new) and headings[1] == rest


@pytest.mark.parametrize("since", ["x", "-1", "0x10", "99999999999", "1", "٢"])
def test_invalid_since_is_reported_and_ignored(client, some, since):
    page = Page(client.get("/", {"q": "kokk", "since": since}))
    assert page.total == 40 and not page.all("//h3[@class='part']")
    assert f"Vi forstår ikke tidspunktet «{since}»." in page.text()


def test_filter_form_keeps_since(client, some, looked):
    since = int(looked.timestamp())
    page = Page(client.get(f"/?q=kokk&sort=published&since={since}"))
    assert page.one("//input[@name='since' and @form='sok']").get("value") == str(since)
