"""Login throttle: failed logins are counted by user name, by address and by both, without locking out the owner."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.utils import timezone

from jobsearch.web import login_limits, login_throttle
from jobsearch.web.login_throttle import BY_ADDRESS, BY_NAME, BY_NAME_AND_ADDRESS, WINDOW
from tests.servers.live import LiveSite
from tests.web.support import PASSWORD

PAGES = ["/logg-inn/", "/admin/login/"]


def tried(name: str = "rita", password: str = "feil", address: str = "127.0.0.1", page: str = PAGES[0], client=None) -> str:
    """Result of a login attempt: "in", "wrong" or "locked"."""
    client = client or Client()
    answer = client.post(page, {"username": name, "password": password, "next": "/om/"}, REMOTE_ADDR=address)
    if answer.status_code == 429:
        assert "Prøv igjen om" in answer.content.decode()
        assert 0 < int(answer["Retry-After"]) <= WINDOW.total_seconds()
        return "locked"
    return {302: "in", 200: "wrong"}[answer.status_code]


def later(**by: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**by), tick=False)


@pytest.mark.parametrize("page", PAGES)
def test_right_password_is_rejected_after_five_wrong_ones(admin_user, page):
    name = admin_user.get_username()
    assert {tried(name, page=page) for _ in range(BY_NAME_AND_ADDRESS)} == {"wrong"}
    assert tried(name, page=page) == tried(name, "password", page=page) == "locked"
    assert tried(name, "password", "203.0.113.7", page) == "in", "the owner comes in from elsewhere"
    with later(minutes=15, seconds=1):
        assert tried(name, "password", page=page) == "in"


def test_lock_ends_despite_continued_attempts(recruiter):
    assert {tried() for _ in range(BY_NAME_AND_ADDRESS)} == {"wrong"}
    for minutes in range(1, 15):
        with later(minutes=minutes):
            assert tried() == "locked"
    with later(minutes=15, seconds=1):
        assert tried(password=PASSWORD) == "in"


def test_attempts_on_both_login_pages_are_counted_together(admin_user):
    name = admin_user.get_username()
    for turn in range(BY_NAME_AND_ADDRESS):
        assert tried(name, page=PAGES[turn % 2]) == "wrong"
    assert {tried(name, page=page) for page in PAGES} == {"locked"}


def test_attempts_on_other_names_do_not_reset_the_count(recruiter):
    """350 names from 50 addresses between the attempts."""
    assert {tried() for _ in range(BY_NAME_AND_ADDRESS)} == {"wrong"}
    now = timezone.now()
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=f"name{number}", ip_address=f"198.51.100.{number % 50}", failures_since_start=1, attempt_time=now)
        for number in range(350)
    )
    assert tried() == "locked"


def test_one_password_on_many_names_is_limited_by_address(recruiter):
    answers = [tried(f"name{number}", address="203.0.113.9") for number in range(40)]
    assert answers == ["wrong"] * BY_ADDRESS + ["locked"] * (40 - BY_ADDRESS)
    assert AccessAttempt.objects.count() == BY_ADDRESS, "rejected attempts store no rows"
    assert tried(password=PASSWORD, address="203.0.113.9") == "locked"
    assert tried(password=PASSWORD, address="203.0.113.10") == "in"


def test_ipv6_addresses_of_one_64_network_count_as_one(recruiter):
    answers = [tried(f"name{number}", address=f"2001:db8:1:2:{number:x}::{number:x}") for number in range(BY_ADDRESS + 2)]
    assert answers[-3:] == ["wrong", "locked", "locked"]
    assert tried(password=PASSWORD, address="2001:db8:1:3::1") == "in", "the next /64 is another customer"


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:203.0.113.5", "fe80::1%eth0", "", "unix:"])
def test_all_forms_of_client_address_are_counted(recruiter, address):
    assert {tried(address=address) for _ in range(BY_NAME_AND_ADDRESS)} == {"wrong"}
    assert tried(address=address) == "locked"


def test_ipv4_mapped_ipv6_address_equals_ipv4(recruiter):
    for turn in range(BY_NAME_AND_ADDRESS):
        assert tried(address=["203.0.113.5", "::ffff:203.0.113.5"][turn % 2]) == "wrong"
    assert tried(address="203.0.113.5") == "locked"


@pytest.mark.parametrize("spelling", ["RITA", "Rita", "ｒｉｔａ", " rita ", "rita\u200a"])
def test_spellings_of_a_user_name_count_as_one(recruiter, spelling):
    for turn in range(BY_NAME_AND_ADDRESS):
        assert tried(["rita", spelling][turn % 2]) == "wrong"
    assert tried() == "locked"


def attack_from_everywhere(name: str) -> None:
    """Store the failed logins of as many addresses as a name may have."""
    now = timezone.now()
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=name, ip_address=f"198.51.100.{number}", failures_since_start=1, attempt_time=now)
        for number in range(BY_NAME)
    )


def test_many_addresses_against_one_name_are_limited(recruiter):
    for number in range(BY_NAME):
        assert tried("rita", address=f"198.51.100.{number}") == "wrong"
    assert tried(address="203.0.113.7") == "locked"


def test_known_browser_can_log_in_during_an_attack(recruiter):
    browser = Client()
    assert tried(password=PASSWORD, address="192.0.2.1", client=browser) == "in"
    browser.post("/logg-ut/")
    attack_from_everywhere("rita")
    assert tried(password=PASSWORD, address="192.0.2.2") == "locked", "a new browser waits"
    assert tried(password=PASSWORD, address="192.0.2.3", client=browser) == "in"


def test_known_browser_is_known_for_one_account_only(recruiter, django_user_model):
    django_user_model.objects.create_user("mons", password=PASSWORD)
    browser = Client()
    assert tried("mons", PASSWORD, "192.0.2.1", client=browser) == "in"
    browser.post("/logg-ut/")
    attack_from_everywhere("rita")
    assert tried(password=PASSWORD, address="192.0.2.1", client=browser) == "locked"
    browser.cookies[login_throttle.KNOWN_COOKIE] = "forged"
    assert tried(password=PASSWORD, address="192.0.2.1", client=browser) == "locked"


def test_known_browser_is_limited_too(recruiter):
    browser = Client()
    assert tried(password=PASSWORD, client=browser) == "in"
    browser.post("/logg-ut/")
    assert [tried(client=browser) for _ in range(BY_NAME_AND_ADDRESS + 1)][-2:] == ["wrong", "locked"]


def test_successful_login_resets_the_count_of_its_own_name_only(recruiter, django_user_model):
    """Logging in to their own account gives attackers no new attempts on others."""
    django_user_model.objects.create_user("mons", password=PASSWORD)
    for number in range(BY_ADDRESS - 1):
        assert tried(f"name{number}") == "wrong"
    assert tried("mons", PASSWORD) == "in"
    assert tried("one more") == "wrong"
    assert tried("two more") == "locked"


def test_unknown_user_name_is_locked_like_an_existing_one(recruiter):
    for name, address in (("rita", "192.0.2.1"), ("nosuch", "192.0.2.2")):
        assert [tried(name, address=address) for _ in range(BY_NAME_AND_ADDRESS + 1)][-2:] == ["wrong", "locked"]


def test_no_password_or_user_agent_is_stored(recruiter, caplog):
    Client(headers={"user-agent": "Mosaic/1.0"}).post(PAGES[0], {"username": "rita", "password": "hemmelig"})
    kept = AccessAttempt.objects.get()
    assert (kept.username, kept.ip_address) == ("rita", "127.0.0.1")
    assert not any((kept.user_agent, kept.get_data, kept.post_data, kept.http_accept, kept.path_info))
    assert "hemmelig" not in caplog.text and "rita" not in caplog.text


def test_old_attempts_are_deleted_and_their_number_is_limited(db, monkeypatch):
    monkeypatch.setattr(login_throttle, "MAX_ROWS", 10)
    now = timezone.now()
    rows = AccessAttempt.objects.bulk_create(
        AccessAttempt(username=f"name{number}", ip_address="192.0.2.1", failures_since_start=1) for number in range(30)
    )
    for number, row in enumerate(rows):  # the oldest is almost ten days old
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=now - dt.timedelta(hours=8 * number, minutes=1))
    assert login_throttle.delete_old_attempts() == 20
    assert sorted(AccessAttempt.objects.values_list("username", flat=True)) == sorted(f"name{number}" for number in range(10))
    monkeypatch.setattr(login_throttle, "MAX_ROWS", 1000)
    with later(days=login_limits.KEPT_DAYS):
        login_throttle.delete_old_attempts()
    assert AccessAttempt.objects.count() == 0


def test_an_attempt_that_is_later_than_now_prolongs_no_wait(recruiter):
    """As one of a server whose clock is ahead, or of a request that was faster than this one."""
    assert {tried() for _ in range(BY_NAME_AND_ADDRESS)} == {"wrong"}
    AccessAttempt.objects.update(attempt_time=timezone.now() + dt.timedelta(seconds=30))
    assert tried() == "locked"


@pytest.mark.django_db(transaction=True)
def test_simultaneous_attempts_are_limited(recruiter):
    answers: list[str] = []

    def attempt() -> None:
        try:
            answers.append(tried(address="203.0.113.20"))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 15
    assert answers.count("wrong") <= BY_NAME_AND_ADDRESS


def test_processes_share_counts_without_redis(tmp_path, fresh_database):
    """Two web servers with one database."""
    site = LiveSite(tmp_path, database=fresh_database("sqlite"), feed="http://127.0.0.1:9")
    try:
        assert site.manage("create_administrator", "--username", "kari", "--email", "kari@example.no") == 0, site.log("manage")
        urls = [site.web("one"), site.web("two")]
        answers = [_post(urls[turn % 2]) for turn in range(BY_NAME_AND_ADDRESS + 2)]
    finally:
        site.stop()
    assert answers == [200] * BY_NAME_AND_ADDRESS + [429] * 2


def _post(url: str) -> int:
    import http.cookiejar
    import re
    import urllib.error
    import urllib.parse
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = opener.open(f"{url}/logg-inn/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "username": "kari", "password": "feil"})
    try:
        return opener.open(f"{url}/logg-inn/", form.encode(), timeout=30).status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
