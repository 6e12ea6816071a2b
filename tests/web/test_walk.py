"""Every page in nynorsk and English: no word of bokmål, and a `lang` attribute."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import unquote_plus

import pytest
from axes.models import AccessAttempt
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from jobsearch.saved.bookmark_states import State
from jobsearch.saved.mail.links import Purpose, build_path
from jobsearch.saved.models import Bookmark, BookmarkSettings, Subscriber, Subscription, SubscriptionRequest
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.facets import FACETS
from jobsearch.taxonomy import catalogue as feed
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.web import last_visit, login_limits
from jobsearch.web.views import errors
from tests.web.page import Page
from tests.web.support import PASSWORD
from tests.web.words import list_bokmal_words, list_texts, list_words


@pytest.mark.parametrize("language", ["nn", "en"])
def test_no_page_has_a_word_of_bokmal(client, pages, language):
    foreign = list_bokmal_words(language)
    assert len(foreign) > 200 and {"ikke", "fra", "stillinger"} <= foreign
    found = {}
    for name, response in pages(language):
        root = Page(response).root
        assert root.get("lang") in {language, None if name == "state" else language}, name
        words = {word for text in list_texts(root, language) for word in list_words(text)} & foreign
        if words:
            found[name] = {text.strip() for text in list_texts(root, language) if list_words(text) & words}
    assert found == {}


@pytest.mark.parametrize("language", ["nn", "en"])
def test_no_message_of_a_search_has_a_word_of_bokmal(client, helped, language):
    """Each message is asserted to be on its page, so that none is skipped."""
    foreign = list_bokmal_words(language)
    client.cookies["django_language"] = language
    for address, shown in helped.items():
        page = Page(client.get(address, follow=True))
        assert page.all(shown), (address, shown)
        texts = list_texts(page.root, page.root.get("lang", ""))
        assert language != "en" or "«" not in "".join(texts), address
        theirs = foreign - list_words(unquote_plus(address)) - {"sykepleier"}  # the typed word and its correction
        assert {text.strip() for text in texts if list_words(text) & theirs} == set(), address


@pytest.fixture
def helped(ads, client):
    """Address -> a text of the message on its page."""
    at = {name: (LocationData("NORGE", county, name, name),) for name, county in (("BERGEN", "VESTLAND"), ("OSLO", "OSLO"))}
    cook = (OccupationData("Reiseliv og mat", "Kokk"),)
    now = timezone.now()
    shop = {"employer_name": "Kiwi", "description": "<p>Kiwi wants you.</p>"}
    ads(
        *({"title": "Shop hand", "locations": at[name], **shop, "published": now} for name in ("BERGEN", "OSLO")),
        *({"title": "Till hand", "locations": at["OSLO"], **shop, "published": now - dt.timedelta(hours=1)} for _ in range(2)),
        *({"title": "Sykepleier", "employer_name": "Oslo home", "locations": at["OSLO"]} for _ in range(6)),
        {"title": "Baker", "occupations": cook, "description": "<p>Vi har sykepleer og xylofonlærer.</p>", "start": "Whenever"},
        {"title": "Saxofonlærer", "locations": ()},
        *({"title": "Baker", "occupations": cook, "description": f"<p>Vi har {n} og en fagotlærer.</p>"} for n in range(11)),
        {"title": "Fagottlærer"},
    )
    Vacancy.objects.filter(title="Baker").update(first_seen=now - dt.timedelta(days=9))
    Vacancy.objects.filter(title="Till hand").update(application_due=None, application_due_text="When we have found you")
    indexing.index_changes()
    minutes = int(now.timestamp()) // 60
    client.cookies[last_visit.COOKIE] = f"0.{minutes - 3 * 24 * 60}"
    return {
        "/?q=shop": "//details[@class='fold']/summary",
        "/?q=till": "//details[@class='fold']/summary",
        "/?q=hand&sort=published": "//span[@class='badge new']",
        "/?q=hand": "//li[@class='badge new']",
        "/?q=sykepleier": "//a[@class='badge new']",
        "/?q=hand+bergen": "//ul[@class='chips']//span[contains(., ',')]",
        "/?near=Bergen&km=10": "//ul[@class='chips']//a[contains(., 'km')]",
        "/?near=Atlantis": "//p[@id='near-error']",
        "/?near=5003": "//p[@id='near-error']",
        "/?near=Her%C3%B8y": "//p[@id='near-error']",
        "/?near=Bergen&km=7": "//p[contains(@class, 'message')]",
        "/?near=VESTLAND%2FBERGEN&place=AGDER": "//ul[@class='broader-searches']",
        "/?q=sykepleer": "//p[@class='meant']",
        "/?q=sykepleeir": "//p[@class='message']",
        "/?q=xylofonl%C3%A6rer": "//p[@class='message']",
        "/?q=fagotl%C3%A6rer": "//p[@class='message']/a",
        "/?q=zzz+hand&place=AGDER": "//div[@class='empty']",
        "/forslag/?q=os": "//*[@data-status]",
        "/forslag/?q=ko": "//*[@data-status]",
    }


@pytest.fixture
def pages(ads, client, recruiter, django_user_model, monkeypatch):
    """Every kind of page in a language, as (name, response)."""
    sweden = (LocationData("SVERIGE", "", "", "STOCKHOLM"),)
    bergen = tuple(LocationData("NORGE", "VESTLAND", name, name) for name in ("BERGEN", "VOSS", "STORD", "KVAM"))
    every = tuple(OccupationData(level1, name) for level1, names in feed.OCCUPATIONS.items() for name in names)
    common = {"employer_name": "Acme", "description": "<p>Quick brown fox.</p>"}
    uuids = ads(
        {**common, "title": "Fox", "locations": bergen, "occupations": every, "employer_orgnr": "999888777"},
        {**common, "title": "Fox two", "locations": sweden, "engagement": "Åremål", "extent": "Deltid", "sector": "Privat"},
        {**common, "title": "Fox three", "description": "", "application_due": "ASAP", "contacts": ()},
        {**common, "title": "", "sector": "", "extent": "", "engagement": "", "occupations": ()},
        {**common, "title": "Fox closed", "employer_orgnr": "111222333"},
        {**common, "title": "Fox masked"},
        {**common, "title": "Fox gone"},
        *({**common, "title": f"Fox {n}", "engagement": kind} for n, kind in enumerate(feed.ENGAGEMENTS * 3)),
    )
    closed, masked, gone = uuids[4:7]
    with transaction.atomic():
        store.close_vacancies([gone], Vacancy.Closed.FEED)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    with transaction.atomic():
        store.close_vacancies([closed], Vacancy.Closed.FEED)
        store.close_vacancies([masked], Vacancy.Closed.FEED, masked=[masked])
    indexing.index_changes()
    saved = recruiter.saved_searches.create(name="Fox", params="q=fox&place=VESTLAND&published=7")
    recruiter.saved_searches.create(name="Fox all", params="")
    subscriber = Subscriber.objects.create(address="kari@example.no", language="nb")
    subscription = Subscription.objects.create(subscriber=subscriber, params="q=fox", frequency="daily")
    asked = SubscriptionRequest.objects.create(address="ola@example.no", params="q=fox", frequency="off", language="nb")
    for one, state in zip((*uuids, uuid.uuid4()), State.values * 20, strict=False):
        Bookmark.objects.create(owner=recruiter, vacancy_uuid=one, state=state)
    own = BookmarkSettings.objects.create(owner=recruiter, language="nb")
    reminders = build_path(Purpose.REMINDERS, own.reminder_key)
    admin = django_user_model.objects.create_superuser("root", password=PASSWORD)

    yesterday = (timezone.localtime() - dt.timedelta(days=1)).date()

    def walk(language: str):
        client.cookies["django_language"] = language
        for name, address in {
            "home": "/",
            "results": "/?q=fox&place=VESTLAND%2FBERGEN&engagement=Fast&published=7",
            "second": "/?page=2",
            "sorted": "/?q=fox&sort=deadline&occupation=IT&extent=Deltid&sector=Privat&place=UTLAND%2FSVERIGE",
            "nothing": "/?q=fox&sector=Privat&engagement=Fast&place=VESTLAND",
            "corrected": "/?q=foxx+two",
            "problems": "/?place=X&occupation=X&sector=X&extent=X&engagement=X&published=X&sort=X&page=999999",
            "long": f"/?q={'fox ' * 100}",
            "one day": f"/?published={yesterday}&size=100&deadline=7&language=en&employer=Acme",
            **{f"list of {name}": f"/filter/{name}/?q=fox" for name in FACETS},
            "searched list": "/filter/employer/?within=acm",
            "empty list": "/filter/employer/?within=zzz",
            "blocked": "/?q=kari%40example.no",
            "identity": "/?q=01010750160",
            "about": "/om/",
            "employer": "/arbeidsgiver/999888777/",
            "employer without ads": "/arbeidsgiver/111222333/",
            **{
                f"landing {slug}": f"/jobb/{slug}/"
                for slug in ("vestland", "voss", "utland", "it", "sykepleier", "miljoarbeidere")
            },
            "landing without ads": "/jobb/svalbard/",
            "overview": "/jobb/",
            "login": "/logg-inn/",
            "alert": "/varsler/ny/?query=q%3Dfox%26place%3DVESTLAND",
            "alert requested": "/varsler/sendt/",
            "alert to confirm": build_path(Purpose.CONFIRM, asked.pk),
            "alerts of an address": build_path(Purpose.MANAGE, subscription.subscriber_id),
            "alert to stop": build_path(Purpose.STOP, subscription.pk),
            "alert without its link": "/varsler/mine/x/",
            "missing": "/finnes-ikke/",
            "unknown ad": f"/stilling/{uuid.uuid4()}/",
            **{f"ad {number}": f"/stilling/{one}/" for number, one in enumerate(uuids[:4])},
            **{f"inactive {number}": f"/stilling/{one}/" for number, one in enumerate(uuids[4:7])},
        }.items():
            yield name, client.get(address, follow=True)
        yield "alert without an address", client.post("/varsler/ny/", {"query": "q=fox"})
        yield "live", client.get("/?q=fox", headers={"hx-request": "true"})
        yield "login refused", client.post("/logg-inn/", {"username": "x", "password": "y"})
        for _ in range(login_limits.BY_NAME_AND_ADDRESS):
            paused = client.post("/logg-inn/", {"username": "x", "password": "y"})
        AccessAttempt.objects.all().delete()
        yield "login paused", paused
        yield "login empty", client.post("/logg-inn/", {})
        yield "bad host", client.get("/", headers={"host": "evil.example"})
        strict = Client(enforce_csrf_checks=True)
        strict.cookies["django_language"] = language
        yield "no token", strict.post("/logg-ut/")
        with translation.override(language):
            yield "broken", errors.server_error(RequestFactory().get("/"))
        client.force_login(recruiter)
        client.cookies["django_language"] = language
        for name, address in {
            "home again": "/",
            "saved": "/lagrede-sok/",
            "board": "/lagret/?settings=1",
            "bookmarks of a state": "/lagret/?state=applied",
            "hidden": "/lagret/skjulte/",
            "ad with an account": f"/stilling/{uuids[0]}/",
            "save": "/lagrede-sok/lagre/?query=q%3Dfox%26place%3DVESTLAND%26sector%3DPrivat%26extent%3DDeltid",
            "save all": "/lagrede-sok/lagre/",
            "edit": f"/lagrede-sok/{saved.pk}/endre/",
            "delete": f"/lagrede-sok/{saved.pk}/slett/",
        }.items():
            yield name, client.get(address, follow=True)
        for field, view in (("save", "change"), ("remove", "change"), ("what", "hide"), ("what", "show")):
            value = f"ad:{uuids[0]}" if field == "what" else str(uuids[0])
            data = {field: value, "next": "/om/"}
            yield f"{view} {field}", client.post(reverse(f"bookmarks:{view}"), data, follow=True)
        for action in ("note", "remove"):
            data = {"ad": str(uuids[1]), "action": action, "note": "x" * 3000}
            yield f"bookmark {action}", client.post(reverse("bookmarks:update"), data, follow=True)
        recruiter.email = "rita@example.no"
        recruiter.save()
        for action in ("remind", "make_calendar", "stop_reminding", "remove_calendar"):
            yield action, client.post(reverse("bookmarks:settings"), {"action": action}, follow=True)
        yield "reminders to stop", client.get(reminders)
        yield "reminders stopped", client.post(reminders)
        yield "nameless", client.post("/lagrede-sok/lagre/", {"query": "q=fox", "name": " "})
        yield "name too long", client.post(f"/lagrede-sok/{saved.pk}/endre/", {"name": "x" * 200})
        for form, data in (("lagre/", {"query": "q=fox", "name": "New"}), (f"{saved.pk}/endre/", {"name": "Fox"})):
            yield form, client.post(f"/lagrede-sok/{form}", data, follow=True)
        extra = recruiter.saved_searches.create(name="Extra", params="q=extra")
        yield "deleted", client.post(f"/lagrede-sok/{extra.pk}/slett/", follow=True)
        with monkeypatch.context() as patch:
            _silence(patch)
            yield "engine down", client.get("/?q=fox&place=VESTLAND")
            yield "saved, engine down", client.get("/lagrede-sok/")
        client.force_login(admin)
        client.cookies["django_language"] = language
        for name, address in {
            "room": "/admin/",
            "state": reverse("admin:dashboard_panels"),
            "runs": "/admin/ingest/run/",
            "feed": "/admin/ingest/feedstate/",
            "queue": "/admin/ingest/detailtask/",
            "ads": "/admin/vacancies/vacancy/",
            "hidden": "/admin/vacancies/moderation/",
            "users": "/admin/auth/user/",
            "new user": "/admin/auth/user/add/",
            "tasks": "/admin/django_celery_beat/periodictask/",
        }.items():
            yield name, client.get(address, follow=True)

    return walk


def _silence(patch) -> None:
    def down(*args: object, **kwargs: object):
        raise search.EngineDown("The engine does not answer.")

    for name in ("search", "count", "count_by_day", "count_many", "count_new", "find_similar"):
        patch.setattr(f"jobsearch.search.api.{name}", down)
