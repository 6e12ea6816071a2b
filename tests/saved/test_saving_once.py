"""A user's search is saved once, also by simultaneous requests."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from jobsearch.saved.models import SavedSearch, compute_digest
from tests.web.page import Page

LIST, SAVE = "/lagrede-sok/", "/lagrede-sok/lagre/"


def test_saving_again_links_to_the_existing_search(logged_in, recruiter, ads):
    ads()
    logged_in.post(SAVE, {"query": "q=lege&place=OSLO", "name": "Leger"})
    response = logged_in.post(SAVE, {"query": "place=oslo&q=+lege&page=3&utm_source=x", "name": "Andre leger"})
    assert response.url == "/?q=lege&place=OSLO"
    assert "Du har allerede lagret dette søket, som «Leger»." in Page(logged_in.get(response.url)).text("//body")
    assert [saved.name for saved in recruiter.saved_searches.all()] == ["Leger"]
    form = Page(logged_in.get(f"{SAVE}?query=q%3Dlege%26place%3DOSLO"))
    assert "Du har allerede lagret dette søket, som «Leger»." in form.text()
    assert form.one("//a[normalize-space()='Åpne det']").get("href") == f"{LIST}{recruiter.saved_searches.get().pk}/"


def test_other_sorting_text_or_owner_is_another_search(logged_in, recruiter, ads):
    ads()
    for query in ("q=lege", "q=lege&sort=published", "q=leger", ""):
        logged_in.post(SAVE, {"query": query, "name": "Leger"})
    other = get_user_model().objects.create_user("per")
    logged_in.force_login(other)
    logged_in.post(SAVE, {"query": "q=lege", "name": "Leger"})
    assert (recruiter.saved_searches.count(), other.saved_searches.count()) == (4, 1)


def test_since_and_page_are_not_saved(logged_in, recruiter, ads):
    ads()
    logged_in.post(SAVE, {"query": "q=lege&since=1795000000&page=2", "name": "Leger"})
    assert recruiter.saved_searches.get().params == "q=lege"


@pytest.mark.django_db(transaction=True)
def test_four_simultaneous_requests_save_one_search(recruiter, own_index):
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(recruiter)
    ready, answers = threading.Barrier(4), []

    def click(client: Client) -> None:
        ready.wait()
        answers.append(client.post(SAVE, {"query": "q=lege", "name": "Leger"}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 4
    assert recruiter.saved_searches.count() == 1


def test_unique_constraint_rejects_a_duplicate(recruiter):
    recruiter.saved_searches.create(name="A", params="q=lege")
    with pytest.raises(IntegrityError), transaction.atomic():
        recruiter.saved_searches.create(name="B", params="q=lege")
    assert recruiter.saved_searches.create(name="B", params="q=" + "lege " * 2000).digest  # longer than an index allows


@pytest.mark.django_db(transaction=True)
def test_migration_merges_duplicates_with_the_oldest_name_and_latest_look(request):
    request.addfinalizer(lambda: MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes()))
    executor = MigrationExecutor(connection)
    executor.migrate([("saved", "0001_initial")])
    before = executor.loader.project_state([("saved", "0001_initial")]).apps
    searches, users = before.get_model("saved", "SavedSearch").objects, before.get_model("auth", "User").objects
    rita, per = users.create(username="rita"), users.create(username="per")
    for owner, name, params, day in [
        (rita, "Først", "q=lege", 3),
        (rita, "Annet", "q=kokk", 1),
        (rita, "Så", "q=lege", 9),
        (per, "Pers", "q=lege", 2),
        (rita, "Sist", "q=lege", 5),
    ]:
        searches.create(owner=owner, name=name, params=params, last_looked=f"2026-01-0{day}T12:00:00Z")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    kept = [(row.owner.username, row.name, row.params, row.last_looked.day) for row in SavedSearch.objects.order_by("pk")]
    assert kept == [("rita", "Først", "q=lege", 9), ("rita", "Annet", "q=kokk", 1), ("per", "Pers", "q=lege", 2)]
    assert all(row.digest == compute_digest(row.params) for row in SavedSearch.objects.all())
