"""Pages of one ad and of a quarantined detail in the admin: facts, history, masked contacts, search."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ingest import sync
from ingest.models import DetailTask, FeedState, SeenLine
from jobsearch.accounts.roles import Role, set_role
from jobsearch.admin_dashboard.facts.ad_facts import mask_contact
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData
from jobsearch.vacancies.models import Vacancy
from tests.ingest import plain_ads

pytestmark = pytest.mark.django_db(transaction=True)
CONTACT = ("Kari Nordmann", "22 33 44 55", "kari@sykehus.example")


def log_in(client, role: Role):
    user = User.objects.create_user(role.value, password="x")
    set_role(user, role)
    client.force_login(user)
    return client


@pytest.fixture
def administrator(client, index):
    return log_in(client, Role.ADMINISTRATOR)


def read(client, ad: uuid.UUID) -> str:
    return client.get(reverse("admin:vacancies_vacancy_change", args=[ad])).content.decode()


def test_contacts_and_text_are_masked_until_asked_for_and_each_look_is_logged(administrator, make_vacancy):
    ad = make_vacancy()
    page = read(administrator, ad)
    assert [value for value in CONTACT if value in page] == []
    assert "K••• N•••, •••••55, k•••@sykehus.example" in page
    address = reverse("admin:vacancies_vacancy_contacts", args=[ad])
    assert administrator.get(address).status_code == 405
    assert not LogEntry.objects.exists()
    page = administrator.post(address).content.decode()
    assert [value for value in CONTACT if value not in page] == []
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message, entry.user.username) == (str(ad), "Så kontaktopplysningene", "administrator")
    assert "administrator: Så kontaktopplysningene" in read(administrator, ad)


def test_an_operator_sees_no_contact(client, index, make_vacancy):
    log_in(client, Role.OPERATOR)
    ad = make_vacancy()
    page = read(client, ad)
    assert "Vis kontaktpersonene" not in page
    assert [value for value in CONTACT if value in page] == []
    assert client.post(reverse("admin:vacancies_vacancy_contacts", args=[ad])).status_code == 403
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (ContactData("Kari Nordmann"), "K••• N•••"),
        (ContactData(phone="+47 22 33 44 55"), "•••••55"),
        (ContactData(email="kari"), "k•••"),
        (ContactData(role="Leder"), "•••"),
    ],
)
def test_a_masked_contact_says_little(contact, shown):
    assert mask_contact(contact) == shown


def test_why_an_ad_is_shown_and_where_it_is_in_the_index(administrator, make_vacancy):
    ad = make_vacancy()
    assert "Annonsen er ikke i indeksen" in read(administrator, ad) or "svarer ikke" in read(administrator, ad)
    indexing.rebuild()
    page = read(administrator, ad)
    assert "Hvorfor annonsen vises" in page
    assert "Indeksen har samme versjon som databasen: 1." in page
    assert "Søket viser annonsen." in page
    assert f"/stilling/{ad}/" in page
    assert f"https://arbeidsplassen.nav.no/stillinger/stilling/{ad}" in page


def test_why_an_ad_is_not_shown(administrator, make_vacancy):
    ad = make_vacancy()
    indexing.rebuild()
    store.set_hidden(ad, True, "svindel")
    page = read(administrator, ad)
    assert "Hvorfor annonsen ikke vises" in page
    assert "En administrator har skjult annonsen. svindel" in page
    assert "Indeksen har versjon 1, databasen 2." in page
    indexing.index_changes()
    assert "Søket viser ikke annonsen." in read(administrator, ad)


def test_an_unreachable_engine_is_no_error(administrator, make_vacancy, monkeypatch):
    def down(ad):
        raise search.EngineDown("Start OpenSearch.")

    monkeypatch.setattr("jobsearch.search.indexing.find_document", down)
    assert "Start OpenSearch." in read(administrator, make_vacancy())


def test_the_history_has_lines_writes_deletions_and_decisions(administrator, feed):
    ad = feed.publish()
    sync.run()
    feed.change(ad)
    sync.run()
    store.set_hidden(uuid.UUID(ad), True)
    feed.stop(ad)
    sync.run()
    sync.run()
    page = read(administrator, uuid.UUID(ad))
    assert page.count("Linje i strømmen: aktiv") == 2
    assert "Linje i strømmen: ikke aktiv, tittel og arbeidsgiver trukket tilbake" in page
    assert "Slettet. Annonsen tok slutt: kontakter, tekster og lenker (Strømmen sa at annonsen er inaktiv)" in page
    assert SeenLine.objects.count() == 3, "each line once, although the last page is read again"


FOUND_BY = {
    "987 654 321": {"a"},
    "987654321": {"a"},
    "kokk": {"a"},
    "havna": {"a"},
    "ålesund": {"b"},
    "ÅLESUND sykepleier": {"b"},
    "sykepleier kokk": set(),
    "bergen": {"a"},
    "%": set(),
    "_": set(),
    "\x00": {"a", "b"},
    "a" * 5000: set(),
    "' OR 1=1 --": set(),
}
"""A term of the search -> the ads that it finds."""


def test_ads_are_found_by_title_employer_number_and_place(administrator, make_vacancy):
    place = LocationData(country="NORGE", county="MØRE OG ROMSDAL", municipality="ÅLESUND", city="Ålesund")
    make_vacancy(title="Kokk", employer_name="Havna Kro", employer_orgnr="987654321")
    make_vacancy(title="Sykepleier", employer_name="Fjorden", locations=(place,))
    names = {"Kokk": "a", "Sykepleier": "b"}
    for term, found in FOUND_BY.items():
        rows = administrator.get("/admin/vacancies/vacancy/", {"q": term}).context["cl"].result_list
        assert {names[row.title] for row in rows} == found, term


@pytest.mark.parametrize("name", ["behind", "aside"])
def test_ads_are_filtered_by_their_place_in_the_index(administrator, make_vacancy, name):
    make_vacancy()
    rows = administrator.get("/admin/vacancies/vacancy/", {"index": name}).context["cl"].result_list
    assert len(rows) == (1 if name == "behind" else 0)


def quarantine_ad(feed) -> str:
    FeedState.get_for_feed(feed.url)
    now = timezone.now()
    content = plain_ads.compose(1, published=now, expires=now, updated=now)
    person = {"name": "Kari Nordmann", "email": "kari@sykehus.example", "phone": 22334455}
    text = "<p>Ring Kari Nordmann på 22 33 44 55.</p>" + "<p>Vi tilbyr et godt miljø.</p>" * 50
    ad = feed.publish({**content, "expires": "snart", "contactList": [person], "description": text})
    sync.run()
    return ad


def test_a_quarantined_ad_shows_what_came_without_contacts(administrator, feed):
    ad = quarantine_ad(feed)
    page = administrator.get(reverse("admin:ingest_detailtask_change", args=[ad])).content.decode()
    assert "ad_content.expires" in page
    assert "&quot;expires&quot;: &quot;snart&quot;" in page
    assert [value for value in (*CONTACT, "22334455") if value in page] == []
    assert "•••" in page
    assert len(DetailTask.objects.get().received) < 5000
    assert 'data-copy="received"' in page


def test_a_quarantined_ad_is_discarded_after_a_question(administrator, feed):
    ad = quarantine_ad(feed)
    address = reverse("admin:ingest_detailtask_changelist")
    assert ad in administrator.post(address, {"action": "discard", "_selected_action": [ad]}).content.decode()
    assert DetailTask.objects.exists()
    administrator.post(address, {"action": "discard", "_selected_action": [ad], "confirmed": "1"})
    assert not DetailTask.objects.exists()
    assert LogEntry.objects.get().change_message == "Forkastet fra karantenen"
    sync.run()
    assert not DetailTask.objects.exists()
    assert not Vacancy.objects.filter(status="ACTIVE").exists()


def test_an_ad_that_fails_again_has_a_new_copy(administrator, feed):
    ad = quarantine_ad(feed)
    row = DetailTask.objects.get()
    assert row.received
    administrator.post(reverse("admin:ingest_detailtask_changelist"), {"action": "try_again", "_selected_action": [ad]})
    row = DetailTask.objects.get()
    assert (row.state, bool(row.received)) == ("quarantined", True), "still unreadable, and the copy is of the last try"
