"""Actions of the admin from press to effect: jobs, erasure of a person, contacts, quarantine, schedules and people."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from playwright.sync_api import Page, expect

from ingest import pausing, sync
from ingest.models import DetailTask, FeedState, Run
from jobsearch.accounts.roles import Role, get_role, set_role
from jobsearch.core import beat
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.engines import registry
from jobsearch.vacancies.models import Contact, Vacancy
from tests.browser.accessibility import find_violations, fits
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.visitors import by_visitor
from tests.contract.conftest import delete_indices
from tests.ingest import plain_ads

ENGINES = [
    "embedded",
    pytest.param("opensearch-2.19", marks=[pytest.mark.opensearch, pytest.mark.every_combination]),
    pytest.param("opensearch-3.x", marks=pytest.mark.opensearch),
]


@pytest.fixture
def feed(settings) -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        settings.NAV_FEED_URL = fake_feed.url
        FeedState.objects.all().delete()
        yield fake_feed


@pytest.fixture(params=ENGINES)
def on_each_engine(request, settings, own_index, opensearch_url) -> Iterator[str]:
    """The index of the test: embedded, or one of a running OpenSearch."""
    if request.param != "embedded":
        settings.SEARCH_URL = opensearch_url(request.param.removeprefix("opensearch-"))
        settings.SEARCH_INDEX = f"test{secrets.token_hex(4)}"
        registry.forget_engines()
    yield request.param
    if request.param != "embedded":
        delete_indices(settings.SEARCH_INDEX)
        registry.forget_engines()


@pytest.fixture
def enter(open_page) -> Callable[..., Page]:
    """Opens a page of the admin as a user with a role."""

    def entered(address: str, *, role: Role = Role.ADMINISTRATOR, **options: object) -> Page:
        user = User.objects.filter(username=role.value).first()
        if user is None:
            user = User.objects.create_user(role.value, f"{role.value}@example.com", password="x")
            set_role(user, role)
        return open_page(address, user=user, **options)

    return entered


def check_page(page: Page, scripts: bool) -> None:
    """Nothing sticks out, and axe finds nothing in our part of the page."""
    page.wait_for_load_state()
    expect(page.locator("#content")).to_be_visible()
    assert fits(page)
    if scripts:
        assert find_violations(page, "#content") == []


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".job-progress strong").first).to_contain_text(state)


@by_visitor((DESKTOP, True))
def test_a_sync_is_started_and_its_result_shown(enter, feed, width, scripts):
    feed.publish()
    page = enter("/admin/jobber/", role=Role.OPERATOR, width=width, scripts=scripts)
    check_page(page, scripts)
    page.locator("#start-sync").click()
    expect_state(page, "Ferdig")
    expect(page.locator("table.report")).to_contain_text("nye")
    check_page(page, scripts)
    assert Vacancy.objects.count() == 1
    assert Run.objects.get().requested_by == "operator"


@by_visitor((PHONE, False))
def test_reading_is_paused_and_resumed(enter, feed, width, scripts):
    page = enter("/admin/jobber/", role=Role.OPERATOR, width=width, scripts=scripts)
    page.locator("#start-pause").click()
    check_page(page, scripts)
    page.get_by_label("4 timer", exact=True).check()
    page.get_by_role("button", name="Sett lesingen på pause").click()
    expect_state(page, "Ferdig")
    assert pausing.is_paused()
    page.goto("/admin/jobber/")
    page.locator("#start-resume").click()
    expect_state(page, "Ferdig")
    assert not pausing.is_paused()


def test_progress_is_live_and_a_job_can_be_stopped(enter):
    job = Run.objects.create(
        kind="index", state="running", heartbeat=timezone.now(), progress={"phase": "index", "done": 1, "total": 9}
    )
    page = enter(f"/admin/ingest/run/{job.pk}/change/")
    expect(page.locator("#job-bar")).to_have_attribute("value", "1")
    Run.objects.filter(pk=job.pk).update(progress={"phase": "index", "done": 5, "total": 9}, heartbeat=timezone.now())
    expect(page.locator("#job-bar")).to_have_attribute("value", "5")
    page.get_by_role("button", name="Stopp jobben").click()
    expect(page.locator("#job")).to_contain_text("administrator har bedt om stopp")
    assert Run.objects.get().stop_requested_by == "administrator"
    Run.objects.filter(pk=job.pk).update(
        state="stopped", finished=timezone.now(), error_code="stopped", error_detail="administrator"
    )
    expect_state(page, "Stoppet")
    expect(page.locator("#job-ended")).to_have_text("Jobben er over.")


@pytest.mark.parametrize(
    ("key", "fill", "effect"),
    [
        ("fetch", {"Annonsens uuid eller adresse": "AD"}, lambda: Vacancy.objects.count() == 1),
        ("replay-since", {}, lambda: Run.objects.filter(kind="replay", state="done").exists()),
        ("recheck", None, lambda: Run.objects.filter(kind="recheck", state="done").exists()),
        ("purge", None, lambda: Run.objects.filter(kind="purge", state="done").exists()),
        ("mail", None, lambda: len(mail.outbox) == 1),
        ("retry", None, lambda: Run.objects.filter(kind="retry", state="done").exists()),
        ("replay", None, lambda: Run.objects.filter(kind="replay", state="done").exists()),
    ],
)
def test_each_job_has_its_effect(enter, feed, key, fill, effect):
    FeedState.get_for_feed(feed.url)
    ad = feed.publish()
    page = enter("/admin/jobber/", width=PHONE)
    page.locator(f"#start-{key}").click()
    for label, value in (fill or {}).items():
        page.get_by_label(label).fill(value.replace("AD", ad))
    if page.url.rstrip("/").endswith(f"/start/{key}"):
        check_page(page, True)
        page.locator(".dashboard-confirm .default").click()
    expect_state(page, "Ferdig")
    assert effect()


def test_the_index_is_rebuilt_compared_repaired_and_brought_back(enter, ads, on_each_engine):
    ads({"title": "Sykepleier"}, {"title": "Kokk"})
    indexing.rebuild()
    page = enter("/admin/jobber/")
    for key in ("rebuild", "check", "repair", "rollback"):
        page.goto("/admin/jobber/")
        if (key, on_each_engine) == ("rollback", "embedded"):  # it keeps no former index
            expect(page.locator("#start-rollback")).to_have_count(0)
            continue
        page.locator(f"#start-{key}").click()
        if key != "check":
            page.locator(".dashboard-confirm .default").click()
        expect_state(page, "Ferdig")
        assert search.search(search.SearchQuery()).total == 2
    assert indexing.compare() == []


def erase_person(page: Page) -> None:
    page.get_by_label("Navn").fill("Kari Nordmann")
    page.get_by_label("Telefonnumre").fill("22 33 44 55")
    page.locator("#find").click()


@by_visitor((PHONE, True))
def test_a_person_is_erased(enter, make_vacancy, width, scripts):
    ad = make_vacancy(title="Sykepleier på Voss")
    page = enter("/admin/vacancies/erasure/add/", width=width, scripts=scripts)
    page.locator("#find").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv minst ett navn")
    check_page(page, scripts)
    erase_person(page)
    expect(page.locator("#content")).to_contain_text("1 annonse nevner personen")
    expect(page.get_by_role("link", name="Sykepleier på Voss")).to_be_visible()
    check_page(page, scripts)
    page.locator("#erase").click()
    expect(page.locator("#result_list")).to_contain_text("1 navn, 1 telefonnummer")
    assert not Contact.objects.exists()
    page.goto(f"/stilling/{ad}/")
    assert "Nordmann" not in page.content()
    assert "22 33 44 55" not in page.content()


def test_an_erased_name_is_in_no_index(enter, ads, on_each_engine):
    ads({"title": "Vikar for Kari Nordmann", "contacts": (), "description": "<p>Fint arbeid hos Kari Nordmann.</p>"})
    indexing.rebuild()
    assert search.search(search.SearchQuery(q="nordmann")).total == 1
    page = enter("/admin/vacancies/erasure/add/")
    erase_person(page)
    page.locator("#erase").click()
    expect(page.locator("#result_list")).to_contain_text("1 navn")
    assert search.search(search.SearchQuery(q="nordmann")).total == 0
    assert search.search(search.SearchQuery(q="vikar")).total == 1
    page.goto("/?q=vikar")
    expect(page.locator("#treff")).to_contain_text("Vikar for")
    assert "Nordmann" not in page.content()


@by_visitor((DESKTOP, False))
def test_contacts_are_shown_when_asked_for(enter, make_vacancy, width, scripts):
    ad = make_vacancy()
    page = enter(f"/admin/vacancies/vacancy/{ad}/change/", width=width, scripts=scripts)
    expect(page.locator("#content")).to_contain_text("K••• N•••")
    check_page(page, scripts)
    page.locator("#show-contacts").click()
    expect(page.locator("#content")).to_contain_text("Kari Nordmann")
    check_page(page, scripts)
    assert LogEntry.objects.get().change_message == "Så kontaktopplysningene"


@by_visitor((PHONE, False))
def test_a_quarantined_ad_is_read_and_discarded(enter, feed, width, scripts):
    FeedState.get_for_feed(feed.url)
    now = timezone.now()
    content = plain_ads.compose(1, published=now, expires=now, updated=now)
    ad = feed.publish({**content, "expires": "snart"})
    sync.run()
    page = enter(f"/admin/ingest/detailtask/{ad}/change/", role=Role.OPERATOR, width=width, scripts=scripts)
    expect(page.locator("#received")).to_contain_text('"expires": "snart"')
    assert "kari1@" not in page.content()
    check_page(page, scripts)
    page.get_by_role("button", name="Forkast").click()
    check_page(page, scripts)
    page.locator(".dashboard-confirm .default").click()
    expect(page.get_by_text("1 annonse er forkastet.")).to_be_visible()
    assert not DetailTask.objects.exists()


def test_what_came_is_copied(enter, feed):
    DetailTask.objects.create(uuid="5f943bd9-0000-4000-8000-000000000001", marker=1, state="quarantined", received='{"a": 1}')
    page = enter("/admin/ingest/detailtask/5f943bd9-0000-4000-8000-000000000001/change/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopier").click()
    expect(page.locator("#received-status")).to_have_text("Kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == '{"a": 1}'


@by_visitor((PHONE, True))
def test_a_schedule_is_changed_within_its_limits(enter, settings, width, scripts):
    beat.write_defaults(settings.CELERY_BEAT_SCHEDULE)
    page = enter("/admin/django_celery_beat/periodictask/", role=Role.OPERATOR, width=width, scripts=scripts)
    page.get_by_role("link", name="Send varsler").click()
    expect(page.locator("#id_seconds")).to_be_visible()
    check_page(page, scripts)
    page.locator("#id_seconds").fill("5")
    page.locator("[name=_save]").click()
    expect(page.locator("#content")).to_contain_text("Velg fra 30 til 3600 sekunder.")
    page.locator("#id_seconds").fill("300")
    page.locator("[name=_save]").click()
    expect(page.locator("#result_list")).to_contain_text("5 min")
    assert PeriodicTask.objects.get(task="jobsearch.web.tasks.send_alerts").interval.every == 300


@by_visitor((DESKTOP, False))
def test_a_person_is_invited_and_disabled(enter, width, scripts):
    page = enter("/admin/auth/user/add/", width=width, scripts=scripts)
    check_page(page, scripts)
    page.get_by_label("E-postadresse").fill("ny@example.com")
    page.get_by_label("Rolle").select_option("recruiter")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("Invitasjonen er sendt.")).to_be_visible()
    assert mail.outbox[0].to == ["ny@example.com"]
    user = User.objects.get(email="ny@example.com")
    assert get_role(user) == Role.RECRUITER
    page.goto(f"/admin/auth/user/{user.pk}/change/")
    page.get_by_label("Kan logge inn").uncheck()
    page.locator("[name=_save]").click()
    expect(page.locator("#result_list")).to_be_visible()
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        *((PHONE, "light"), (DESKTOP, "dark")),
        *(pytest.param(*other, marks=pytest.mark.every_combination) for other in ((PHONE, "dark"), (DESKTOP, "light"))),
    ],
)
def test_an_administrator_sees_every_list(enter, make_vacancy, width, scheme):
    make_vacancy()
    page = enter("/admin/", width=width, scheme=scheme)
    for name in ("ingest/run", "vacancies/vacancy", "vacancies/purge", "vacancies/erasure", "auth/user", "ingest/detailtask"):
        page.goto(f"/admin/{name}/")
        assert page.locator("#changelist").is_visible(), name
