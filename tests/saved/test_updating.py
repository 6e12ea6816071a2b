"""A saved search is opened, changed and updated; the results page says whether what it shows is saved."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jobsearch.saved.alerts import owner_alerts
from jobsearch.saved.models import AlertMatch, SavedSearch
from jobsearch.search.search_query import SearchQuery
from tests.web.page import Page

LIST = "/lagrede-sok/"
RITA = "rita@example.no"


def find_update_form(page: Page, saved: SavedSearch):
    return page.all(f"//form[@action='{LIST}{saved.pk}/oppdater/']")


def test_saved_search_is_updated_from_its_changed_page(logged_in, recruiter, ads):
    ads({"title": "Kokk"}, {"title": "Kokk i Oslo"})
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk", note="Mitt")
    opened = Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True))
    assert "✓ Lagret som Kokker" in opened.text("//div[@class='results-head']") and not find_update_form(opened, saved)
    assert opened.one("//input[@name='saved' and @form='sok']").get("value") == str(saved.pk)

    changed = Page(logged_in.get(f"/?q=kokk&place=VESTLAND&sort=published&saved={saved.pk}"))
    (form,) = find_update_form(changed, saved)
    assert "Oppdater søket Kokker" in " ".join(form.text_content().split())
    assert "Lagre som nytt" in changed.text("//details[@class='save']/summary")
    query = form.xpath(".//input[@name='query']")[0].get("value")
    response = logged_in.post(f"{LIST}{saved.pk}/oppdater/", {"query": query})
    assert response.url == f"/?q=kokk&place=VESTLAND&sort=published&saved={saved.pk}"
    saved.refresh_from_db()
    assert (saved.name, saved.note, saved.params) == ("Kokker", "Mitt", "q=kokk&place=VESTLAND&sort=published")
    page = Page(logged_in.get(response.url))
    assert "Søket «Kokker» er oppdatert." in page.text("//p[@role='status']")
    assert "✓ Lagret" in page.text("//div[@class='results-head']") and not find_update_form(page, saved)


def test_updating_to_a_search_that_is_saved_already_keeps_both(logged_in, recruiter, own_index):
    first = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    recruiter.saved_searches.create(name="Leger", params="q=lege")
    response = logged_in.post(f"{LIST}{first.pk}/oppdater/", {"query": f"q=lege&saved={first.pk}"})
    assert response.url == "/?q=lege"
    assert sorted(recruiter.saved_searches.values_list("params", flat=True)) == ["q=kokk", "q=lege"]


@pytest.mark.parametrize("query", ["q=01010750160", "q=kari%40example.no", "x" * 9000])
def test_a_search_that_may_not_be_stored_changes_nothing(logged_in, recruiter, own_index, query):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    assert logged_in.post(f"{LIST}{saved.pk}/oppdater/", {"query": query}).url == "/"
    saved.refresh_from_db()
    assert saved.params == "q=kokk"


def test_a_post_without_a_search_changes_nothing(logged_in, recruiter, own_index):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    assert logged_in.post(f"{LIST}{saved.pk}/oppdater/").url == LIST
    saved.refresh_from_db()
    assert saved.params == "q=kokk"


def test_what_is_saved_is_shown_to_its_owner_only(logged_in, client, recruiter, django_user_model, ads):
    ads({"title": "Kokk"})
    saved = recruiter.saved_searches.create(name="Hemmelig", params="q=kokk")
    address = f"/?q=kokk+natt&saved={saved.pk}"
    assert "Hemmelig" in logged_in.get(address).content.decode()
    client.force_login(django_user_model.objects.create_user("per"))
    for shown in (address, f"/?q=kokk&saved={saved.pk}"):
        assert "Hemmelig" not in client.get(shown).content.decode()
    client.logout()
    assert "Hemmelig" not in client.get(address).content.decode()


@pytest.mark.parametrize("number", ["x", "-1", "0", "1" * 13, "٢", "\0", ""])
def test_an_invalid_number_of_a_saved_search_is_dropped(number):
    query, problems = SearchQuery.from_params({"q": "kokk", "saved": number})
    assert (query.saved, problems, query.urlencode()) == (0, [], "q=kokk")


def test_number_of_a_saved_search_is_in_no_saved_search_and_no_subscription(logged_in, recruiter, own_index):
    logged_in.post(f"{LIST}lagre/", {"query": "q=lege&saved=7&since=1795000000", "name": "Leger"})
    assert recruiter.saved_searches.get().params == "q=lege"


def test_alert_follows_the_changed_search_and_sends_no_ad_twice(logged_in, recruiter, confirmed, own_index):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    owner_alerts.set_frequency(RITA, saved, "daily")
    alert = owner_alerts.find_alerts(RITA, [saved])[saved.pk]
    waiting, sent = (AlertMatch(subscription=alert, vacancy_uuid=f"{n:032x}", first_seen=timezone.now()) for n in (1, 2))
    waiting.save()
    sent.mail = alert.mails.create(created=timezone.now(), ads=1)
    sent.save()
    logged_in.post(f"{LIST}{saved.pk}/oppdater/", {"query": "q=kokk&place=OSLO&sort=deadline"})
    alert.refresh_from_db()
    assert (alert.params, alert.frequency) == ("q=kokk&place=OSLO", "daily")
    assert list(alert.matches.values_list("pk", flat=True)) == [sent.pk]
    saved = SavedSearch.objects.get()
    assert owner_alerts.find_alerts(RITA, [saved]) == {saved.pk: alert}


def test_alert_that_exists_for_the_new_search_is_kept(logged_in, recruiter, confirmed, own_index, subscribe):
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    owner_alerts.set_frequency(RITA, saved, "daily")
    subscribe("q=lege", "weekly", RITA)
    logged_in.post(f"{LIST}{saved.pk}/oppdater/", {"query": "q=lege"})
    assert [alert.frequency for alert in owner_alerts.find_alerts(RITA, SavedSearch.objects.all()).values()] == ["weekly"]
