"""Settings that are each in order and yet do not fit together are told, with the cure."""

from __future__ import annotations

from jobsearch.admin_dashboard import checks


def ids(found):
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_debug_on_a_public_address_is_an_error(settings):
    settings.DEBUG, settings.SITE_URL = True, "https://jobb.example.no"
    assert ids(checks.check_debug(None)) == ["control.E001"]
    settings.SITE_URL = "http://localhost:8000"
    assert ids(checks.check_debug(None)) == []


def test_a_site_that_would_refuse_its_own_name_is_told(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://jobb.example.no", ["localhost"]
    assert ids(checks.check_allowed_hosts(None)) == ["control.W001"]
    for allowed in (["jobb.example.no"], [".example.no"], ["*"]):
        settings.ALLOWED_HOSTS = allowed
        assert ids(checks.check_allowed_hosts(None)) == []


def test_a_public_site_without_tls_and_a_cache_that_is_not_shared_are_told_at_deployment(settings):
    settings.SITE_URL = "http://jobb.example.no"
    assert ids(checks.check_https(None)) == ["control.W002"]
    assert ids(checks.check_shared_cache(None)) == ["control.I001"]
    settings.SITE_URL = "https://jobb.example.no"
    assert ids(checks.check_https(None)) == []
