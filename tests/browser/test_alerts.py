"""Alerts by mail without an account: from the search to one-click unsubscribing."""

from __future__ import annotations

import datetime as dt
import re

from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from jobsearch.saved.alerts import sending
from jobsearch.saved.models import Subscriber
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters.alert_mail import compose_alert
from tests.browser.accessibility import find_violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor


def get_path(page: str) -> str:
    """The path of the link to this page in the last mail."""
    (path,) = re.findall(rf"http://localhost:8000(/varsler/{page}/\S+)", mail.outbox[-1].body)
    return path


@by_visitor((PHONE, False), (DESKTOP, True))
def test_visitor_subscribes_confirms_reads_new_ads_and_unsubscribes(open_page, ads, width, scripts):
    ads({"title": "Sykepleier fra før"})
    Vacancy.objects.update(first_seen=timezone.now() - dt.timedelta(days=2))
    page = open_page("/?q=sykepleier", width=width, scripts=scripts, expected=("422 (Unprocessable Entity)",))
    page.get_by_role("link", name="Varsle meg").click()
    page.get_by_role("button", name="Varsle meg").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv e-postadressen din.")
    page.get_by_label("E-postadresse").fill("kari@example.no")
    page.get_by_label("Hvor ofte").select_option("instant")
    page.get_by_role("button", name="Varsle meg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sjekk e-posten din")

    page.goto(get_path("bekreft"))
    page.get_by_role("button", name="Bekreft").click()
    expect(page.get_by_role("status").filter(has_text="bekreftet")).to_have_text("Varselet er bekreftet.")
    expect(page.get_by_label("Hvor ofte")).to_have_value("instant")

    ads({"title": "Sykepleier natt"}, {"title": "Sykepleier dag"}, {"title": "Kokk", "occupations": ()})
    assert sending.send_alerts(timezone.now() + dt.timedelta(minutes=6), compose_alert).sent == 1
    page.goto(get_path("treff"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 nye stillinger")
    assert sorted(page.locator(".cards article a").all_text_contents()) == ["Sykepleier dag", "Sykepleier natt"]
    assert not scripts or find_violations(page) == []

    page.goto(get_path("mine"))
    page.get_by_label("Hvor ofte").select_option("weekly")
    page.get_by_role("button", name="Lagre sykepleier").click()
    expect(page.get_by_role("status").filter(has_text="lagret")).to_have_text("Endringen er lagret.")

    page.goto(get_path("stopp"))
    assert Subscriber.objects.exists(), "opening the link changes nothing"
    page.get_by_role("button", name="Stopp varselet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varselet er stoppet")
    assert not Subscriber.objects.exists()
