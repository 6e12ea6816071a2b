"""Admin of ads that are set aside, of failing background threads, and of an index that is late."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.search import indexing, thread_failures
from jobsearch.search.api import SearchQuery
from jobsearch.search.indexing import documents
from jobsearch.search.models import SetAside
from jobsearch.vacancies.models import Vacancy
from tests.web.page import Page

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/search/setaside/"


@pytest.fixture
def administrator(client, index):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    return client


@pytest.fixture
def bad(administrator, make_vacancy, monkeypatch):
    """An ad whose analysis fails until the patch is undone."""
    indexing.index_changes()
    real = documents.make_document

    def document(vacancy):
        if vacancy.title == "Kokk":
            raise ValueError("Ring Kari Nordmann")
        return real(vacancy)

    monkeypatch.setattr(documents, "make_document", document)
    key = make_vacancy(title="Kokk")
    make_vacancy(title="Baker")
    assert indexing.index_changes().failed == 1
    return key


def test_the_front_page_counts_them_and_links_to_the_list(administrator, bad):
    page = Page(administrator.get("/admin/"))
    assert "1 annonse er satt til side" in page.text("//main")
    assert LIST in page.all("//main//a/@href")
    listed = Page(administrator.get(LIST)).text("//main")
    assert str(bad) in listed
    assert "Feil i analysen" in listed
    assert "ValueError at test_set_aside_admin.py" in listed
    assert "Nordmann" not in listed
    assert administrator.get(f"{LIST}{bad}/change/").status_code == 200
    assert str(bad) in Page(administrator.get(LIST, {"reason__exact": "error"})).text("//main")
    assert str(bad) not in Page(administrator.get(LIST, {"reason__exact": "slow"})).text("//main")


def test_an_administrator_retries_an_ad(administrator, bad, monkeypatch):
    monkeypatch.undo()
    assert indexing.index_changes().indexed == 0
    answer = administrator.post(LIST, {"action": "try_again", "_selected_action": [str(bad)]}, follow=True)
    assert "1 annonse indekseres på nytt" in Page(answer).text("//main | //ul")
    assert LogEntry.objects.get().object_repr == str(bad)
    assert indexing.index_changes().indexed == 1
    assert bad in search.search(SearchQuery()).uuids
    assert not SetAside.objects.exists()


def test_permission_to_view_does_not_allow_a_retry(client, bad):
    user = User.objects.create_user("reader", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_setaside"))
    client.force_login(user)
    before = SetAside.objects.get().next_try
    assert client.get(LIST).status_code == 200
    client.post(LIST, {"action": "try_again", "_selected_action": [str(bad)]}, follow=True)
    assert SetAside.objects.get().next_try == before


def test_a_late_index_and_a_failing_thread_are_shown(administrator, make_vacancy):
    indexing.index_changes()
    assert "har ikke nådd søket" not in Page(administrator.get("/admin/")).text("//main")
    make_vacancy()
    Vacancy.objects.update(changed=timezone.now() - dt.timedelta(minutes=11))
    thread_failures.note_failure("warm", KeyError("Ring Kari Nordmann"))
    text = Page(administrator.get("/admin/")).text("//main")
    assert "1 endring har ikke nådd søket" in text
    assert "En bakgrunnstråd mislykkes: warm, KeyError" in text
    assert "Nordmann" not in text
    thread_failures.note_success("warm")
    indexing.index_changes()
    text = Page(administrator.get("/admin/")).text("//main")
    assert "bakgrunnstråd" not in text
    assert "har ikke nådd søket" not in text


def test_check_consistency_and_sync_report_it(administrator, bad, command, feed):
    answer = command("check_consistency", "--json")
    assert answer.code == 1
    (found,) = answer.json["found"]
    assert (found["kind"], found["uuid"]) == ("set-aside", str(bad))
    assert "error: ValueError" in found["sentence"]
    answer = command("sync", "--json")
    assert (answer.code, answer.json["index_behind"], answer.json["set_aside"]) == (1, 0, 1)
    assert "1 ads are set aside" in command("sync").out
