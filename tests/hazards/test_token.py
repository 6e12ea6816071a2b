"""Hazards 38-40: the token, its renewal, and the hours without a valid public token."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import time_machine
from django.utils import timezone

from ingest import status
from ingest.models import DetailTask


def _count_token_requests(feed) -> int:
    return sum(request.kind == "token" for request in feed.requests)


def test_the_token_is_found_in_the_text_around_it(feed, site):
    """38: the whole body as token gives 400 with HTML, its second word gives 401."""
    ad = feed.publish()
    assert site.follow().exit_code == 0
    assert ad in site.active()
    assert {request.headers.get("authorization") for request in feed.requests if request.kind != "token"} == {
        f"Bearer {feed.token}"
    }


def test_a_token_is_fetched_once_and_shared_by_all_runs(feed, site):
    """39: not for each request, and not in each process."""
    for _ in range(20):
        feed.publish()
    site.follow()
    site.follow()
    assert _count_token_requests(feed) == 1
    assert site.state().token == feed.token


@pytest.mark.precomputing
def test_a_token_rotated_during_a_run_is_renewed_and_the_request_repeated(feed, site):
    """Hazard 39."""
    ads = [feed.publish() for _ in range(200)]
    feed.faults.latency(detail=0.02)

    def rotate() -> None:
        if not rotated:
            rotated.append(feed.tokens.rotate())

    rotated: list[str] = []
    report = site.follow(after_batch=rotate)
    assert (report.exit_code, report.new) == (0, len(ads))
    assert _count_token_requests(feed) == 2
    assert site.state().token == rotated[0]


def test_one_pod_that_refuses_the_old_token_causes_its_renewal(feed, site):
    """39: for half an hour after a deploy the old token works on one pod and not on the next."""
    feed.publish()
    site.follow()
    feed.tokens.rotate(flapping=True)
    ads = [feed.publish() for _ in range(20)]
    report = site.follow()
    assert (report.exit_code, report.new) == (0, len(ads))
    assert _count_token_requests(feed) == 2


def test_an_expired_token_that_is_issued_again_is_reported_and_counts_no_attempts(feed, site):
    """40: NAV renews the public token up to five hours after its expiry."""
    feed.publish()
    site.follow()
    feed.tokens.rotate()
    expired = feed.tokens.expire_public()
    ad = feed.publish()
    report = site.follow()
    assert report.exit_code == 2
    assert "same-token" in report.problem or "unauthorized" in report.problem
    assert site.follow().exit_code == 2
    before = _count_token_requests(feed)
    report = site.follow()
    assert "same-token" in report.problem
    assert _count_token_requests(feed) == before + 1  # once per run, regardless of the number of refused requests
    assert site.state().token == expired
    assert site.state().has_token_error
    assert "NAV_FEED_TOKEN" in site.state().error_detail
    assert any("token" in problem for problem in status.status().problems)
    time.sleep(1.1)  # tokens issued within one second are identical
    feed.tokens.rotate()
    assert site.follow().exit_code == 0
    assert ad in site.active()
    assert not site.state().has_token_error


def test_a_token_that_expires_while_details_are_fetched_counts_no_attempts(feed, site):
    """Hazard 40."""
    for _ in range(200):
        feed.publish()
    feed.faults.latency(detail=0.02)

    def expire_token() -> None:
        if not expired:
            expired.append(feed.tokens.rotate())
            feed.tokens.withdraw()

    expired: list[str] = []
    report = site.follow(after_batch=expire_token)
    assert report.exit_code == 2
    assert set(DetailTask.objects.values_list("attempts", flat=True)) == {0}
    feed.tokens.withdraw(False)
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_a_missing_public_token_is_reported(feed, site):
    """Hazard 40."""
    feed.tokens.withdraw()
    report = site.follow()
    assert report.exit_code == 2
    assert "no-token" in report.problem


def test_a_private_token_is_used_and_never_stored(feed, site, settings):
    """40: and the public token is not requested."""
    settings.NAV_FEED_TOKEN = feed.tokens.private()
    feed.publish()
    assert site.follow().exit_code == 0
    assert _count_token_requests(feed) == 0
    assert site.state().token == ""
    feed.tokens.private()  # a new token invalidates the old one
    report = site.follow()
    assert report.exit_code == 2
    assert "NAV_FEED_TOKEN" in report.problem
    assert _count_token_requests(feed) == 0


@pytest.mark.parametrize("text", ["Bearer {}", '"bearer {}"\n', "Public token:\n{}\n"])
def test_a_private_token_may_be_pasted_with_the_text_around_it(feed, site, settings, text):
    """Hazard 38."""
    token = feed.tokens.private()
    settings.NAV_FEED_TOKEN = text.format(token)
    ad = feed.publish()
    assert site.follow().exit_code == 0
    assert ad in site.active()
    assert {request.headers["authorization"] for request in feed.requests} == {f"Bearer {token}"}


def test_the_expiry_of_a_private_token_is_reported_in_advance(feed, site, settings):
    """40: the site cannot renew a private token; it renews the public one."""
    feed.publish()
    site.follow()
    public = status.status()
    assert public.token_expires - timezone.now() > dt.timedelta(days=30)
    settings.NAV_FEED_TOKEN = f"Bearer {feed.token}"
    assert status.status().problems == []
    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=True):
        assert any("NAV_FEED_TOKEN utløper" in problem for problem in status.status().problems)
        settings.NAV_FEED_TOKEN = ""
        assert not any("NAV_FEED_TOKEN" in problem for problem in status.status().problems)


def test_an_expired_private_token_is_reported(feed, site, settings):
    feed.publish()
    site.follow()
    settings.NAV_FEED_TOKEN = feed.token
    with time_machine.travel(timezone.now() + dt.timedelta(days=36), tick=True):
        assert any("NAV_FEED_TOKEN utløp " in problem for problem in status.status().problems)
