"""Pages of the admin: each loads with few queries, for staff only, under the site's CSP."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from ingest.models import DetailTask, FeedState, Run
from jobsearch.search.engines import Health
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Moderation, Tombstone, Vacancy
from tests.conftest import store_vacancies

CONTACT = "Kari Nordmann"
PERIODIC = "/admin/django_celery_beat/periodictask/"
LISTS = [
    *("ingest_feedstate", "ingest_run", "ingest_detailtask", "vacancies_vacancy", "vacancies_moderation"),
    *("vacancies_tombstone", "search_setaside", "search_threadfailure", "saved_alertmail", "saved_remindermail", "auth_user"),
    *("vacancies_purge", "vacancies_erasure", "django_celery_beat_periodictask"),
]


@pytest.fixture
def engine(monkeypatch):
    """A healthy engine without a server: these tests are about pages."""
    health = Health("tantivy", "0.27", True, 12)
    monkeypatch.setattr("jobsearch.search.engines.engine_health", lambda: health)


@pytest.fixture
def administrator(client, db, engine):
    user = User.objects.create_superuser("administrator", password="x")
    client.force_login(user)
    client.get("/admin/password_change/")  # the first page of a session stores it in the list of sessions
    return client


@pytest.fixture
def filled(db):
    now = timezone.now()
    FeedState.objects.create(origin="http://feed.example", last_read=now, last_line_time=now, tip_time=now)
    for number, uuid in enumerate(store_vacancies(*({"title": f"Sykepleier {number}"} for number in range(30)))):
        error = {"error_code": "broken-json", "error_detail": f"line {number}"}
        DetailTask.objects.create(uuid=uuid, marker=number, state="quarantined", **error)
        Run.objects.create(kind="sync", state="done", finished=now, result={"new": number, "pages": 1, "at_tip": True})
        Tombstone.objects.create(uuid=uuid, closed_on=now.date(), version=1)
    Moderation.objects.create(uuid=uuid, note="reklame")
    Run.objects.create(kind="index", state="running", progress={"done": 3400, "total": 40_000, "rate": 310.5, "phase": "index"})
    return uuid


def test_front_page_shows_the_state(administrator, filled):
    text = administrator.get("/admin/").content.decode()
    assert "30 annonser står i karantene" in text
    assert "broken-json" in text
    assert "tantivy 0.27" in text
    assert re.search(r"3.400 av 40.000, 310,5 i sekundet|3.400 av 40.000, 310 i sekundet", text)
    assert "Les strømmen nå" in text


def test_front_page_loads_on_an_empty_database(administrator):
    answer = administrator.get("/admin/")
    assert answer.status_code == 200
    assert "Strømmen er ikke lest ennå" in answer.content.decode()


def test_front_page_loads_while_the_engine_is_down(administrator, filled, monkeypatch):
    health = Health("opensearch", "", False, 0, "Start OpenSearch.")
    monkeypatch.setattr("jobsearch.search.engines.engine_health", lambda: health)
    text = administrator.get("/admin/").content.decode()
    assert "Søket svarer ikke" in text
    assert "Start OpenSearch." in text


def test_front_page_needs_few_queries(administrator, filled, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        administrator.get("/admin/")


def test_each_list_loads_with_few_queries(administrator, filled, django_assert_max_num_queries):
    for name in LISTS:
        with django_assert_max_num_queries(14, info=name):
            answer = administrator.get(reverse(f"admin:{name}_changelist"))
        assert answer.status_code == 200, name


def test_each_row_loads_read_only(administrator, filled):
    for model in (FeedState, Run, DetailTask, Vacancy, Tombstone):
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        answer = administrator.get(reverse(f"admin:{name}_change", args=[model.objects.first().pk]))
        assert answer.status_code == 200, name
        assert b'name="_save"' not in answer.content, name


def test_runs_can_be_filtered(administrator, filled):
    for query in ("?kind=index", "?kind=nonsense", "?state__exact=done"):
        assert administrator.get(reverse("admin:ingest_run_changelist") + query).status_code in {200, 302}, query


def test_ads_can_be_filtered_by_what_is_shown(administrator, filled):
    for now in ("active", "hidden", "closed"):
        text = administrator.get(reverse("admin:vacancies_vacancy_changelist") + f"?now={now}").content.decode()
        assert ("Sykepleier 29" in text) == (now == "hidden"), now
        assert ("Sykepleier 3<" in text) == (now == "active"), now


def test_ads_are_found_by_uuid_and_by_title(administrator, filled):
    address = reverse("admin:vacancies_vacancy_changelist")
    for words in (str(filled), "pleier 29"):
        text = administrator.get(address, {"q": words}).content.decode()
        assert "Sykepleier 29" in text
        assert "Sykepleier 3<" not in text


def test_queue_is_filtered_by_reason(administrator, filled):
    DetailTask.objects.filter(uuid=filled).update(error_code="too-large", error_detail="much")
    text = administrator.get(reverse("admin:ingest_detailtask_changelist") + "?reason=too-large").content.decode()
    assert str(filled) in text
    assert text.count("broken-json: line") == 0


def test_contacts_and_text_are_shown_only_while_the_ad_is_active(administrator, make_vacancy):
    uuid = make_vacancy()
    address = reverse("admin:vacancies_vacancy_change", args=[uuid])
    contacts = reverse("admin:vacancies_vacancy_contacts", args=[uuid])
    assert CONTACT in administrator.post(contacts).content.decode()
    assert "K••• N•••" in administrator.get(address).content.decode()
    store.set_hidden(uuid, True)
    assert administrator.post(contacts).status_code == 404
    assert "K••• N•••" not in administrator.get(address).content.decode()
    store.set_hidden(uuid, False)
    # The clock has passed its last day, and no task has emptied the row yet.
    Vacancy.objects.filter(uuid=uuid).update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    text = administrator.get(address).content.decode()
    assert Contact.objects.filter(vacancy=uuid).exists()
    assert administrator.post(contacts).status_code == 404
    assert "K••• N•••" not in text
    assert "sykehus.example" not in text


def test_pages_with_contacts_are_not_stored_by_browsers(administrator, make_vacancy):
    uuid = make_vacancy()
    answer = administrator.get(reverse("admin:vacancies_vacancy_change", args=[uuid]))
    assert "no-store" in answer["Cache-Control"]
    assert "no-store" in administrator.post(reverse("admin:vacancies_vacancy_contacts", args=[uuid]))["Cache-Control"]


def test_expired_ads_with_contacts_are_reported_as_an_error(administrator, make_vacancy):
    Vacancy.objects.filter(uuid=make_vacancy()).update(visible_until=timezone.now() - dt.timedelta(minutes=6))
    assert "Utløpte annonser har ikke mistet kontaktene sine" in administrator.get("/admin/").content.decode()


def test_admin_pages_have_the_sites_csp_and_nothing_inline(administrator, filled):
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)")
    for page in ("/admin/", "/admin/vacancies/vacancy/", "/admin/start/rebuild/", "/admin/login/", PERIODIC):
        answer = administrator.get(page, follow=True)
        assert "script-src 'self'" in answer["Content-Security-Policy"], page
        assert not inline.search(answer.content.decode().replace('<script id="django', "<x")), page


@pytest.mark.parametrize("address", ["/admin/", "/admin/tilstand/", "/admin/start/sync/", "/admin/vacancies/vacancy/"])
def test_a_recruiter_and_a_visitor_cannot_enter(client, db, address):
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("rekrutterer"))
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


def test_staff_without_permission_sees_no_dashboard_and_starts_nothing(client, db, engine):
    user = User.objects.create_user("medarbeider", is_staff=True)
    client.force_login(user)
    assert "Les strømmen nå" not in client.get("/admin/").content.decode()
    assert client.get("/admin/tilstand/").status_code == 403
    assert client.post("/admin/start/sync/").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_run"))
    text = client.get("/admin/").content.decode()
    assert "Strømmen fra NAV" in text
    assert "Les strømmen nå" not in text
    assert not Run.objects.exists()


def test_history_holds_uuids_only(administrator, filled):
    address = reverse("admin:vacancies_vacancy_changelist")
    administrator.post(address, {"action": "hide", "_selected_action": [str(filled)], "confirmed": "1", "note": "Ring Kari"})
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (str(filled), "Skjult")


def test_times_are_shown_in_oslo_time_without_microseconds(administrator, db):
    moment = dt.datetime(2026, 11, 23, 22, 46, 54, 733798, tzinfo=dt.UTC)
    run = Run.objects.create(kind="sync", state="done", started=moment, finished=moment)
    text = administrator.get(reverse("admin:ingest_run_change", args=[run.pk])).content.decode()
    assert "23. november 2026 23:46" in text
    assert "733798" not in text


@pytest.mark.django_db
def test_an_empty_list_says_what_that_means_and_a_search_without_hits_leads_back(admin_client, index):
    page = admin_client.get("/admin/vacancies/moderation/").content.decode()
    assert "Ingen annonser er skjult." in page
    page = admin_client.get("/admin/vacancies/moderation/?hidden__exact=1").content.decode()
    assert "Ingenting passer til søket og filtrene." in page
    assert 'href="/admin/vacancies/moderation/">Vis alt' in page
