"""Addresses of every kind of page, and a function that visits them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Page

from jobsearch.saved.mail.links import Purpose, build_path
from jobsearch.saved.models import Subscriber, Subscription, SubscriptionRequest
from jobsearch.saved.sharing import share_by_link
from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web.support import PASSWORD

TIMEOUT = "Spesialsykepleier/sykepleier/vernepleier ved Sykehjemsavdelingsspesialenhetsadministrasjonen"
BODY = """<h1>Om stillingen</h1><p>Vi søker en <strong>sykepleier</strong> til natt. Les mer på
<a href="https://sykehus.example/om">våre sider</a>.</p><h4>Arbeidsoppgaver</h4><ul><li><p>Stell</p></li><li>Medisin</li></ul>
<h2>Vi tilbyr</h2><table><tr><th>Lønn</th><td>Etter avtale</td></tr></table>"""
PLACES = (
    LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5021", "Jonas Lies vei 65"),
    LocationData("NORGE", "MØRE OG ROMSDAL", "ÅLESUND", "ÅLESUND"),
)
MISSING = ("404 (Not Found)",)  # the console message of the 404 page


@pytest.fixture
def pages(ads, recruiter) -> dict[str, str]:
    """Page name -> address; those from "saved" on require login."""
    same = {"employer_name": "Haukeland universitetssjukehus", "employer_orgnr": "999888777"}
    ad, ended, *_ = ads(
        {
            **same,
            "title": TIMEOUT,
            "description": BODY,
            "employer_description": "<h2>Hvem vi er</h2><p>Et stort sykehus i vest.</p>",
            "employer_homepage": "www.sykehus.example",
            "application_due": "2090-11-27",
            "position_count": "2",
            "start": "Etter avtale",
            "locations": PLACES,
            "contacts": (
                ContactData("Kari Nordmann", "kari@sykehus.example", "22 33 44 55", "Kontakt", "Avdelingsleder"),
                ContactData("Ola Nordmann", "", "+47 55 58 85 95"),
            ),
        },
        {**same, "title": "Sykepleier som sluttet"},
        *({**same, "title": f"Sykepleier, avdeling {number}", "extent": "Deltid"} for number in range(30)),
        {"title": "Kokk", "occupations": (OccupationData("Reiseliv og mat", "Kokk"),)},
    )
    with transaction.atomic():
        store.close_vacancies([ended], Vacancy.Closed.FEED)
    indexing.index_changes()
    saved = recruiter.saved_searches.create(name="Pleiere i Bergen", params="q=sykepleier&place=VESTLAND%2FBERGEN")
    return {
        "home": "/",
        "results": "/?q=sykepleier&place=VESTLAND%2FBERGEN&extent=Deltid",
        "nothing": "/?q=sykepleier&place=TROMS",
        "ad": f"/stilling/{ad}/",
        "inactive": f"/stilling/{ended}/",
        "employer": "/arbeidsgiver/999888777/",
        "place": "/jobb/vestland/",
        "occupation": "/jobb/sykepleier/",
        "occupation at a place": "/jobb/sykepleier-i-bergen/",
        "landing page without ads": "/jobb/stord/",
        "overview": "/jobb/",
        "employers": "/filter/employer/?q=sykepleier",
        "about": "/om/",
        "privacy": "/personvern/",
        "bookmarks": "/lagret/",
        "missing": "/finnes-ikke/",
        "shared search": build_path(Purpose.SHARE, share_by_link(saved).pk),
        "alert": "/varsler/ny/?query=q%3Dsykepleier",
        "alert requested": "/varsler/sendt/",
        **_make_alert_pages(),
        "login": "/logg-inn/",
        "saved": "/lagrede-sok/",
        "edit": f"/lagrede-sok/{saved.pk}/endre/",
        "share": f"/lagrede-sok/{saved.pk}/del/",
        "save": "/lagrede-sok/lagre/?query=q%3Dsykepleier",
        "delete": f"/lagrede-sok/{saved.pk}/slett/",
        "account": "/konto/",
        "address": "/konto/e-post/",
        "security": "/konto/sikkerhet/",
        "passkey": "/konto/passnokler/ny/",
        "code app": "/konto/kodeapp/",
        "delete account": "/konto/slett/",
    }


def _make_alert_pages() -> dict[str, str]:
    subscriber = Subscriber.objects.create(address="kari@example.no", language="nb")
    params = {"params": "q=sykepleier&place=VESTLAND%2FBERGEN", "frequency": "daily"}
    subscription = Subscription.objects.create(subscriber=subscriber, **params)
    asked = SubscriptionRequest.objects.create(address="ola@example.no", language="nb", **params)
    return {
        "alert to confirm": build_path(Purpose.CONFIRM, asked.pk),
        "alerts of an address": build_path(Purpose.MANAGE, subscriber.pk),
        "alert to stop": build_path(Purpose.STOP, subscription.pk),
    }


def log_in(page: Page) -> None:
    page.goto("/logg-inn/")
    page.get_by_text("Logg inn med passord").click()
    page.get_by_label("E-postadresse eller brukernavn").fill("rita")
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logg inn", exact=True).click()
    page.wait_for_url("**/lagrede-sok/")


def visit(page: Page, pages: dict[str, str], names: Iterable[str]) -> Iterator[str]:
    """Open some of the pages, named in the order of `pages`, and yield the name of each once it is loaded."""
    order = list(pages)
    is_logged_in = False
    for name in names:
        if not is_logged_in and order.index(name) >= order.index("saved"):
            log_in(page)
            is_logged_in = True
        page.goto(pages[name])
        yield name
