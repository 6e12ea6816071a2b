"""Bookmarks without an account: the list of the ads whose ids the browser sends."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from jobsearch.saved.bookmarks.bookmarks import MAX_IN_BROWSER, parse_uuids
from jobsearch.vacancies.models import Moderation, Vacancy

pytestmark = pytest.mark.django_db


def list_bookmarks(client, *uuids):
    response = client.post(reverse("bookmark_list"), {"ads": " ".join(map(str, uuids))})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def make_ad(title: str, **columns: object) -> Vacancy:
    now = timezone.now()
    values = {
        "status": "ACTIVE",
        "expires": now + dt.timedelta(days=9),
        "visible_until": now + dt.timedelta(days=10),
        "first_seen": now,
        "changed": now,
        "checked": now,
        "published": now,
    }
    return Vacancy.objects.create(uuid=uuid4(), title=title, **(values | columns))


def test_ads_are_listed_in_the_order_of_the_browser(client):
    ads = [make_ad(f"Stilling {number}") for number in range(3)]
    html = list_bookmarks(client, *(ad.uuid for ad in (ads[2], ads[0], ads[1])))
    assert [html.index(f"Stilling {number}") for number in (2, 0, 1)] == sorted(html.index(f"Stilling {n}") for n in range(3))


def test_of_an_ended_ad_only_the_title_is_shown(client):
    ended = make_ad("Kokk", status="INACTIVE", employer_name="Havgløtt Kro", job_title="Grillkokk")
    expired = make_ad("Kelner", employer_name="Havgløtt Kro", visible_until=timezone.now() - dt.timedelta(hours=1))
    html = list_bookmarks(client, ended.uuid, expired.uuid)
    assert "Ikke lenger ledige" in html
    assert "Kokk" in html
    assert "Kelner" in html
    assert "Havgløtt" not in html
    assert "Grillkokk" not in html
    assert "<article" not in html


def test_of_a_hidden_or_deleted_ad_nothing_is_shown(client):
    hidden = make_ad("Skjult stilling")
    Moderation.objects.create(uuid=hidden.uuid, hidden=True)
    gone = uuid4()
    html = list_bookmarks(client, hidden.uuid, gone)
    assert "Skjult" not in html
    assert f'data-forget="{hidden.uuid} {gone}"' in html
    assert "2 lagrede stillinger finnes ikke lenger" in html


def test_an_empty_list_says_how_to_fill_it(client):
    assert "ikke lagret noen stillinger" in list_bookmarks(client)


def test_the_list_costs_one_query(client, django_assert_num_queries):
    uuids = [make_ad(f"Stilling {number}").uuid for number in range(30)]
    list_bookmarks(client, *uuids)  # ads without a prepared row get it in memory
    from jobsearch.vacancies.prepared_ads import prepare_from_related, save_prepared

    save_prepared([prepare_from_related(ad) for ad in Vacancy.objects.all()])
    with django_assert_num_queries(1):
        list_bookmarks(client, *uuids)


@pytest.mark.parametrize("sent", ["\0", "x" * 60_000, "../../etc", "'; DROP", "5f943bd9", "é" * 500, "{}" * 300])
def test_what_is_no_id_is_left_out(client, sent):
    ad = make_ad("Kokk")
    assert "Kokk" in list_bookmarks(client, ad.uuid, sent)


def test_ids_are_bounded_and_different():
    uuids = [uuid4() for _ in range(3 * MAX_IN_BROWSER)]
    assert parse_uuids(" ".join(map(str, [uuids[0], *uuids]))) == uuids[:MAX_IN_BROWSER]


def test_the_list_needs_a_form_of_ours(client):
    client.handler.enforce_csrf_checks = True
    assert client.post(reverse("bookmark_list"), {"ads": ""}).status_code == 403
    assert client.get(reverse("bookmark_list")).status_code == 405


def test_the_page_is_for_everyone_and_not_for_crawlers(client):
    response = client.get(reverse("bookmarks"))
    assert response.status_code == 200
    assert "noindex" in response.content.decode()
    assert "Disallow: /lagret/" in client.get("/robots.txt").content.decode()
