"""Erasure of a person from the admin: nothing is left in any table, file, index, mail or message, also after a later sync."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.management import CommandError
from django.core.serializers import serialize
from django.db import connection
from django.utils import timezone

from ingest import sync
from ingest.models import DetailTask, FeedState, Run
from jobsearch.accounts.roles import Role, set_role
from jobsearch.admin_dashboard.jobs import consistency, full_sync
from jobsearch.saved.models import HiddenItem, SavedSearch
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.api import SearchQuery
from jobsearch.statistics.models import Employer
from jobsearch.vacancies.deletion_models import Erasure, Purge
from jobsearch.vacancies.models import Contact, Vacancy
from tests.database_files import read_files
from tests.ingest import plain_ads

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/vacancies/erasure/add/"
PERSON = {"names": "Kari Prøvesen", "phones": "55 58 85 95", "emails": "kari@sykehus.example"}
TRACES = ("prøvesen", "55588595", "55 58 85 95", "kari@sykehus")
CONTACT = {"name": "Kari Prøvesen", "email": "kari@sykehus.example", "phone": "55 58 85 95", "role": None, "title": "Leder"}
OTHER = {"name": "Ola Nordmann", "email": "ola@sykehus.example", "phone": "40 50 60 70", "role": None, "title": "Leder"}


@pytest.fixture
def administrator(client, index):
    user = User.objects.create_user("administrator", "administrator@example.com", password="x")
    set_role(user, Role.ADMINISTRATOR)
    client.force_login(user)
    return client


def dump() -> str:
    """Every row of every table, as text."""
    return "".join(serialize("json", model._base_manager.all(), ensure_ascii=False) for model in apps.get_models())


def find_traces(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text.casefold()]


def erase(client, **fields: str) -> str:
    return client.post(ADD, {**PERSON, **fields, "confirmed": "1"}, follow=True).content.decode()


def read_folders(*folders: Path) -> bytes:
    return b"".join(file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file())


def test_a_person_is_erased_and_never_comes_back(administrator, feed, index, tmp_path, mailoutbox):
    FeedState.get_for_feed(feed.url)
    description = "<p>Fint arbeid. Ring Kari <b>Prøvesen</b> på 55588595 eller kari (at) sykehus.example.</p>"
    link = "mailto:kari@sykehus.example"
    title = "Sykepleier hos Kari Prøvesen"
    one = feed.publish(1, description=description, title=title, applicationUrl=link, contactList=[CONTACT])
    closed = feed.publish(1001, title="Vikar for Kari Prøvesen", contactList=[])
    other = feed.publish(2, contactList=[OTHER])
    full_sync.follow_to_head()
    feed.stop(closed)
    full_sync.follow_to_head()
    owner = User.objects.get()
    for name in ("Tannlege Kari Prøvesen", "Havgløtt Kro"):
        HiddenItem.objects.create(owner=owner, kind="employer", value=name)
    owner.saved_searches.create(name="Tannlege Kari Prøvesen", params=urlencode({"employer": "Tannlege Kari Prøvesen"}))
    assert find_traces(dump()) == [*TRACES]

    erase(administrator)
    assert find_traces(dump()) == []
    assert HiddenItem.objects.get().value == "Havgløtt Kro"
    assert SavedSearch.objects.get().params == "employer=%28slettet%29"
    row = Vacancy.objects.get(pk=one)
    assert (row.title, row.application_url) == ("Sykepleier hos", "")
    assert "Fint arbeid" in row.description
    assert search.search(SearchQuery(q="prøvesen")).total == 0
    assert indexing.compare() == [], "the index has the present versions"

    # The same person again, in an edited ad and in a new one, with a changed list of contacts.
    feed.change(one, title="Sykepleier, spør Kari Prøvesen", description=description, contactList=[CONTACT])
    again = feed.publish(1002, description=description, contactList=[{"name": "Prøvesen, Kari", "phone": "+47 555 88 595"}])
    full_sync.follow_to_head()
    assert str(Vacancy.objects.get(pk=one).title).startswith("Sykepleier, spør")
    assert Vacancy.objects.filter(pk=again, status="ACTIVE").exists()
    assert find_traces(dump()) == []
    assert search.search(SearchQuery(q="prøvesen")).total == 0
    assert not Contact.objects.filter(vacancy__in=[one, again]).exists()
    assert Contact.objects.get(vacancy=other).name == "Ola Nordmann"
    files = read_folders(tmp_path).lower()
    assert [trace for trace in TRACES if trace.encode() in files] == []
    assert find_traces("".join(str(message.message()) for message in mailoutbox)) == []


@pytest.mark.sqlite
def test_the_database_file_has_no_trace(administrator, feed):
    FeedState.get_for_feed(feed.url)
    feed.publish(1, contactList=[CONTACT], description="<p>Fint arbeid. Ring Kari.</p>")
    full_sync.follow_to_head()
    path = Path(connection.settings_dict["NAME"])
    files = [path, path.with_name(f"{path.name}-wal")]
    assert b"kari@sykehus" in read_files(*files)
    erase(administrator)
    assert sqlite3.connect(path).execute("select count(*) from vacancies_vacancy").fetchone() == (1,)
    content = read_files(*files).lower()
    assert [trace for trace in TRACES if trace.encode() in content] == []


def test_the_feed_is_not_compared_with_what_was_erased(administrator, feed):
    FeedState.get_for_feed(feed.url)
    feed.publish(1, contactList=[CONTACT], description="<p>Fint arbeid. Ring Kari.</p>")
    full_sync.follow_to_head()
    erase(administrator)
    assert consistency.check(with_feed=True).found == []


def test_an_unreadable_detail_is_kept_without_the_person(administrator, feed):
    FeedState.get_for_feed(feed.url)
    now = timezone.now()
    content = plain_ads.compose(1, published=now, expires=now, updated=now)
    feed.publish({**content, "expires": "snart", "employer": {"name": "Kari Prøvesen"}, "contactList": [CONTACT]})
    sync.run()
    task = DetailTask.objects.get()
    assert (task.error_field, task.state) == ("ad_content.expires", "quarantined")
    assert "•••" in task.received
    assert "kari@sykehus" not in task.received
    erase(administrator)
    assert find_traces(dump()) == []


def test_the_name_of_an_employer_outlives_its_ads_without_the_person(administrator, index):
    now = timezone.now()
    Employer.objects.create(orgnr=1, name="Kari Prøvesen Renhold AS", named_at=now)
    Employer.objects.create(orgnr=2, name="Voss  kommune", named_at=now)
    erase(administrator)
    assert list(Employer.objects.order_by("orgnr").values_list("name", flat=True)) == ["Renhold AS", "Voss  kommune"]


def test_the_page_shows_a_form_then_the_ads_and_then_erases(administrator, make_vacancy):
    ad = make_vacancy(title="Sykepleier på Voss")
    make_vacancy(contacts=(), title="Kokk")
    person = {"names": "Kari Nordmann", "phones": "", "emails": "", "reference": "24/117"}
    shown = administrator.post(ADD, person).content.decode()
    assert "1 annonse nevner personen" in shown
    assert "Sykepleier på Voss" in shown
    assert not Erasure.objects.exists()
    administrator.post(ADD, {**person, "confirmed": "1"})
    row = Erasure.objects.get()
    assert (row.reference, row.requested_by, bool(row.finished)) == ("24/117", "administrator", True)
    assert row.ads == 2, "in the contacts of one, in the text of both"
    assert not Contact.objects.filter(vacancy=ad).exists()
    job = Run.objects.get(kind="erase")
    assert (job.state, job.arguments) == ("done", {"erasure": row.pk})
    assert set(Purge.objects.values_list("kind", flat=True)) == {"erased"}


def test_named_ads_are_erased_in_the_request_even_without_a_worker(administrator, make_vacancy, monkeypatch):
    make_vacancy()
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda task, args=None, **options: None)
    administrator.post(ADD, {"phones": "22334455", "confirmed": "1"})
    assert not Contact.objects.exists()
    assert Erasure.objects.get().finished is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"names": "Kari"},
        {"phones": "02000"},
        {"emails": "kari"},
        {"names": "\n".join(f"Kari {letter * 5}" for letter in "abcdefghijklmnopqrstuvw")},
        {"names": "Kari Nordmann", "reference": "Kari Nordmann ringte"},
        {"names": "x" * 5000},
        {"names": "\x00"},
        {"phones": "\U000e0001" * 20},
    ],
)
def test_what_would_remove_too_much_or_nothing_is_refused(administrator, fields):
    answer = administrator.post(ADD, {**fields, "confirmed": "1"})
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert not Erasure.objects.exists()


def test_an_operator_can_neither_erase_nor_see_requests(client, index, make_vacancy):
    user = User.objects.create_user("operator", password="x")
    set_role(user, Role.OPERATOR)
    client.force_login(user)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {**PERSON, "confirmed": "1"}).status_code == 403
    assert client.get("/admin/vacancies/erasure/").status_code == 403
    assert not Erasure.objects.exists()


def test_a_request_is_lifted_by_deleting_it(administrator, make_vacancy):
    erase(administrator)
    row = Erasure.objects.get()
    administrator.post(f"/admin/vacancies/erasure/{row.pk}/delete/", {"post": "yes"})
    assert not Erasure.objects.exists()


def test_what_was_typed_is_in_no_log_and_no_history(administrator, caplog):
    erase(administrator, reference="24/117")
    assert find_traces(caplog.text) == []
    assert find_traces(dump()) == []
    page = administrator.get("/admin/vacancies/erasure/").content.decode()
    assert find_traces(page) == []
    assert "1 navn, 1 telefonnummer, 1 e-postadresse" in page
    assert timezone.localdate().strftime("%Y") in page


def test_the_list_survives_a_restored_backup(administrator, make_vacancy, command, tmp_path):
    erase(administrator, names="Kari Nordmann", phones="", emails="")
    file = tmp_path / "suppressed.json"
    assert command("erase_suppressed", "--save", str(file)).code == 0
    assert "nordmann" not in file.read_text().casefold()
    Erasure.objects.all().delete()  # the backup is older than the request
    make_vacancy()
    assert Contact.objects.exists()
    for added in (1, 0):
        assert f"{added} entries added" in command("erase_suppressed", "--load", str(file)).out
        assert not Contact.objects.exists()


WRONG = '[{"kind": "x", "digest": "y", "key_id": "z"}]'


@pytest.mark.parametrize("content", ["", "[1]", "5", '[{"kind": "name"}]', WRONG, "\x00"])
def test_a_file_that_is_no_list_is_refused(administrator, command, tmp_path, content):
    file = tmp_path / "suppressed.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=r"cannot be read|no hashes"):
        command("erase_suppressed", "--load", str(file))


def test_a_changed_key_is_an_error_of_the_checks(administrator, settings):
    erase(administrator)
    assert run_checks(databases=["default"], tags=["database"]) == []
    settings.SECRET_KEY = "t" * 50
    assert [found.id for found in run_checks(databases=["default"], tags=["database"])] == ["control.E002"]
