"""Permission matrix: what each kind of visitor gets at every URL. A URL without a line fails the test.

A line has a word for each visitor of `VISITORS`, in this order: anonymous, owner, other, recruiter, operator, administrator; one
word if all get the same. `owner` is the user whose saved searches, alerts and passkeys the addresses name.

| word | answer |
| --- | --- |
| ok | 200: the page, or the form again |
| to | a redirect to another page |
| login | a redirect to the login page |
| confirm | a redirect to a page that asks who is there, because the login is too long ago |
| no, none, gone, post | 403, 404, 410, 405 |
| 422 | the form with what is missing |

To add a URL: its address in `tests/web/every_page.py` (not for the admin), and a line here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from jobsearch.accounts.roles import Role
from tests.accounts.permission_site import VISITORS, build_site, find_address, list_urls, make_visitors, visit
from tests.web.every_page import Site
from tests.web.support import module_site  # noqa: F401 - a fixture

GET = {
    "web:results": "ok",
    "web:facet": "ok",
    "web:ad": "ok",
    "web:deadline": "none",
    "web:ad_other_spelling": "to",
    "web:employer": "ok",
    "web:landings": "ok",
    "web:landing": "ok",
    "web:market": "ok",
    "web:market_file": "ok",
    "web:download": "login ok ok ok ok ok",
    "web:download_xlsx": "login ok ok ok ok ok",
    "web:atom": "ok",
    "web:json_feed": "ok",
    "web:saved_atom": "ok",
    "web:saved_json": "ok",
    "web:suggestions": "ok",
    "web:alert_ads": "ok",
    "web:bookmark_calendar": "ok",
    "web:municipalities": "ok",
    "web:about": "ok",
    "web:privacy": "ok",
    "web:robots": "ok",
    "web:sitemap": "ok",
    "web:sitemap_part": "ok",
    "web:favicon": "to",
    "web:healthz": "ok",
    "web:readyz": "ok",
    "metrics": "none",
    "saved:list": "login ok ok ok ok ok",
    "saved:create": "login ok ok ok ok ok",
    "saved:open": "login to none none none none",
    "saved:mark_seen": "login post post post post post",
    "saved:update": "login post post post post post",
    "saved:pin": "login post post post post post",
    "saved:move": "login post post post post post",
    "saved:change_alert": "login post post post post post",
    "saved:leave": "login post post post post post",
    "saved:edit": "login ok none none none none",
    "saved:share": "login ok none none none none",
    "saved:invitation": "login none none none none none",
    "saved:delete": "login ok none none none none",
    "web:shared_search": "ok",
    "saved:feed": "login ok none none none none",
    "bookmarks": "ok",
    "bookmark_list": "post",
    "bookmarks:change": "login post post post post post",
    "bookmarks:update": "login post post post post post",
    "bookmarks:merge": "login post post post post post",
    "bookmarks:searches": "login ok ok ok ok ok",
    "bookmarks:hide": "login post post post post post",
    "bookmarks:show": "login post post post post post",
    "bookmarks:hidden": "login ok ok ok ok ok",
    "bookmarks:settings": "login post post post post post",
    "bookmarks:stop_reminders": "ok",
    "alerts:subscribe": "ok",
    "alerts:sent": "ok",
    "alerts:confirm": "ok",
    "alerts:stop": "ok",
    "alerts:manage": "ok",
    "admin_login": "ok no no no to to",
    "login": "ok to to to to to",
    "account_login": "ok to to to to to",
    "account_request_login_code": "login to to to to to",
    "account_confirm_login_code": "login to to to to to",
    "mfa_login_webauthn": "login to to to to to",
    "mfa_authenticate": "login to to to to to",
    "account_inactive": "ok",
    "logout": "post",
    "account_logout": "post",
    "password_change": "login ok ok ok ok ok",
    "account_change_password": "login ok ok ok ok ok",
    "account_set_password": "login to to to to to",
    "account_reauthenticate": "login ok ok ok ok ok",
    "account_request_reauthentication_code": "login ok ok ok ok ok",
    "account_confirm_reauthentication_code": "login confirm confirm confirm confirm confirm",
    "mfa_reauthenticate": "login confirm confirm confirm confirm confirm",
    "mfa_reauthenticate_webauthn": "login ok confirm confirm confirm confirm",
    "mfa_index": "login ok ok ok ok ok",
    "mfa_list_webauthn": "login ok ok ok ok ok",
    "mfa_add_webauthn": "login ok ok ok ok ok",
    "mfa_edit_webauthn": "login ok none none none none",
    "mfa_remove_webauthn": "login ok none none none none",
    "mfa_activate_totp": "login ok ok ok ok ok",
    "mfa_deactivate_totp": "login none none none none none",
    "mfa_view_recovery_codes": "login none none none none none",
    "mfa_download_recovery_codes": "login none none none none none",
    "mfa_generate_recovery_codes": "login ok ok ok ok ok",
    "accounts:overview": "login ok ok ok ok ok",
    "accounts:language": "login post post post post post",
    "accounts:change_email": "login ok ok ok ok ok",
    "accounts:confirm_email": "login to to to to to",
    "accounts:end_sessions": "login post post post post post",
    "accounts:remove_password": "login ok ok ok ok ok",
    "accounts:export": "login ok ok ok ok ok",
    "accounts:delete": "login ok ok ok ok ok",
    "set_language": "to",
    "admin:dashboard_panels": "login login login login ok ok",
    "admin:month": "login login login login ok ok",
    "admin:insight": "login login login login ok ok",
    "admin:start_job": "login login login login ok ok",
    "admin:cancel_job": "login login login login post post",
    "admin:stop_job": "login login login login post post",
    "admin:job_progress": "login login login login none none",
    "admin:job_actions": "login login login login ok ok",
    "admin:index": "login login login login ok ok",
    "admin:login": "ok no no no to to",
    "admin:logout": "to to to to post post",
    "admin:password_change": "login login login login ok ok",
    "admin:password_change_done": "login login login login ok ok",
    "admin:autocomplete": "login login login login no no",
    "admin:jsi18n": "login login login login ok ok",
    "admin:view_on_site": "login login login login none none",
    "admin:saved_alertmail_changelist": "login login login login ok ok",
    "admin:saved_alertmail_add": "login login login login no no",
    "admin:saved_alertmail_history": "login login login login ok ok",
    "admin:saved_alertmail_delete": "login login login login no no",
    "admin:saved_alertmail_change": "login login login login ok ok",
    "admin:saved_remindermail_changelist": "login login login login ok ok",
    "admin:saved_remindermail_add": "login login login login no no",
    "admin:saved_remindermail_history": "login login login login to to",
    "admin:saved_remindermail_delete": "login login login login no no",
    "admin:saved_remindermail_change": "login login login login to to",
    "admin:vacancies_purge_changelist": "login login login login ok ok",
    "admin:vacancies_purge_add": "login login login login no no",
    "admin:vacancies_purge_history": "login login login login ok ok",
    "admin:vacancies_purge_delete": "login login login login no no",
    "admin:vacancies_purge_change": "login login login login ok ok",
    "admin:vacancies_erasure_changelist": "login login login login no ok",
    "admin:vacancies_erasure_add": "login login login login no ok",
    "admin:vacancies_erasure_history": "login login login login to to",
    "admin:vacancies_erasure_delete": "login login login login no to",
    "admin:vacancies_erasure_change": "login login login login no to",
    "admin:ingest_feedstate_changelist": "login login login login ok ok",
    "admin:ingest_feedstate_add": "login login login login no no",
    "admin:ingest_feedstate_history": "login login login login to to",
    "admin:ingest_feedstate_delete": "login login login login no no",
    "admin:ingest_feedstate_change": "login login login login to to",
    "admin:ingest_run_changelist": "login login login login ok ok",
    "admin:ingest_run_add": "login login login login no no",
    "admin:ingest_run_history": "login login login login to to",
    "admin:ingest_run_delete": "login login login login no no",
    "admin:ingest_run_change": "login login login login to to",
    "admin:ingest_detailtask_changelist": "login login login login ok ok",
    "admin:ingest_detailtask_add": "login login login login no no",
    "admin:ingest_detailtask_history": "login login login login to to",
    "admin:ingest_detailtask_delete": "login login login login no no",
    "admin:ingest_detailtask_change": "login login login login to to",
    "admin:search_setaside_changelist": "login login login login ok ok",
    "admin:search_setaside_add": "login login login login no no",
    "admin:search_setaside_history": "login login login login to to",
    "admin:search_setaside_delete": "login login login login no no",
    "admin:search_setaside_change": "login login login login to to",
    "admin:search_threadfailure_changelist": "login login login login ok ok",
    "admin:search_threadfailure_add": "login login login login no no",
    "admin:search_threadfailure_history": "login login login login to to",
    "admin:search_threadfailure_delete": "login login login login no no",
    "admin:search_threadfailure_change": "login login login login to to",
    "admin:control_loginattempt_changelist": "login login login login no ok",
    "admin:control_loginattempt_add": "login login login login no no",
    "admin:control_loginattempt_history": "login login login login to to",
    "admin:control_loginattempt_delete": "login login login login no to",
    "admin:control_loginattempt_change": "login login login login no to",
    "admin:auth_user_changelist": "login login login login no ok",
    "admin:auth_user_add": "login login login login no ok",
    "admin:auth_user_history": "login login login login no ok",
    "admin:auth_user_delete": "login login login login no ok",
    "admin:auth_user_change": "login login login login no ok",
    "admin:django_celery_beat_periodictask_changelist": "login login login login ok ok",
    "admin:django_celery_beat_periodictask_add": "login login login login no no",
    "admin:django_celery_beat_periodictask_history": "login login login login to to",
    "admin:django_celery_beat_periodictask_delete": "login login login login no no",
    "admin:django_celery_beat_periodictask_change": "login login login login to to",
    "admin:vacancies_vacancy_contacts": "login login login login post post",
    "admin:vacancies_vacancy_changelist": "login login login login ok ok",
    "admin:vacancies_vacancy_add": "login login login login no no",
    "admin:vacancies_vacancy_history": "login login login login ok ok",
    "admin:vacancies_vacancy_delete": "login login login login no no",
    "admin:vacancies_vacancy_change": "login login login login ok ok",
    "admin:vacancies_moderation_changelist": "login login login login ok ok",
    "admin:vacancies_moderation_add": "login login login login no ok",
    "admin:vacancies_moderation_history": "login login login login ok ok",
    "admin:vacancies_moderation_delete": "login login login login no no",
    "admin:vacancies_moderation_change": "login login login login ok ok",
    "admin:vacancies_tombstone_changelist": "login login login login ok ok",
    "admin:vacancies_tombstone_add": "login login login login no no",
    "admin:vacancies_tombstone_history": "login login login login to to",
    "admin:vacancies_tombstone_delete": "login login login login no no",
    "admin:vacancies_tombstone_change": "login login login login to to",
    "admin:app_list": "login login login login ok ok",
    "demo:mail": "none",
    "demo:mail_html": "none",
}
"""GET requests."""

POST = {
    "web:download": "login post post post post post",
    "web:download_xlsx": "login post post post post post",
    "saved:list": "login post post post post post",
    "saved:create": "login 422 422 422 422 422",
    "saved:open": "login post post post post post",
    "saved:mark_seen": "login to none none none none",
    "saved:update": "login to none none none none",
    "saved:pin": "login to none none none none",
    "saved:move": "login to none none none none",
    "saved:change_alert": "login to none none none none",
    "saved:leave": "login to to to to to",
    "saved:edit": "login 422 none none none none",
    "saved:share": "login to none none none none",
    "saved:invitation": "login none none none none none",
    "saved:delete": "login to none none none none",
    "saved:feed": "login to none none none none",
    "bookmark_list": "ok",
    "bookmarks:change": "login none none none none none",
    "bookmarks:update": "login none none none none none",
    "bookmarks:merge": "login ok ok ok ok ok",
    "bookmarks:searches": "login ok ok ok ok ok",
    "bookmarks:hide": "login none none none none none",
    "bookmarks:show": "login none none none none none",
    "bookmarks:hidden": "login post post post post post",
    "bookmarks:settings": "login to to to to to",
    "bookmarks:stop_reminders": "ok",
    "alerts:subscribe": "422",
    "alerts:confirm": "to",
    "alerts:stop": "ok",
    "alerts:manage": "to",
    "admin_login": "ok no no no to to",
    "login": "ok to to to to to",
    "account_login": "ok to to to to to",
    "account_request_login_code": "ok to to to to to",
    "account_confirm_login_code": "login to to to to to",
    "mfa_login_webauthn": "login to to to to to",
    "mfa_authenticate": "login to to to to to",
    "logout": "to",
    "account_logout": "to",
    "password_change": "login ok ok ok ok ok",
    "account_change_password": "login ok ok ok ok ok",
    "account_set_password": "login to to to to to",
    "account_reauthenticate": "login ok ok ok ok ok",
    "account_request_reauthentication_code": "login ok ok ok ok ok",
    "account_confirm_reauthentication_code": "login confirm confirm confirm confirm confirm",
    "mfa_reauthenticate": "login confirm confirm confirm confirm confirm",
    "mfa_reauthenticate_webauthn": "login login confirm confirm confirm confirm",
    "mfa_index": "login post post post post post",
    "mfa_list_webauthn": "login post post post post post",
    "mfa_add_webauthn": "login ok ok ok ok ok",
    "mfa_edit_webauthn": "login ok none none none none",
    "mfa_remove_webauthn": "login to none none none none",
    "mfa_activate_totp": "login ok ok ok ok ok",
    "mfa_deactivate_totp": "login none none none none none",
    "mfa_view_recovery_codes": "login post post post post post",
    "mfa_download_recovery_codes": "login none none none none none",
    "mfa_generate_recovery_codes": "login to ok ok ok ok",
    "accounts:overview": "login post post post post post",
    "accounts:language": "login to to to to to",
    "accounts:change_email": "login ok ok ok ok ok",
    "accounts:confirm_email": "login to to to to to",
    "accounts:end_sessions": "login to to to to to",
    "accounts:remove_password": "login to to to to to",
    "accounts:export": "login post post post post post",
    "accounts:delete": "login to to to to to",
    "set_language": "to",
    "admin:dashboard_panels": "login login login login post post",
    "admin:month": "login login login login post post",
    "admin:insight": "login login login login post post",
    "admin:start_job": "login login login login to to",
    "admin:cancel_job": "login login login login to to",
    "admin:stop_job": "login login login login to to",
    "admin:job_progress": "login login login login post post",
    "admin:job_actions": "login login login login post post",
    "admin:index": "login login login login ok ok",
    "admin:login": "ok no no no to to",
    "admin:logout": "to",
    "admin:password_change": "login login login login ok ok",
    "admin:password_change_done": "login login login login post post",
    "admin:autocomplete": "login login login login post post",
    "admin:jsi18n": "login login login login post post",
    "admin:view_on_site": "login login login login none none",
    "admin:saved_alertmail_changelist": "login login login login ok ok",
    "admin:saved_alertmail_add": "login login login login no no",
    "admin:saved_alertmail_history": "login login login login ok ok",
    "admin:saved_alertmail_delete": "login login login login no no",
    "admin:saved_alertmail_change": "login login login login no no",
    "admin:saved_remindermail_changelist": "login login login login ok ok",
    "admin:saved_remindermail_add": "login login login login no no",
    "admin:saved_remindermail_history": "login login login login to to",
    "admin:saved_remindermail_delete": "login login login login no no",
    "admin:saved_remindermail_change": "login login login login no no",
    "admin:vacancies_purge_changelist": "login login login login ok ok",
    "admin:vacancies_purge_add": "login login login login no no",
    "admin:vacancies_purge_history": "login login login login ok ok",
    "admin:vacancies_purge_delete": "login login login login no no",
    "admin:vacancies_purge_change": "login login login login no no",
    "admin:vacancies_erasure_changelist": "login login login login no ok",
    "admin:vacancies_erasure_add": "login login login login no ok",
    "admin:vacancies_erasure_history": "login login login login to to",
    "admin:vacancies_erasure_delete": "login login login login no to",
    "admin:vacancies_erasure_change": "login login login login no no",
    "admin:ingest_feedstate_changelist": "login login login login ok ok",
    "admin:ingest_feedstate_add": "login login login login no no",
    "admin:ingest_feedstate_history": "login login login login to to",
    "admin:ingest_feedstate_delete": "login login login login no no",
    "admin:ingest_feedstate_change": "login login login login no no",
    "admin:ingest_run_changelist": "login login login login ok ok",
    "admin:ingest_run_add": "login login login login no no",
    "admin:ingest_run_history": "login login login login to to",
    "admin:ingest_run_delete": "login login login login no no",
    "admin:ingest_run_change": "login login login login no no",
    "admin:ingest_detailtask_changelist": "login login login login ok ok",
    "admin:ingest_detailtask_add": "login login login login no no",
    "admin:ingest_detailtask_history": "login login login login to to",
    "admin:ingest_detailtask_delete": "login login login login no no",
    "admin:ingest_detailtask_change": "login login login login no no",
    "admin:search_setaside_changelist": "login login login login ok ok",
    "admin:search_setaside_add": "login login login login no no",
    "admin:search_setaside_history": "login login login login to to",
    "admin:search_setaside_delete": "login login login login no no",
    "admin:search_setaside_change": "login login login login no no",
    "admin:search_threadfailure_changelist": "login login login login ok ok",
    "admin:search_threadfailure_add": "login login login login no no",
    "admin:search_threadfailure_history": "login login login login to to",
    "admin:search_threadfailure_delete": "login login login login no no",
    "admin:search_threadfailure_change": "login login login login no no",
    "admin:control_loginattempt_changelist": "login login login login no ok",
    "admin:control_loginattempt_add": "login login login login no no",
    "admin:control_loginattempt_history": "login login login login to to",
    "admin:control_loginattempt_delete": "login login login login no to",
    "admin:control_loginattempt_change": "login login login login no no",
    "admin:auth_user_changelist": "login login login login no ok",
    "admin:auth_user_add": "login login login login no ok",
    "admin:auth_user_history": "login login login login no ok",
    "admin:auth_user_delete": "login login login login no ok",
    "admin:auth_user_change": "login login login login no to",
    "admin:django_celery_beat_periodictask_changelist": "login login login login ok ok",
    "admin:django_celery_beat_periodictask_add": "login login login login no no",
    "admin:django_celery_beat_periodictask_history": "login login login login to to",
    "admin:django_celery_beat_periodictask_delete": "login login login login no no",
    "admin:django_celery_beat_periodictask_change": "login login login login to to",
    "admin:vacancies_vacancy_contacts": "login login login login no ok",
    "admin:vacancies_vacancy_changelist": "login login login login ok ok",
    "admin:vacancies_vacancy_add": "login login login login no no",
    "admin:vacancies_vacancy_history": "login login login login ok ok",
    "admin:vacancies_vacancy_delete": "login login login login no no",
    "admin:vacancies_vacancy_change": "login login login login no no",
    "admin:vacancies_moderation_changelist": "login login login login ok ok",
    "admin:vacancies_moderation_add": "login login login login no ok",
    "admin:vacancies_moderation_history": "login login login login ok ok",
    "admin:vacancies_moderation_delete": "login login login login no no",
    "admin:vacancies_moderation_change": "login login login login no to",
    "admin:vacancies_tombstone_changelist": "login login login login ok ok",
    "admin:vacancies_tombstone_add": "login login login login no no",
    "admin:vacancies_tombstone_history": "login login login login to to",
    "admin:vacancies_tombstone_delete": "login login login login no no",
    "admin:vacancies_tombstone_change": "login login login login no no",
    "admin:app_list": "login login login login ok ok",
}
"""POST requests without fields. What is missing answers 405 to everyone."""


@pytest.fixture(scope="module")
def browsers_and_site(module_site) -> Iterator[tuple[dict[str, Client], Site]]:  # noqa: F811 - the fixture
    with module_site() as make_ads:
        yield make_visitors(), build_site(make_ads)


@pytest.fixture
def no_jobs(monkeypatch) -> None:
    monkeypatch.setattr("jobsearch.admin_dashboard.job_views.start_from", lambda request, key, arguments: None)


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
def test_every_visitor_gets_what_the_table_says(browsers_and_site, no_jobs, method, visitor):
    browsers, site = browsers_and_site
    wanted, found = {}, {}
    for name in GET:
        wanted[name] = read_words(GET[name] if method == "get" else POST.get(name, "post"))[visitor]
        found[name] = visit(browsers[visitor], method, find_address(name, site))
    assert found == wanted


@pytest.mark.parametrize("table", [GET, POST], ids=["GET", "POST"])
def test_nobody_but_staff_gets_into_the_admin(table):
    outside = [name for name in VISITORS if name not in {Role.OPERATOR, Role.ADMINISTRATOR}]
    inside = {"admin:login", "admin:logout"}  # the login page, and a redirect from it
    lines = {name: read_words(line) for name, line in table.items() if name.startswith("admin:") and name not in inside}
    assert {words[visitor] for words in lines.values() for visitor in outside} <= {"login"}


def test_an_operator_gets_no_page_about_persons():
    for name in ("admin:auth_user_changelist", "admin:auth_user_change", "admin:control_loginattempt_changelist"):
        assert read_words(GET[name])[Role.OPERATOR] == "no"
