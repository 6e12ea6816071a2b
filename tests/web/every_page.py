"""Addresses of every page of the site, by URL pattern: tests fail for a new pattern until it is listed here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

from django.db.models import F
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from jobsearch.saved.bookmark_states import State
from jobsearch.saved.mail.links import Purpose, sign_token
from jobsearch.saved.models import (
    AlertMail,
    AlertMatch,
    Bookmark,
    BookmarkSettings,
    SearchFeed,
    Subscriber,
    Subscription,
    SubscriptionRequest,
)
from jobsearch.saved.sharing import share_by_link
from jobsearch.statistics.counting import count_market
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web.support import closed, hidden

ORGNR = "999888777"
SAVED = (
    "q=kokk",
    "q=kkok",
    "q=xylofon+servit%C3%B8r",
    "place=UTLAND%2FHELLAS",
    "published=2020-01-01",
    "q=kokk&sort=deadline",
    "",
)


@dataclass
class Site:
    """Data that the pages show: `active` ads, one `closed` and one `hidden` ad, a user's saved searches, and a subscription."""

    active: list[UUID]
    closed: UUID
    hidden: UUID
    saved: list[int]
    tokens: dict[str, str]
    """Tokens of secret links, by purpose."""


def _list_one(address: str, _site: Site) -> list[str]:
    return [address]


PAGES: dict[str, Callable[[Site], list[str]]] = {
    "web:results": lambda site: [
        "/",
        "/?q=kokk",
        "/?q=kokk&place=VESTLAND&sort=published",
        "/?q=kokk&sort=deadline&page=2",
        "/?q=kokk&near=VESTLAND%2FBERGEN",
        "/?q=kokk&near=5003&km=100",
        "/?q=kkok",
        "/?q=xylofon+servit%C3%B8r+zzzz+brannmannn",
        "/?employer=Kro+1&employer=Fantes+AS&place=UTLAND%2FHELLAS&sector=Kirken",
        f"/?since={int((timezone.now() - dt.timedelta(hours=1)).timestamp())}&sort=published",
    ],
    "web:facet": lambda site: [f"/filter/{name}/?q=kokk" for name in ("employer", "place", "occupation")],
    "web:ad": lambda site: [f"/stilling/{uuid}/" for uuid in (site.active[0], site.closed, site.hidden, UUID(int=1))],
    "web:deadline": lambda site: [
        f"/stilling/{uuid}/frist.ics" for uuid in (site.active[0], site.closed, site.hidden, UUID(int=1))
    ],
    "web:ad_other_spelling": lambda site: [f"/stilling/{str(site.active[0]).upper()}/", "/stilling/x/"],
    "web:employer": lambda site: [f"/arbeidsgiver/{ORGNR}/", f"/arbeidsgiver/{ORGNR}/?page=2", "/arbeidsgiver/111222333/"],
    "web:landings": lambda site: ["/jobb/"],
    "web:landing": lambda site: [
        "/jobb/kokk-i-bergen/",
        "/jobb/kokk-i-oslo/",
        "/jobb/bergen/",
        "/jobb/kokk/",
        "/jobb/utland/",
        "/jobb/svalbard/",
    ],
    "web:market": lambda site: ["/marked/", "/marked/?place=VESTLAND&occupation=Reiseliv+og+mat%2FKokk&sector=Offentlig"],
    "web:market_file": lambda site: [
        f"/marked/{key}.csv" for key in ("uker", "kommuner", "yrker", "arbeidsgivere", "vokser", "sluttet")
    ],
    "web:download": lambda site: ["/treff.csv?q=kokk", "/treff.csv?place=UTLAND%2FHELLAS"],
    "web:download_xlsx": lambda site: ["/treff.xlsx?q=kokk", "/treff.xlsx?place=UTLAND%2FHELLAS"],
    "web:atom": lambda site: ["/treff.atom?q=kokk", "/treff.atom"],
    "web:json_feed": lambda site: ["/treff.json?q=kokk", "/treff.json?place=UTLAND%2FHELLAS"],
    "web:saved_atom": lambda site: [f"/lagrede-sok/strom/{site.tokens['feed']}.atom", "/lagrede-sok/strom/x.atom"],
    "web:saved_json": lambda site: [f"/lagrede-sok/strom/{site.tokens['feed']}.json", "/lagrede-sok/strom/x.json"],
    "web:suggestions": lambda site: ["/forslag/?q=ko", "/forslag/?q=kro"],
    "web:about": lambda site: ["/om/"],
    "web:privacy": lambda site: ["/personvern/"],
    "web:municipalities": lambda site: ["/kommuner.json"],
    "web:robots": lambda site: ["/robots.txt"],
    "web:sitemap": lambda site: ["/sitemap.xml"],
    "web:sitemap_part": lambda site: [
        f"/sitemap-{part}.xml"
        for part in ("sider", "stillinger-1", "stillinger-2", "steder", "yrker", "yrker-etter-sted", "arbeidsgivere")
    ],
    "web:favicon": lambda site: ["/favicon.ico"],
    "web:healthz": lambda site: ["/healthz"],
    "metrics": lambda site: ["/metrics"],
    "web:readyz": lambda site: ["/readyz"],
    "bookmarks": lambda site: ["/lagret/"],
    "bookmark_list": lambda site: ["/lagret/liste/"],
    "bookmarks:hidden": lambda site: ["/lagret/skjulte/"],
    "bookmarks:searches": lambda site: ["/lagret/sok/"],
    "bookmarks:stop_reminders": lambda site: [f"/lagret/paminnelser/{site.tokens['reminders']}/", "/lagret/paminnelser/x/"],
    **{
        f"bookmarks:{name}": partial(_list_one, f"/lagret/{path}/")
        for name, path in (
            ("change", "endre"),
            ("update", "oppdater"),
            ("merge", "flytt"),
            ("hide", "skjul"),
            ("show", "vis"),
            ("settings", "innstillinger"),
        )
    },
    "web:bookmark_calendar": lambda site: [f"/lagret/kalender/{key}.ics" for key in (site.tokens["calendar"], UUID(int=1), "x")],
    "saved:list": lambda site: ["/lagrede-sok/"],
    "saved:news": lambda site: ["/lagrede-sok/nye.json"],
    "saved:create": lambda site: ["/lagrede-sok/lagre/?query=q%3Dkokk"],
    "saved:open": lambda site: [f"/lagrede-sok/{pk}/" for pk in site.saved],
    "saved:mark_seen": lambda site: [f"/lagrede-sok/{site.saved[0]}/sett/"],
    "saved:edit": lambda site: [f"/lagrede-sok/{site.saved[0]}/endre/"],
    "saved:delete": lambda site: [f"/lagrede-sok/{site.saved[0]}/slett/"],
    "saved:feed": lambda site: [f"/lagrede-sok/{pk}/strom/" for pk in site.saved[:2]],
    "saved:update": lambda site: [f"/lagrede-sok/{site.saved[0]}/oppdater/"],
    "saved:pin": lambda site: [f"/lagrede-sok/{site.saved[0]}/fest/"],
    "saved:move": lambda site: [f"/lagrede-sok/{site.saved[0]}/flytt/"],
    "saved:change_alert": lambda site: [f"/lagrede-sok/{site.saved[0]}/varsel/"],
    "saved:share": lambda site: [f"/lagrede-sok/{site.saved[0]}/del/"],
    "saved:leave": lambda site: [f"/lagrede-sok/{site.saved[0]}/forlat/"],
    "saved:invitation": lambda site: ["/lagrede-sok/invitasjon/x/"],
    "web:shared_search": lambda site: [f"/delt/{site.tokens['share']}/", "/delt/x/"],
    "alerts:subscribe": lambda site: ["/varsler/ny/?query=q%3Dkokk", "/varsler/ny/"],
    "alerts:sent": lambda site: ["/varsler/sendt/?query=q%3Dkokk"],
    "alerts:confirm": lambda site: [f"/varsler/bekreft/{site.tokens['confirm']}/", "/varsler/bekreft/x/"],
    "alerts:stop": lambda site: [f"/varsler/stopp/{site.tokens['stop']}/", "/varsler/stopp/x/"],
    "alerts:manage": lambda site: [f"/varsler/mine/{site.tokens['manage']}/", "/varsler/mine/x/"],
    "web:alert_ads": lambda site: [f"/varsler/treff/{site.tokens['ads']}/", "/varsler/treff/x/"],
    "login": lambda site: ["/logg-inn/"],
    "admin_login": lambda site: ["/admin/login/"],
    "account_login": lambda site: ["/logg-inn/?next=/om/"],
    "account_request_login_code": lambda site: ["/logg-inn/kode/"],
    "account_confirm_login_code": lambda site: ["/logg-inn/kode/bekreft/"],
    "mfa_login_webauthn": lambda site: ["/logg-inn/passnokkel/"],
    "mfa_authenticate": lambda site: ["/logg-inn/trinn-2/"],
    "account_inactive": lambda site: ["/logg-inn/stengt/"],
    "logout": lambda site: ["/logg-ut/"],
    "account_logout": lambda site: ["/logg-ut/"],
    "password_change": lambda site: ["/passord/"],
    "account_change_password": lambda site: ["/passord/"],
    "account_set_password": lambda site: ["/konto/passord/"],
    "account_reauthenticate": lambda site: ["/konto/bekreft/passord/"],
    "account_request_reauthentication_code": lambda site: ["/konto/bekreft/kode/"],
    "account_confirm_reauthentication_code": lambda site: ["/konto/bekreft/kode/svar/"],
    "mfa_reauthenticate": lambda site: ["/konto/bekreft/trinn-2/"],
    "mfa_reauthenticate_webauthn": lambda site: ["/konto/bekreft/passnokkel/"],
    "mfa_index": lambda site: ["/konto/sikkerhet/"],
    "mfa_list_webauthn": lambda site: ["/konto/passnokler/"],
    "mfa_add_webauthn": lambda site: ["/konto/passnokler/ny/"],
    "mfa_edit_webauthn": lambda site: ["/konto/passnokler/1/navn/"],
    "mfa_remove_webauthn": lambda site: ["/konto/passnokler/1/fjern/"],
    "mfa_activate_totp": lambda site: ["/konto/kodeapp/"],
    "mfa_deactivate_totp": lambda site: ["/konto/kodeapp/fjern/"],
    "mfa_view_recovery_codes": lambda site: ["/konto/reservekoder/"],
    "mfa_download_recovery_codes": lambda site: ["/konto/reservekoder/fil/"],
    "mfa_generate_recovery_codes": lambda site: ["/konto/reservekoder/nye/"],
    "accounts:overview": lambda site: ["/konto/"],
    "accounts:language": lambda site: ["/konto/sprak/"],
    "accounts:change_email": lambda site: ["/konto/e-post/"],
    "accounts:confirm_email": lambda site: ["/konto/e-post/kode/"],
    "accounts:end_sessions": lambda site: ["/konto/enheter/logg-ut/"],
    "accounts:remove_password": lambda site: ["/konto/passord/fjern/"],
    "accounts:export": lambda site: ["/konto/data.json"],
    "accounts:delete": lambda site: ["/konto/slett/"],
    "demo:mail": lambda site: ["/demo/mail/"],
    "demo:mail_html": lambda site: ["/demo/mail/x/"],
    "set_language": lambda site: ["/sprak/"],
}
"""URL name -> addresses. Without Django admin, which is for staff and has tests of its own."""


def addresses(site: Site) -> list[str]:
    return [address for of_page in PAGES.values() for address in of_page(site)]


def list_pattern_names(patterns=None, namespace: str = "") -> Iterator[str]:
    """Names of all URL patterns, as `namespace:name`."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if pattern.namespace != "admin":
                yield from list_pattern_names(pattern.url_patterns, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def build(ads, recruiter, *, number: int = 30) -> Site:
    """Create ads of one employer and of many, with locations in Norway and abroad, of which some have ended."""
    now = timezone.now()
    made = ads(
        *(
            {
                "title": f"Kokk nummer {n}",
                "employer_name": "Kroa" if n % 2 else f"Kro {n}",
                "employer_orgnr": ORGNR if n % 2 or number <= 100 else f"{900_000_000 + n}",
                "employer_homepage": "https://kroa.example",
                "description": f"<p>Vi trenger en kokk på vakt {n}, gjerne med xylofon.</p>",
                "published": now - dt.timedelta(hours=n),
                "locations": (
                    LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5003"),
                    LocationData("SVERIGE", "", "", "STOCKHOLM"),
                ),
                "occupations": (OccupationData("Reiseliv og mat", "Kokk"),),
                "categories": (CategoryData("JANZZ", "1", "Kokk"),),
                "contacts": (ContactData(f"Kari Nummer{n}", "kari@kroa.example", "22 33 44 55"),),
            }
            for n in range(number)
        ),
        {"title": "Ferdig", "employer_orgnr": "111222333"},
        {"title": "Skjult"},
    )
    *active, ended, unseen = made
    closed(ended)
    hidden(unseen)
    Vacancy.objects.filter(uuid__in=active[5:]).update(first_seen=now - dt.timedelta(days=3))
    saved = [
        recruiter.saved_searches.create(name=f"Søk {n}", params=params, last_looked=now - dt.timedelta(days=1)).pk
        for n, params in enumerate(SAVED)
    ]
    feed = SearchFeed.objects.create(saved_search_id=saved[0])
    Vacancy.objects.update(first_seen=F("first_seen") - dt.timedelta(minutes=5))
    count_market()
    for uuid, state in zip((*active, ended, unseen, UUID(int=1)), State.values * len(made), strict=False):
        Bookmark.objects.create(owner=recruiter, vacancy_uuid=uuid, state=state)
    own = BookmarkSettings.objects.create(owner=recruiter, remind=True, language="nb", calendar_key=uuid4())
    tokens = {"feed": sign_token(Purpose.FEED, feed.pk), "calendar": sign_token(Purpose.CALENDAR, own.calendar_key)}
    tokens["reminders"] = sign_token(Purpose.REMINDERS, own.reminder_key)
    tokens |= _make_tokens(made)
    tokens["share"] = sign_token(Purpose.SHARE, share_by_link(recruiter.saved_searches.get(pk=saved[0])).pk)
    return Site(active, ended, unseen, saved, tokens)


def _make_tokens(ads: list[UUID]) -> dict[str, str]:
    """Links to a subscription with parameters of every kind, to a mail with these ads, and to a request for a subscription."""
    subscriber = Subscriber.objects.create(address="kari@example.no", language="nb")
    subscriptions = [Subscription.objects.create(subscriber=subscriber, params=one, frequency="daily") for one in SAVED]
    asked = SubscriptionRequest.objects.create(address="ola@example.no", params="q=kokk", frequency="daily", language="nb")
    now = timezone.now()
    mail = AlertMail.objects.create(subscription=subscriptions[0], created=now, ads=len(ads), state=AlertMail.State.SENT)
    AlertMatch.objects.bulk_create(
        AlertMatch(subscription=subscriptions[0], vacancy_uuid=uuid, first_seen=now, mail=mail) for uuid in ads
    )
    keys = {Purpose.CONFIRM: asked.pk, Purpose.MANAGE: subscriber.pk, Purpose.STOP: subscriptions[0].pk, Purpose.ADS: mail.pk}
    return {str(purpose): sign_token(purpose, key) for purpose, key in keys.items()}
