"""Permission matrix: what each kind of visitor gets at every URL. A URL without a line in `permission_table` fails the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from jobsearch.accounts.roles import Role
from tests.accounts.permission_site import VISITORS, build_site, find_address, list_urls, make_visitors, visit
from tests.accounts.permission_table import GET, POST
from tests.web.support import module_site  # noqa: F401 - a fixture

OUTSIDE = [name for name in VISITORS if name not in {Role.OPERATOR, Role.ADMINISTRATOR}]
"""Visitors who are no staff: four, as many as `some_of` has turns."""


@pytest.fixture(scope="module")
def browsers_and_addresses(module_site) -> Iterator[tuple[dict[str, Client], dict[str, str]]]:  # noqa: F811 - the fixture
    with module_site() as make_ads:
        browsers, site = make_visitors(), build_site(make_ads)
        yield browsers, {name: find_address(name, site) for name in GET}


@pytest.fixture
def no_jobs(monkeypatch) -> None:
    monkeypatch.setattr("jobsearch.admin_dashboard.jobs.views.start_from", lambda request, key, arguments: None)


def read_words(line: str) -> dict[str, str]:
    words = line.split()
    return dict(zip(VISITORS, words * len(VISITORS) if len(words) == 1 else words, strict=False))


def test_every_url_has_a_line():
    assert set(list_urls()) == set(GET)
    assert set(POST) <= set(GET)


@pytest.mark.parametrize("table", [GET, POST], ids=["GET", "POST"])
def test_every_line_has_a_word_for_all_or_for_each(table):
    assert {name for name, line in table.items() if len(line.split()) not in {1, len(VISITORS)}} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_visitor_gets_what_the_table_says(browsers_and_addresses, no_jobs, some_of, method, visitor):
    """Of the admin's URLs, which one rule closes to all who are no staff, each of those visits a fourth: a different one."""
    browsers, addresses = browsers_and_addresses
    wanted, found = {}, {}
    names = [*GET]
    if visitor in OUTSIDE:
        of_admin = [name for name in GET if name.startswith("admin:")]
        tested = {*some_of(of_admin, OUTSIDE.index(visitor) + (method == "post"))}
        names = [name for name in GET if name not in of_admin or name in tested]
    for name in names:
        line = GET[name] if method == "get" else POST.get(name, "post")
        wanted[name] = read_words(line)[visitor]
        found[name] = visit(browsers[visitor], method, addresses[name])
    assert found == wanted


@pytest.mark.parametrize("table", [GET, POST], ids=["GET", "POST"])
def test_only_staff_may_open_the_admin(table):
    inside = {"admin:login", "admin:logout"}  # the login page, and a redirect from it
    lines = {name: read_words(line) for name, line in table.items() if name.startswith("admin:") and name not in inside}
    assert {words[visitor] for words in lines.values() for visitor in OUTSIDE} <= {"login"}


def test_an_operator_gets_no_page_about_persons():
    for name in ("admin:auth_user_changelist", "admin:auth_user_change", "admin:control_loginattempt_changelist"):
        assert read_words(GET[name])[Role.OPERATOR] == "no"
