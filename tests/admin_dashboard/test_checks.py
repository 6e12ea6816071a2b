"""System checks of settings that are valid alone but do not fit together."""

from __future__ import annotations

import json

import pytest
from django.core.management.base import BaseCommand, SystemCheckError

from jobsearch.admin_dashboard import checks
from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result


def ids(found):
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_debug_on_a_public_address_is_an_error(settings):
    settings.DEBUG, settings.SITE_URL = True, "https://jobb.example.no"
    assert ids(checks.check_debug(None)) == ["control.E001"]
    settings.SITE_URL = "http://localhost:8000"
    assert ids(checks.check_debug(None)) == []


def test_a_site_url_that_allowed_hosts_refuses_is_a_warning(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://jobb.example.no", ["localhost"]
    assert ids(checks.check_allowed_hosts(None)) == ["control.W001"]
    for allowed in (["jobb.example.no"], [".example.no"], ["*"]):
        settings.ALLOWED_HOSTS = allowed
        assert ids(checks.check_allowed_hosts(None)) == []


def test_deployment_warns_of_missing_tls_and_of_a_cache_per_process(settings):
    settings.SITE_URL = "http://jobb.example.no"
    assert ids(checks.check_https(None)) == ["control.W002"]
    assert ids(checks.check_shared_cache(None)) == ["control.I001"]
    settings.SITE_URL = "https://jobb.example.no"
    assert ids(checks.check_https(None)) == []


class Quiet(ReportingCommand):
    """A command that finds nothing to do."""

    def work(self, **options) -> Result:
        return Result(0, "", {"done": True})


def test_a_command_reports_a_failed_check_unless_its_caller_skips_the_checks(monkeypatch, capsys):
    def fail(command, **options) -> None:
        raise SystemCheckError("two settings")

    monkeypatch.setattr(BaseCommand, "check", fail)
    with pytest.raises(SystemExit) as ended:
        Quiet().run_from_argv(["manage.py", "quiet", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (ended.value.code, report["reason"], "two settings" in report["error"]) == (2, "checks", True)
    Quiet().execute(as_json=True, skip_checks=True, no_color=False, force_color=False)  # as `call_command` does
    assert json.loads(capsys.readouterr().out) == {"done": True}
