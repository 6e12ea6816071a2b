"""Admin URLs with invalid filters, searches, pages and keys are not answered with 500."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.contrib import admin
from django.db import connection, models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from ingest.models import DetailTask, FeedState, Run
from tests.combinations import SHARE

JUNK = [
    "",
    "0",
    "-1",
    "x",
    "9" * 5,
    "9" * 30,
    "1e400",
    "nan",
    "\x00",
    "'",
    "æ🙂",
    "%",
    "None",
    "true",
    "10000-01-01",
    "0000-00-00",
    "9999-12-31T23:59:59.999999+14:00",
    "0001-01-01T00:00:00-14:00",
    "25:61",
    ",",
    "0,0",
    "[1]",
    "00000000-0000-0000-0000-00000000000g",
    "\U000e0001" * 3,
    "a" * 4000,
]
LOOKUPS = "in isnull gt lte range icontains iregex".split()
DATE_LOOKUPS = "year month iso_year date time year__in".split()
PARAMETERS = [
    "p",
    "o",
    "q",
    "e",
    "all",
    "_facets",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "_source_model",
    "ot",
    "now",
    "kind",
]
READ_BY_EACH_LIST = {"p", "o", "q"}
OTHER_FILTERS = (*PARAMETERS, "nosuchfield", "nosuchfield__gt", "pk", "pk__in", "id__gt")
SHARE_OF_REFUSED = 16
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def client(transactional_db, admin_client, make_vacancy):
    """An administrator, on lists that have rows."""
    make_vacancy()
    Run.objects.create(kind="sync", state=Run.State.DONE, started=timezone.now(), finished=timezone.now())
    FeedState.objects.get_or_create(origin="http://127.0.0.1:9")
    now = timezone.now()
    DetailTask.objects.create(uuid="9b2f1f0e-0000-4000-8000-000000000001", marker=1, line_time=now, queued=now, next_try=now)
    admin_client.raise_request_exception = False
    return admin_client


def address(model: type[models.Model], page: str, *arguments: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def filters(model: type[models.Model]) -> list[dict[str, str]]:
    """Queries of one filter each: with one value, another one for the next filter. All of them for all would be 20,000 pages."""
    names = list(OTHER_FILTERS)
    for field in model._meta.get_fields():
        names += [field.name, *(f"{field.name}__{lookup}" for lookup in LOOKUPS)]
        if isinstance(field, models.DateField):
            names += [f"{field.name}__{lookup}" for lookup in DATE_LOOKUPS]
    return [{name: JUNK[number * 7 % len(JUNK)]} for number, name in enumerate(names)]


def failures(client, url: str, queries: Sequence[dict[str, str]], followed: set[str] | None = None) -> list[str]:
    """The URLs that were answered with 500, after one redirect; a redirect of several URLs to the same one is followed once.

    `followed` are those that were, if it is given: the front page, to which each unknown key leads, takes 40 ms.
    """
    failed = []
    followed = set() if followed is None else followed
    for query in queries:
        response = client.get(url, query)
        if response.status_code in {301, 302} and response["Location"] not in followed:
            followed.add(response["Location"])
            response = client.get(response["Location"])
        if response.status_code >= 500:
            failed.append(f"{url} {query!r:.200}: {response.status_code}")
    return failed


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_list_filter_causes_an_error(client, rf, some_of, model):
    """Half of the lookups that a list offers on SQLite, the other half on PostgreSQL; with `--every-combination` all on both.

    Of those that all lists refuse by the same rule before a query, only some.
    """
    turn = MODELS.index(model)
    half = turn + (connection.vendor == "postgresql")
    queries = filters(model)
    if dates := [field.name for field in model._meta.get_fields() if isinstance(field, models.DateField)]:
        queries += some_of([{f"{dates[0]}__{lookup}": value} for lookup in ("year", "gt") for value in JUNK], turn)
    read, refused = [], []
    for query in queries:
        (read if reads(model, *query, rf.get("/")) else refused).append(query)
    queries = [*some_of(read, half, 2), *some_of([{"q": value} for value in JUNK], turn)]
    if connection.vendor == "sqlite":
        queries += some_of(refused, turn, SHARE_OF_REFUSED)
    assert failures(client, address(model, "changelist"), queries) == []


def reads(model: type[models.Model], name: str, request: HttpRequest) -> bool:
    """Whether the list's query depends on this parameter."""
    return name in READ_BY_EACH_LIST or admin.site._registry[model].lookup_allowed(name, "", request)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_key_causes_an_error(client, some_of, model):
    failed, followed = [], set()
    pages = [(page, key) for key in JUNK[1:] for page in ("change", "history", "delete")]
    chosen = [*some_of(some_of(pages, MODELS.index(model)), MODELS.index(model) // SHARE)]
    if isinstance(model._meta.pk, models.CharField):  # any text reaches the database
        chosen += [page for page in pages if page not in chosen]
    for page, key in chosen:
        failed += failures(client, address(model, page, key), [{"_to_field": "x"} if page == "delete" else {}], followed)
    assert failed == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_initial_value_in_the_url_causes_an_error(client, some_of, model):
    names = [field.name for field in model._meta.get_fields()]
    queries = [{name: JUNK[(number * 5 + turn) % len(JUNK)] for number, name in enumerate(names)} for turn in range(len(JUNK))]
    assert failures(client, address(model, "add"), some_of(queries, MODELS.index(model))) == []


OTHER_PAGES = ("autocomplete", "jsi18n", "view_on_site", "password_change", "index", "login", "nosuch")
READ_NO_PARAMETER = {"jsi18n", "password_change", "index", "login"}
"""Those whose queries depend on no parameter."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.sqlite if name in READ_NO_PARAMETER else ()) for name in OTHER_PAGES],
)
def test_no_other_page_causes_an_error(client, some_of, name):
    if name == "view_on_site":
        urls = [f"/admin/r/{kind}/{key}/" for kind in ("0", "x", "9" * 30, "1") for key in ("x", "0", "9" * 30)]
    elif name == "nosuch":
        urls = [
            "/admin/nosuch/",
            "/admin/ingest/",
            "/admin/ingest/nosuch/1/",
            "/admin/%00/",
            "/admin/tilstand/",
            "/admin/start/x/",
        ]
    else:
        urls = [reverse(f"admin:{name}")]
    keys = ("app_label", "model_name", "field_name", "term", "next", "p")
    queries = [dict.fromkeys(keys, value) for value in JUNK]
    first = OTHER_PAGES.index(name)
    found = [failures(client, url, [{}, *some_of(queries, turn)]) for turn, url in enumerate(urls, first)]
    assert [failure for failed in found for failure in failed] == []


def test_an_invalid_filter_redirects_to_the_list_with_a_message(client):
    response = client.get("/admin/vacancies/vacancy/?first_seen__year=0", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain == [("/admin/vacancies/vacancy/?e=1", 302)]


def test_a_list_is_filtered_by_no_column_that_it_does_not_offer(client):
    """The number of rows would reveal a secret sign by sign."""
    for address in (
        "auth/user/?password__startswith=pbkdf2",
        "auth/user/?groups__name__startswith=a",
        "ingest/feedstate/?token__startswith=ey",
        "vacancies/vacancy/?raw__icontains=kari",
        "vacancies/vacancy/?contacts__name__startswith=K",
        "saved/alertmail/?subscription__params__contains=kokk",
        "saved/remindermail/?owner=1",
    ):
        response = client.get(f"/admin/{address}")
        assert (response.status_code, response["Location"]) == (302, f"/admin/{address.partition('?')[0]}?e=1"), address


@pytest.mark.parametrize(
    ("page", "action"), [("auth/user", "disable"), ("vacancies/vacancy", "fetch_again"), ("ingest/detailtask", "discard")]
)
def test_an_action_for_what_is_no_key_is_400(client, page, action):
    for key in ("x", "9" * 30, "\0", "", "[]"):
        response = client.post(f"/admin/{page}/", {"action": action, "_selected_action": [key]})
        assert response.status_code == 400, key


def test_a_bug_is_still_answered_with_500(client, monkeypatch):
    """Only errors caused by URL parameters are redirected."""

    def fail(*args: object, **options: object) -> None:
        raise ValueError("a fault in the code")

    monkeypatch.setattr("django.contrib.admin.options.ModelAdmin.get_queryset", fail)
    assert client.get("/admin/ingest/run/").status_code == 500
