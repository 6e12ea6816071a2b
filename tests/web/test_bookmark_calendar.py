"""Calendar of bookmarked deadlines at its secret address, read by the icalendar library as a calendar program does."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import icalendar
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobsearch.saved.mail.links import Purpose, build_path, sign_token
from jobsearch.saved.models import Bookmark, BookmarkSettings
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.models import Vacancy
from tests.conftest import store_vacancies, vacancy_data
from tests.web.support import closed, expired, hidden, recruiter  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
ANNE = ContactData("Anne Prøvesen", "anne@kro.example", "22 33 44 55")


@pytest.fixture
def user(client, recruiter):  # noqa: F811 - the fixture
    client.force_login(recruiter)
    client.post(reverse("bookmarks:settings"), {"action": "make_calendar"})
    return recruiter


@pytest.fixture
def due() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=8)


@pytest.fixture
def ad(user, due):
    """A bookmarked ad."""
    employer, title = "Kro; Bar, Bergen", "Kokk, ring 22 33 44 55"
    (uuid,) = store_vacancies(
        {"title": title, "employer_name": employer, "application_due": due.isoformat(), "contacts": (ANNE,)}
    )
    Bookmark.objects.create(owner=user, vacancy_uuid=uuid)
    return uuid


def get_address() -> str:
    return build_path(Purpose.CALENDAR, BookmarkSettings.objects.get().calendar_key)


def read_events() -> dict[str, icalendar.Event]:
    response = Client().get(get_address())
    assert response.status_code == 200 and response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"] and "noindex" in response["X-Robots-Tag"]
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_a_deadline_is_a_whole_day_without_contact_information(ad, due):
    (event,) = read_events().values()
    assert (event.decoded("dtstart"), str(event["status"]), str(event["transp"])) == (due, "CONFIRMED", "TRANSPARENT")
    text = str(event["summary"])
    assert "Kokk" in text and "Kro; Bar, Bergen" in text
    assert "22 33 44 55" not in text and "Anne" not in event.to_ical().decode()
    assert str(event["url"]) == f"http://localhost:8000/stilling/{ad}/"
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [dt.timedelta(hours=-15)]


def test_the_same_deadline_has_the_same_id_on_the_ads_page(client, ad):
    (event,) = icalendar.Calendar.from_ical(client.get(f"/stilling/{ad}/frist.ics").content).walk("VEVENT")
    assert list(read_events()) == [str(event["uid"])]


def test_the_event_follows_the_ad(ad, due):
    (first,) = read_events().values()
    assert read_events()[first["uid"]].to_ical() == first.to_ical(), "nothing has changed"
    later = due + dt.timedelta(days=2)
    with transaction.atomic():
        store.store_vacancies([vacancy_data(uuid=ad, title="Kokk, dag", application_due=later.isoformat())])
    (second,) = read_events().values()
    assert second["uid"] == first["uid"] and second.decoded("dtstart") == later and "Kokk, dag" in second["summary"]
    assert int(second["sequence"]) > int(first["sequence"])
    assert second.decoded("last-modified") >= first.decoded("last-modified")


@pytest.mark.parametrize("end", [closed, expired, hidden])
def test_an_ad_that_ends_is_cancelled_and_may_come_back(ad, end):
    (before,) = read_events().values()
    end(ad)
    (event,) = read_events().values()
    assert (str(event["uid"]), str(event["status"])) == (str(before["uid"]), "CANCELLED")
    assert int(event["sequence"]) > int(before["sequence"]) and not event.walk("VALARM")
    text = event.to_ical().decode()
    assert "Kro" not in text and "Anne" not in text and "22 33 44 55" not in text
    assert ("Kokk" in text) == (end is not hidden)


def test_after_its_retention_nothing_is_left_of_an_ad(ad):
    closed(ad)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(days=1))
    assert not Vacancy.objects.exists() and read_events() == {}


def test_ads_without_a_date_of_long_ago_or_refused_are_left_out(user, ad):
    old = timezone.localdate() - dt.timedelta(days=40)
    for fields in ({"application_due": "Snarest"}, {"application_due": old.isoformat()}):
        Bookmark.objects.create(owner=user, vacancy_uuid=store_vacancies(fields)[0])
    Bookmark.objects.create(owner=user, vacancy_uuid=uuid4())
    assert len(read_events()) == 1
    Bookmark.objects.update(state="rejected")
    assert read_events() == {}


def test_the_address_is_changed_and_removed(client, ad):
    old = get_address()
    client.post(reverse("bookmarks:settings"), {"action": "make_calendar"})
    assert old != get_address() and client.get(old).status_code == 404 and len(read_events()) == 1
    new = get_address()
    assert new in client.get("/lagret/").content.decode()
    client.post(reverse("bookmarks:settings"), {"action": "remove_calendar"})
    assert client.get(new).status_code == 404


def test_the_address_of_a_disabled_user_does_not_work(user, ad):
    address = get_address()
    user.is_active = False
    user.save()
    assert Client().get(address).status_code == 404


def test_only_an_address_that_the_site_has_signed_works(user, ad):
    key = BookmarkSettings.objects.get().calendar_key
    assert get_address() == get_address(), "the page always shows the same address"
    shortened = sign_token(Purpose.CALENDAR, key)[:-1]
    for token in (str(key), key.hex, shortened, sign_token(Purpose.REMINDERS, key), sign_token(Purpose.CALENDAR, uuid4())):
        assert Client().get(reverse("web:bookmark_calendar", args=[token])).status_code == 404, token


def test_the_calendar_costs_a_fixed_number_of_queries(user, due):
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read_events()
        return len(captured)

    for n in range(30):
        (uuid,) = store_vacancies({"title": f"KOKK {n}", "application_due": due.isoformat(), "contacts": (ANNE,)})
        Bookmark.objects.create(owner=user, vacancy_uuid=uuid)
    assert len(read_events()) == 30
    assert count_queries() <= 6
