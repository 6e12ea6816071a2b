"""Last-visit cookie, marks of new ads, and the back link of an ad."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy
from jobsearch.web import last_visit
from tests.web.page import Page

pytestmark = pytest.mark.django_db


def cookie(client):
    return client.cookies.get(last_visit.COOKIE)


def minutes(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // 60


@pytest.fixture
def away(client):
    """Set the cookie of an earlier visit: `away(latest=…, before=…)`, each a time span ago."""

    def was_here(latest: dt.timedelta, before: dt.timedelta | None = None) -> None:
        now = timezone.now()
        client.cookies[last_visit.COOKIE] = f"{minutes(now - before) if before else 0}.{minutes(now - latest)}"

    return was_here


@pytest.fixture(scope="module")
def old_and_new(module_site):
    """An ad without a place that was first seen nine days ago, and a new one."""
    with module_site() as make_ads:
        old, new = make_ads({"title": "Gammel", "locations": ()}, {"title": "Nyere"})
        Vacancy.objects.filter(uuid=old).update(first_seen=timezone.now() - dt.timedelta(days=9), version=2)
        indexing.index_changes()
        yield old, new


def new_titles(page: Page) -> list[str]:
    return [title.text_content().strip() for title in page.all("//article[.//li[@class='badge new']]//h3")]


def test_home_page_sets_no_cookie_and_a_search_sets_one(client, old_and_new):
    client.get("/")
    assert cookie(client) is None
    client.get("/?q=gammel")
    kept = cookie(client)
    before, _, latest = kept.value.partition(".")
    assert before == "0" and abs(int(latest) - minutes(timezone.now())) <= 1
    assert (kept["httponly"], kept["samesite"], kept["max-age"], kept["path"]) == (True, "Lax", 365 * 86_400, "/")
    assert not kept["secure"]


def test_cookie_is_secure_if_session_cookies_are(client, old_and_new, settings):
    settings.SESSION_COOKIE_SECURE = True
    client.get("/?q=gammel")
    assert cookie(client)["secure"]


def test_ads_since_the_last_visit_are_marked_and_counted(client, old_and_new, away):
    away(latest=dt.timedelta(days=2))
    page = Page(client.get("/"))
    assert new_titles(page) == ["Nyere"]
    assert page.text("//*[@class='new-since']") == "1 ny siden sist"
    assert not page.all("//*[@class='new-since']/a")  # without words the newest are first already
    page = Page(client.get("/?q=nyere"))
    assert page.text("//*[@class='new-since']") == "1 ny siden sist, vis de nyeste først"
    assert page.one("//*[@class='new-since']/a").get("href") == "/?q=nyere&sort=published"
    assert not Page(client.get("/?q=nyere&sort=published")).all("//*[@class='new-since']/a")
    assert "siden sist" not in Page(client.get("/?q=gammel")).text()


def test_ads_stay_new_during_the_visit(client, old_and_new, away):
    away(latest=dt.timedelta(days=2))
    for _ in range(3):
        assert new_titles(Page(client.get("/"))) == ["Nyere"]


def test_visit_ends_after_30_minutes(client, old_and_new, away):
    away(latest=dt.timedelta(minutes=31), before=dt.timedelta(days=2))
    assert new_titles(Page(client.get("/"))) == ["Nyere"]  # first seen after both times
    away(latest=dt.timedelta(minutes=5))
    assert new_titles(Page(client.get("/"))) == []
    away(latest=dt.timedelta(minutes=29), before=dt.timedelta(days=20))
    assert sorted(new_titles(Page(client.get("/")))) == ["Gammel", "Nyere"]


HOSTILE = [
    "",
    "x",
    "1",
    "-1.5",
    "1.2.3",
    "²³.¹",
    "1" * 5000,
    "0x1.0x2",
    "99999999.1",
    "999999999.999999999",
    "NaN.1",
    '"1.2"',
    "1.2\n",
]


@pytest.mark.parametrize("value", [*HOSTILE, "future", "ancient"])
def test_invalid_cookie_is_ignored_and_replaced(client, old_and_new, value):
    now = timezone.now()
    strange = {
        "future": f"{minutes(now)}.{minutes(now + dt.timedelta(days=1))}",
        "ancient": f"5.{minutes(now - dt.timedelta(days=400))}",
    }
    response = client.get("/?q=gammel", headers={"cookie": f"{last_visit.COOKIE}={strange.get(value, value)}"})
    assert response.status_code == 200 and "siden sist" not in Page(response).text()
    assert response.cookies[last_visit.COOKIE].value.startswith("0.")


def test_error_pages_set_no_cookie(client, old_and_new, away, engine_down):
    away(latest=dt.timedelta(days=2))
    response = client.get("/?q=gammel")
    assert response.status_code == 503 and last_visit.COOKIE not in response.cookies


def test_lists_with_marks_are_not_cached_by_shared_caches(client, old_and_new, away):
    away(latest=dt.timedelta(days=2))
    response = client.get("/")
    assert "private" in response["Cache-Control"] and "Cookie" in response["Vary"]


def test_about_page_describes_the_cookie(client, db):
    words = Page(client.get("/om/")).text()
    assert "to tidspunkter i ett år" in words and "180 dager" in words


# The back link of an ad.


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/?q=kokk&place=OSLO&page=2", "/?q=kokk&place=OSLO&page=2"),
        ("http://testserver/?place=oslo&q=kokk&utm_source=x", "/?q=kokk&place=OSLO"),
        ("http://testserver/", "/"),
        ("http://testserver/?q=%22%3E%3Cscript%3E", "/?q=%22%3E%3Cscript%3E"),
        ("", "/"),
        ("http://evil.example/?q=kokk", "/"),
        ("http://testserver.evil.example/?q=kokk", "/"),
        ("http://testserver@evil.example/?q=kokk", "/"),
        ("//evil.example/?q=kokk", "/"),
        ("javascript:alert(1)//testserver/?q=kokk", "/"),
        ("http://testserver//evil.example/?q=kokk", "/"),
        ("http://testserver/om/?q=kokk", "/"),
        ("http://testserver/arbeidsgiver/123456789/?page=2", "/arbeidsgiver/123456789/?page=2"),
        ("http://testserver/arbeidsgiver/1%2F%2Fevil/?page=2x", "/"),
        ("http://testserver/arbeidsgiver/%22%3E%3Cb%3E/?page=-1", "/arbeidsgiver/%22%3E%3Cb%3E/"),
        ("http://testserver/jobb/oslo/?x=//evil.example", "/jobb/oslo/"),
        ("http://testserver/stilling/5f0e7a52-6c52-4c8e-9d1b-0a3c5d7e9f11/", "/"),
        ("http://testserver/admin/", "/"),
        ("http://testserver/?q=kari%40example.no", "/"),
        ("http://[::1/?q=x", "/"),
        ("http://testserver/?" + "q=x&" * 5000, "/"),
        ("http://testserver/?q=%ff%00%ed%a0%80", None),
    ],
)
def test_back_link_leads_to_lists_of_this_site_only(client, old_and_new, referer, leads_to):
    uuid, _new = old_and_new
    response = client.get(f"/stilling/{uuid}/", headers={"referer": referer} if referer else {})
    assert response.status_code == 200
    link = Page(response).one("//a[@data-back]")
    assert " ".join(link.text_content().split()) == "Tilbake til treffene"
    assert link.get("href") == leads_to if leads_to else link.get("href").startswith("/?q=") or link.get("href") == "/"
    assert Client().get(link.get("href")).status_code in ({200} if link.get("href").startswith("/?") else {200, 404})
