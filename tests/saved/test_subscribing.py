"""Subscriptions by mail without an account: request, confirmation, change, end, and the limits of the mails."""

from __future__ import annotations

import datetime as dt
import re
import smtplib

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from jobsearch.saved.alerts import subscriptions
from jobsearch.saved.mail import limits
from jobsearch.saved.mail.links import Purpose, build_path, read_token, sign_token
from jobsearch.saved.models import ConfirmationMail, Subscriber, Subscription, SubscriptionRequest
from tests.web.page import Page

pytestmark = pytest.mark.django_db
FORM = "/varsler/ny/"
KARI = "kari@example.no"


def ask(client: Client, email: str = KARI, query: str = "q=sykepleier", frequency: str = "daily", **options):
    return client.post(FORM, {"email": email, "frequency": frequency, "query": query}, **options)


def get_link(message=None) -> str:
    """The path of the only link to this site in a mail."""
    body = (message or mail.outbox[-1]).body
    (link,) = re.findall(r"http://localhost:8000(\S+)", body)
    return link


def subscribe(client: Client, **fields: str) -> Subscription:
    ask(client, **fields)
    assert client.post(get_link()).status_code == 302
    return Subscription.objects.latest("created")


def manage(subscription: Subscription) -> str:
    return build_path(Purpose.MANAGE, subscription.subscriber_id)


def test_visitor_subscribes_from_the_results_page_and_confirms_on_another_device(client, ads):
    ads({"title": "Sykepleier"}, {"title": "Kokk", "occupations": ()})
    page = Page(client.get("/?q=sykepleier&place=VESTLAND%2FBERGEN&sort=published&page=1", follow=True))
    address = page.one("//div[@id='treff' or @class='results-head']//a[contains(., 'Varsle meg')]").get("href")
    form = Page(client.get(address))
    assert "Søkeord: sykepleier" in form.text("//p[@class='criteria']") and "Omtrent 1 ny i uken" in form.text()
    assert form.one("//select[@name='frequency']/option[@selected]").get("value") == "daily"
    values = {one.get("name"): one.get("value", "") for one in form.all("//form[@action='/varsler/ny/']//input[@name]")}
    response = client.post(FORM, values | {"email": " Kari@Example.no ", "frequency": "weekly"})
    assert "Sjekk e-posten din" in Page(client.get(response.url)).h1
    (message,) = mail.outbox
    assert message.to == [KARI] and message.subject == "Bekreft varselet ditt fra Utlyst"
    html, kind = message.alternatives[0]
    assert kind == "text/html" and get_link() in html and "sykepleier" not in message.body + html

    elsewhere = Client(enforce_csrf_checks=True)
    page = Page(elsewhere.get(get_link()))
    assert "Søkeord: sykepleier" in page.text() and "Hver uke" in page.text()
    assert not Subscription.objects.exists(), "a mail scanner opens links"
    token = page.one("//main//input[@name='csrfmiddlewaretoken']").get("value")
    response = elsewhere.post(get_link(), {"csrfmiddlewaretoken": token}, follow=True)
    assert "Varselet er bekreftet." in response.content.decode() and "ka…@example.no" in response.content.decode()
    subscription = Subscription.objects.get()
    assert (subscription.params, subscription.frequency) == ("q=sykepleier&place=VESTLAND%2FBERGEN", "weekly")
    assert subscription.subscriber.address == KARI


def test_an_empty_list_offers_a_subscription(client, ads):
    ads()
    page = Page(client.get("/?q=sykepleier&place=OSLO"))
    assert (
        page.one("//a[contains(., 'Varsle meg når det kommer')]").get("href")
        == "/varsler/ny/?query=q%3Dsykepleier%26place%3DOSLO"
    )


@pytest.mark.parametrize(
    "email", ["", "kari", "kari@", "a@b@c.no", "kari@example.no\nBcc: x@example.no", "k" * 250 + "@example.no", "\0"]
)
def test_an_invalid_address_is_named_beside_its_field(client, own_index, email):
    response = ask(client, email=email)
    page = Page(response)
    assert response.status_code == 422 and page.one("//input[@name='email']").get("aria-invalid") == "true"
    assert page.text("//title").startswith("Feil: ") and not mail.outbox


@pytest.mark.parametrize("frequency", ["", "hourly", "\0"])
def test_an_unknown_frequency_is_refused(client, own_index, frequency):
    assert ask(client, frequency=frequency).status_code == 422 and not mail.outbox


@pytest.mark.parametrize("query", ["q=01010750160", "q=kari%40example.no", "x" * 9000])
def test_a_search_that_may_not_be_stored_is_refused(client, own_index, query):
    assert ask(client, query=query).url == "/"
    assert not mail.outbox and not SubscriptionRequest.objects.exists()


def test_the_order_of_the_list_does_not_make_another_subscription(client, own_index):
    subscribe(client, query="q=lege&sort=published&page=3&size=100")
    subscribe(client, query="q=lege&sort=deadline", frequency="instant")
    assert [(one.params, one.frequency) for one in Subscription.objects.all()] == [("q=lege", "instant")]


def test_a_request_changes_nothing_before_it_is_confirmed(client, own_index):
    subscription = subscribe(client, frequency="daily")
    ask(client, frequency="off")
    subscription.refresh_from_db()
    assert subscription.frequency == "daily"


def test_confirming_twice_makes_one_subscription_and_opens_the_same_page(client, own_index):
    ask(client)
    first, second = client.post(get_link()), client.post(get_link())
    assert read_token(Purpose.MANAGE, first.url.split("/")[3]) == read_token(Purpose.MANAGE, second.url.split("/")[3])
    assert Subscription.objects.count() == 1


def test_a_confirmation_link_expires_after_a_day(client, own_index, monkeypatch):
    ask(client)
    link, now = get_link(), timezone.now()
    for hours, status in ((23, 200), (25, 404)):
        monkeypatch.setattr("django.core.signing.time.time", lambda h=hours: (now + dt.timedelta(hours=h)).timestamp())
        assert client.get(link).status_code == status
    assert client.post(link).status_code == 404 and not Subscription.objects.exists()
    assert subscriptions.delete_old_requests(now + dt.timedelta(hours=25)) == 1
    assert not SubscriptionRequest.objects.exists()


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_of_one_purpose_opens_no_page_of_another(client, own_index, purpose):
    subscription = subscribe(client)
    asked = SubscriptionRequest.objects.get()
    pages = {Purpose.CONFIRM: ("bekreft", asked.pk), Purpose.MANAGE: ("mine", subscription.subscriber_id)}
    pages[Purpose.STOP] = ("stopp", subscription.pk)
    for other, (page, key) in pages.items():
        expected = 200 if other == purpose else 404
        assert client.get(f"/varsler/{page}/{sign_token(purpose, key)}/").status_code == expected
        assert client.post(f"/varsler/{page}/{sign_token(purpose, key)[:-1]}/").status_code == 404


def test_an_address_gets_three_confirmation_mails_a_day_and_the_visitor_sees_no_difference(client, own_index):
    answers = [ask(client, email=email) for email in (KARI, "KARI@example.no", "kari+x@example.no", KARI, "kari+y@example.no")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/varsler/sendt/?query=q%3Dsykepleier")}
    assert len(mail.outbox) == 3
    ask(client, email="ola@example.no")
    assert mail.outbox[-1].to == ["ola@example.no"]
    ConfirmationMail.objects.update(sent=timezone.now() - dt.timedelta(hours=25))
    ask(client)
    assert mail.outbox[-1].to == [KARI]


def test_a_sender_gets_no_further_after_ten_mails_in_an_hour(client, own_index):
    for number in range(limits.AN_HOUR_BY_SENDER):
        assert ask(client, email=f"person{number}@example.no").status_code == 302
    response = ask(client, email="another@example.no")
    assert response.status_code == 429 and "Prøv igjen om en time" in Page(response).text()
    assert len(mail.outbox) == limits.AN_HOUR_BY_SENDER
    assert ask(client, email="another@example.no", REMOTE_ADDR="10.1.1.1").status_code == 302
    ConfirmationMail.objects.update(sent=timezone.now() - dt.timedelta(hours=2))
    assert ask(client, email="third@example.no").status_code == 302


def test_subscribed_and_unknown_addresses_get_the_same_answer_and_the_same_mail(client, own_index):
    subscribe(client)
    answers = [ask(client, email=email) for email in (KARI, "ny@example.no")]
    assert answers[0].url == answers[1].url
    bodies = {re.sub(r"/bekreft/\S+", "", message.body) for message in mail.outbox[-2:]}
    assert len(bodies) == 1


def test_no_address_is_stored_as_text_for_the_limits(client, own_index):
    ask(client)
    row = ConfirmationMail.objects.get()
    assert "kari" not in row.address_hash and "127.0.0.1" not in row.sender_hash


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ConnectionRefusedError(), 503, "Vi får ikke sendt e-post"),
        (TimeoutError(), 503, "Vi får ikke sendt e-post"),
        (smtplib.SMTPDataError(451, b"later"), 503, "Vi får ikke sendt e-post"),
        (smtplib.SMTPRecipientsRefused({KARI: (450, b"grey")}), 503, "Vi får ikke sendt e-post"),
        (smtplib.SMTPRecipientsRefused({KARI: (550, b"no such user")}), 422, "tar ikke imot denne adressen"),
    ],
)
def test_a_mail_that_cannot_be_sent_is_said_and_counts_for_no_limit(client, own_index, monkeypatch, caplog, error, status, words):
    def fail(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    response = ask(client)
    assert response.status_code == status and words in Page(response).text()
    assert not ConfirmationMail.objects.exists() and not SubscriptionRequest.objects.exists()
    assert KARI not in caplog.text


def test_the_form_works_while_the_engine_is_down(client, own_index, monkeypatch):
    monkeypatch.setattr("jobsearch.search.api.count", _raise_down)
    page = Page(client.get(f"{FORM}?query=q%3Dlege"))
    assert page.all("//input[@name='email']") and "Omtrent" not in page.text()
    assert ask(client).status_code == 302


def _raise_down(*args, **kwargs):
    from jobsearch.search.api import EngineDown

    raise EngineDown("The engine does not answer.")


@pytest.mark.parametrize(
    ("days", "words"), [((0,) * 28, "Omtrent 4 nye om dagen"), ((0, 1, 2), "Omtrent 3 nye i uken"), ((9,), "Sjelden nye")]
)
def test_the_form_estimates_the_number_of_new_ads(client, ads, days, words):
    now = timezone.now()
    ads(*({"title": "Lege", "occupations": (), "published": now - dt.timedelta(days=ago)} for ago in days))
    assert words in Page(client.get(f"{FORM}?query=q%3Dlege")).text()


def test_the_page_of_an_address_changes_and_stops(client, own_index):
    lege, kokk = subscribe(client, query="q=lege"), subscribe(client, query="q=kokk")
    page = Page(client.get(manage(lege)))
    assert [heading.text_content() for heading in page.all("//h2")] == ["lege", "kokk"] and KARI not in page.text()
    client.post(manage(lege), {"action": "change", "subscription": lege.pk, "frequency": "instant"})
    client.post(manage(lege), {"action": "stop", "subscription": kokk.pk})
    assert [(one.params, one.frequency) for one in Subscription.objects.all()] == [("q=lege", "instant")]
    response = client.post(manage(lege), {"action": "stop", "subscription": lege.pk})
    assert "E-postadressen din er slettet" in Page(response).text()
    assert not Subscriber.objects.exists() and not SubscriptionRequest.objects.exists()
    assert client.get(manage(lege)).status_code == 404


def test_stop_all_deletes_the_address(client, own_index):
    lege = subscribe(client, query="q=lege")
    subscribe(client, query="q=kokk")
    client.post(manage(lege), {"action": "stop_all"})
    assert not Subscriber.objects.exists() and not Subscription.objects.exists() and not SubscriptionRequest.objects.exists()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"action": "x"},
        {"action": "stop"},
        {"action": "stop", "subscription": "x"},
        {"action": "change", "subscription": "\0"},
    ],
)
def test_an_unknown_action_changes_nothing(client, own_index, posted):
    lege = subscribe(client, query="q=lege")
    assert client.post(manage(lege), posted).status_code == 302
    assert client.post(manage(lege), {"action": "change", "subscription": lege.pk, "frequency": "x"}).status_code == 302
    lege.refresh_from_db()
    assert lege.frequency == "daily"


def test_a_link_changes_no_subscription_of_another_address(client, own_index):
    kari, ola = subscribe(client), subscribe(client, email="ola@example.no")
    client.post(manage(kari), {"action": "stop", "subscription": ola.pk})
    assert Subscription.objects.count() == 2


def test_one_click_unsubscribe_needs_neither_cookie_nor_form(client, own_index):
    subscription = subscribe(client)
    other = subscribe(client, query="q=kokk")
    link = build_path(Purpose.STOP, subscription.pk)
    strict = Client(enforce_csrf_checks=True)
    assert Page(strict.get(link)).h1 == "Stoppe varselet?" and Subscription.objects.count() == 2
    response = strict.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200 and "Varselet er stoppet" in Page(response).h1
    assert list(Subscription.objects.all()) == [other]
    assert strict.post(link).status_code == 200, "a provider may post twice"
    strict.post(build_path(Purpose.STOP, other.pk), {"List-Unsubscribe": "One-Click"})
    assert not Subscriber.objects.exists()


def test_an_address_has_a_limited_number_of_subscriptions(client, own_index, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_SUBSCRIPTIONS", 1)
    subscribe(client, query="q=lege")
    ask(client, query="q=kokk")
    response = client.post(get_link())
    assert response.status_code == 409 and "allerede 1 varsler" in Page(response).text()
    assert Subscription.objects.count() == 1


def test_pages_of_subscriptions_are_in_no_cache_and_no_index(client, own_index):
    subscription = subscribe(client)
    for address in (FORM, "/varsler/sendt/", manage(subscription), build_path(Purpose.STOP, subscription.pk), "/varsler/mine/x/"):
        response = client.get(address)
        assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex, nofollow"


def test_searching_sets_no_cookie_for_a_subscription(client, ads):
    ads()
    subscription = subscribe(client)
    client.get(manage(subscription))
    assert not set(client.cookies) - {"csrftoken", "messages", "visit"}
