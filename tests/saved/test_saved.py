"""Saved searches: saving, listing with counts, opening, renaming, deleting, and access by the owner only."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobsearch.saved.descriptions import summarise_query
from jobsearch.saved.models import NAME_LENGTH, NOTE_LENGTH, SavedSearch
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy
from tests.web.page import Page
from tests.web.support import PASSWORD

LIST = "/lagrede-sok/"
SAVE = "/lagrede-sok/lagre/"


def form_values(page: Page, action: str) -> dict[str, str]:
    return {field.get("name"): field.get("value", "") for field in page.all(f"//form[@action='{action}']//input[@name]")}


def test_search_is_saved_from_the_results_page_in_canonical_form(logged_in, recruiter, ads):
    ads()
    page = Page(logged_in.get("/?q=sykepleier&place=VESTLAND%2FBERGEN"))
    values = form_values(page, SAVE)
    assert values["name"] == "sykepleier · Bergen"
    response = logged_in.post(SAVE, values | {"name": "Pleie i Bergen"})
    assert response.url == "/?q=sykepleier&place=VESTLAND%2FBERGEN"
    saved = recruiter.saved_searches.get()
    assert (saved.name, saved.params) == ("Pleie i Bergen", "q=sykepleier&place=VESTLAND%2FBERGEN")
    assert "Søket «Pleie i Bergen» er lagret." in Page(logged_in.get(response.url)).text("//p[@role='status']")


def test_posted_parameters_are_stored_in_canonical_form(logged_in, recruiter, own_index):
    logged_in.post(SAVE, {"query": "page=7&place=vestland/bergen&x=1&place=ATLANTIS&q=+lege+", "name": "  Leger  "})
    saved = recruiter.saved_searches.get()
    assert (saved.name, saved.params) == ("Leger", "q=lege&place=ATLANTIS&place=VESTLAND%2FBERGEN")


def test_saving_redirects_to_login_and_back(client, recruiter, ads):
    ads()
    form = Page(client.get("/varsler/ny/?query=q%3Dsykepleier"))
    response = client.get(form.one("//a[contains(., 'Logg inn og lagre søket')]").get("href"))
    assert response.status_code == 302 and response.url.startswith("/logg-inn/?next=")
    back = parse_qs(urlsplit(response.url).query)["next"][0]
    login = client.post("/logg-inn/", {"username": "rita", "password": PASSWORD, "next": back})
    assert login.url == back
    page = Page(client.get(back))
    assert page.h1 == "Lagre søket"
    client.post(SAVE, form_values(page, SAVE) | {"name": "Mine"})
    assert recruiter.saved_searches.get().params == "q=sykepleier"


def test_name_is_required_and_has_a_maximum_length(logged_in, recruiter, own_index):
    for name, words in (("", "Skriv et navn"), (" ", "Skriv et navn"), ("a" * (NAME_LENGTH + 1), "høyst 80 tegn")):
        response = logged_in.post(SAVE, {"query": "q=lege", "name": name})
        page = Page(response)
        assert response.status_code == 422 and words in page.text()
        assert page.text("//title").startswith("Feil: ")
        field = page.one("//input[@name='name']")
        assert field.get("aria-invalid") == "true" and field.get("aria-describedby") == "id_name_error"
        assert page.one("//p[@id='id_name_error']") is not None
    assert not recruiter.saved_searches.exists()


def test_personal_data_is_not_saved(logged_in, recruiter, own_index):
    logged_in.post(SAVE, {"query": "q=01010750160", "name": "X"})
    assert not recruiter.saved_searches.exists()


def test_list_shows_total_and_new_hits(logged_in, recruiter, ads):
    ads({"title": "Lege"}, {"title": "Lege"}, {"title": "Kokk"})
    Vacancy.objects.update(first_seen=timezone.now() - dt.timedelta(hours=2))
    Vacancy.objects.filter(title="Kokk").update(first_seen=timezone.now())
    Vacancy.objects.update(version=5)
    indexing.index_changes()
    hour = timezone.now() - dt.timedelta(hours=1)
    recruiter.saved_searches.create(name="A leger", params="q=lege", last_looked=hour)
    recruiter.saved_searches.create(name="B kokker", params="q=kokk", last_looked=hour)
    page = Page(logged_in.get(LIST))
    counts = [
        (one.get("data-total"), new.get("data-new"))
        for one, new in zip(page.all("//*[@data-total]"), page.all("//*[@data-new]"), strict=True)
    ]
    assert counts == [("2", "0"), ("1", "1")]
    assert "1 ny siden sist" in page.text() and "Søkeord: lege" in page.text()


def test_opening_shows_the_results_page_and_sets_the_last_look(logged_in, recruiter, ads):
    ads()
    long_ago = timezone.now() - dt.timedelta(days=1)
    saved = recruiter.saved_searches.create(name="X", params="q=sykepleier&place=VESTLAND", last_looked=long_ago)
    response = logged_in.get(f"{LIST}{saved.pk}/")
    assert response.url == f"/?q=sykepleier&place=VESTLAND&sort=published&since={int(long_ago.timestamp())}&saved={saved.pk}"
    assert 'data-new="1"' in logged_in.get(LIST).content.decode(), "a redirect has shown nothing yet"
    assert Page(logged_in.get(response.url)).total == search.count(saved.query) == 1
    saved.refresh_from_db()
    assert saved.last_looked > timezone.now() - dt.timedelta(minutes=1)
    assert 'data-new="0"' in logged_in.get(LIST).content.decode()


@pytest.mark.parametrize("method", ["head", "prefetch"])
def test_head_and_prefetch_do_not_set_the_last_look(logged_in, recruiter, own_index, method):
    before = timezone.now() - dt.timedelta(days=1)
    saved = recruiter.saved_searches.create(name="X", params="", last_looked=before)
    if method == "head":
        logged_in.head(f"{LIST}{saved.pk}/")
    else:
        logged_in.get(f"{LIST}{saved.pk}/", headers={"sec-purpose": "prefetch"})
    saved.refresh_from_db()
    assert saved.last_looked == before


def test_rename_and_delete(logged_in, recruiter, own_index):
    saved = recruiter.saved_searches.create(name="Før", params="q=lege")
    assert Page(logged_in.get(f"{LIST}{saved.pk}/endre/")).one("//input[@name='name']").get("value") == "Før"
    assert (
        logged_in.post(f"{LIST}{saved.pk}/endre/", {"name": "Etter", "note": "Til Kari\nog Per"}).url == f"{LIST}#sok-{saved.pk}"
    )
    saved.refresh_from_db()
    assert (saved.name, saved.note) == ("Etter", "Til Kari\nog Per")
    assert "Til Kari" in Page(logged_in.get(LIST)).text("//p[@class='saved-note']")
    assert logged_in.post(f"{LIST}{saved.pk}/endre/", {"name": "X", "note": "x" * (NOTE_LENGTH + 1)}).status_code == 422
    assert logged_in.post(f"{LIST}{saved.pk}/endre/", {"name": ""}).status_code == 422
    assert "Slette søket «Etter»?" in Page(logged_in.get(f"{LIST}{saved.pk}/slett/")).h1
    assert recruiter.saved_searches.exists()  # the confirmation page deletes nothing
    assert logged_in.post(f"{LIST}{saved.pk}/slett/").url == LIST
    assert not recruiter.saved_searches.exists()


@pytest.mark.parametrize("page", ["", "endre/", "slett/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_searches_of_another_user_are_404(logged_in, own_index, page, method):
    other = get_user_model().objects.create_user("per", password=PASSWORD)
    saved = other.saved_searches.create(name="Hemmelig", params="q=lege")
    response = getattr(logged_in, method)(f"{LIST}{saved.pk}/{page}", {"name": "Tatt"})
    assert response.status_code == (405 if (page, method) == ("", "post") else 404)
    assert b"Hemmelig" not in response.content
    saved.refresh_from_db()
    assert saved.name == "Hemmelig"
    assert b"Hemmelig" not in logged_in.get(LIST).content


@pytest.mark.parametrize("page", ["", "1/", "1/endre/", "1/slett/"])
def test_pages_require_login(client, db, page):
    response = client.get(LIST + page)
    assert response.status_code == 302 and response.url.startswith("/logg-inn/?next=/lagrede-sok/")


def test_changes_require_a_csrf_token(recruiter, own_index):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(recruiter)
    saved = recruiter.saved_searches.create(name="X", params="")
    for address in (SAVE, f"{LIST}{saved.pk}/endre/", f"{LIST}{saved.pk}/slett/", "/logg-ut/"):
        assert strict.post(address, {"name": "Y", "query": ""}).status_code == 403
    assert recruiter.saved_searches.get().name == "X"


def test_names_are_listed_while_the_engine_is_down(logged_in, recruiter, engine_down):
    recruiter.saved_searches.create(name="Leger på Voss", params="q=lege")
    response = logged_in.get(LIST)
    page = Page(response)
    assert response.status_code == 200 and "Leger på Voss" in page.text() and "kan ikke telle" in page.text()
    assert not page.all("//*[@data-total]")


def test_html_in_names_is_escaped(logged_in, recruiter, ads):
    ads()
    name = "<script>alert(1)</script>"
    saved = recruiter.saved_searches.create(name=name, params="q=%3Cscript%3Ealert(2)%3C/script%3E")
    for address in (LIST, f"{LIST}{saved.pk}/endre/", f"{LIST}{saved.pk}/slett/"):
        assert not Page(logged_in.get(address)).all("//script[not(@src)]")
    assert name in Page(logged_in.get(LIST)).text()


def test_login_and_logout(client, recruiter, own_index):
    wrong = client.post("/logg-inn/", {"username": "rita", "password": "feil"})
    assert "Feil brukernavn eller passord." in Page(wrong).text()
    assert client.post("/logg-inn/", {"username": "rita", "password": PASSWORD}).url == reverse("saved:list")
    assert client.get("/logg-ut/").status_code == 405
    assert client.post("/logg-ut/").url == "/"
    assert client.get(LIST).status_code == 302
    outside = client.post("/logg-inn/?next=https://evil.example/", {"username": "rita", "password": PASSWORD})
    assert outside.url == reverse("saved:list")


def test_summary_of_a_long_search_is_short(db):
    query, _ = search.SearchQuery.from_params(
        {"q": "lege", "place": ["OSLO", "AGDER", "TROMS", "VESTLAND"], "sector": ["Privat"]}
    )
    assert summarise_query(query) == "lege · Agder · Oslo · Troms · 2 valg til"


def test_str_does_not_contain_the_search(recruiter):
    saved = SavedSearch.objects.create(owner=recruiter, name="Hemmelig", params="q=lege")
    assert str(saved) == f"#{saved.pk}"
