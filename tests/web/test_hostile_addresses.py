"""Cost of hostile requests: a fixed number of database queries and engine calls for any address, headers and cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from jobsearch.search import api as search
from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.search.engines import registry
from jobsearch.search.facets.base import VALUES_PER_FACET
from jobsearch.search.search_query import LONGEST_QUERY_STRING
from tests.web.every_page import PAGES, Site, addresses, build, list_pattern_names
from tests.web.support import PASSWORD, ModuleSite

QUERIES = 30
"""Limit of queries a page: the ad page needs the most. A CSV export needs this many for each 200 hits."""
EXPORT_LIMIT_QUERIES = 12
"""Queries of the two rate limits of an export, by user and by sender, which are counted in the database."""
ENGINE_CALLS = 10
"""A search that finds nothing: as typed, other interpretations, their counts, "did you mean", values without ads, steps
back; each is one request for all of its kind."""
MAX_PAGE = 800_000
"""Bytes of a page: its ninety links to searches, each with all that was chosen, which an address holds 8 kB of."""
FACETS = ("place", "occupation", "sector", "extent", "engagement", "employer", "language")
EXCLUSIONS = tuple(f"not_{facet}" for facet in FACETS)
ALL_NAMES = (
    *FACETS,
    *EXCLUSIONS,
    "q",
    "deadline",
    "published",
    "near",
    "km",
    "sort",
    "size",
    "since",
    "page",
    "within",
    "query",
    "next",
)


def sixty_unknown(*facets: str) -> str:
    return urlencode([(facet, f"x{n}") for facet in facets for n in range(60)])


HOSTILE = {
    "sixty unknown values of each filter": sixty_unknown(*FACETS),
    "sixty unknown excluded values of each filter": sixty_unknown(*EXCLUSIONS),
    "negations": "q=" + quote("ikke oslo eller bergen " * 8) + "&not_place=OSLO" * 200,
    "sixty unknown places with a slash": urlencode([("place", f"UTLAND/X{n}") for n in range(60)]),
    "sixty unknown occupations under a known one": urlencode([("occupation", f"IT/X{n}") for n in range(60)]),
    "repeated parameters": "&".join(["sort=published&page=2&size=50&q=kokk&deadline=7"] * 100),
    "nine hundred names": "&".join(f"a{n}=1" for n in range(900)),
    "two thousand names": "&".join(["a"] * 2000),
    "eight kilobytes of words": "q=" + "+".join(f"ordd{n}" for n in range(800)),
    "misspelled words": "q=" + "+".join(["kokkk", "sykepleeir", "brannmannn", "xylofonn", "servitoor", "renholdr"] * 6),
    "long word": "q=" + "a" * 7000,
    "page far beyond": "page=999999999999",
    "page of 5,000 digits": "page=" + "9" * 5000,
    "page below one": "page=-1&size=-25",
    "page 0": "page=0",
    "NUL": "&".join(f"{name}=%00x%00" for name in ALL_NAMES),
    "lone surrogates": "&".join(f"{name}=%ED%A0%80" for name in ALL_NAMES),
    "no UTF-8": "&".join(f"{name}=%FF%FE" for name in ALL_NAMES) + "&%FF=%FF",
    "broken escapes": "q=%&place=%2&page=%zz&%%%=%",
    "names with brackets": "&".join(f"{name}[]=x&{name}[0][a]=y" for name in ALL_NAMES),
    "or, minus and quotes": "q=" + quote("-" * 20 + '"' * 20 + " OR OR | || -OR (" + "kokk OR " * 20 + '"' + " -a" * 20),
    "stars and slashes": "q=" + quote("a* " * 30 + "kokk/kelner/" * 8),
    "near nothing": "near=" + quote("5003 " * 50) + "&km=-1",
    "near a pattern": "near=" + quote("(.*)+$[a-z]{9999}") + "&km=1e9",
    "sort and size": "sort=drop+table&size=99999999999999999999",
    "year 0": "published=0000-01-01&deadline=0",
    "year 99999": "published=99999-12-31&deadline=99999",
    "since before time": "since=-1&since=99999999999999999999",
    "since next year": "since=1999999999",
    "digits that are none": "page=%D9%A2&size=%D9%A5&km=%D9%A2%D9%A5&since=%D9%A2",
    "direction marks": "q=%E2%80%AEkkok&place=%E2%80%AEOLSO",
    "other parameters": "csrfmiddlewaretoken=x&_method=DELETE&__class__=x&constructor=x",
}
assert all(len(address) <= LONGEST_QUERY_STRING for address in HOSTILE.values())
REFUSED_BY_A_DATABASE = {
    "sixty unknown values of each filter",
    "eight kilobytes of words",
    "page far beyond",
    "page of 5,000 digits",
    "NUL",
    "lone surrogates",
    "no UTF-8",
    "sort and size",
    "year 0",
    "year 99999",
    "since before time",
    "digits that are none",
}
"""Texts of what PostgreSQL may refuse and SQLite takes: signs, numbers and dates outside its types, and very many parameters.
Only these are requested there too; the others differ in what the site makes of them."""
TEXTS = [pytest.param(what, marks=() if what in REFUSED_BY_A_DATABASE else pytest.mark.sqlite) for what in HOSTILE]
assert {*HOSTILE} >= REFUSED_BY_A_DATABASE
HEADERS = {
    "Referer": "http://testserver/?" + sixty_unknown(*FACETS),
    "Referer with two thousand names": "http://testserver/?" + "&".join(["a"] * 2000),
    "Referer that is none": "http://[::1/\x00?%ED%A0%80",
    "Referer to another list": f"http://testserver/arbeidsgiver/{'9' * 5000}/?page={'9' * 3000}",
    "Cookie": "x" * 4000,
    "Accept-Language": ",".join(f"a{n}-b;q=0.{n % 10}" for n in range(900)),
    "HX-Request": "true",
    "HX-Current-URL": "http://testserver/?" + sixty_unknown(*FACETS),
    "HX-Target": "\u202e" * 100,
    "HX-Trigger-Name": "%00",
    "Sec-Purpose": "prefetch" * 500,
    "If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT",
}
SHARE_OF_PAGES = 8 if connection.vendor == "sqlite" else len(REFUSED_BY_A_DATABASE)
"""Each text and each header meets an eighth of the pages, and each page four texts and one or two headers; on PostgreSQL each
page meets one of the texts that a database may refuse."""
COOKIES = ("x" * 4000, "", '"\\000\\000\\000\\000\\000\\000\\000\\000abc"', "\x7f\xff", "0.99999999999999", "../../x")


@pytest.fixture(scope="module")
def whole_site(module_site: ModuleSite) -> Iterator[Site]:
    """Ads and a user, stored once: no test here changes an ad, and what tests change of the user's is rolled back."""
    with module_site() as make_ads:
        user = get_user_model().objects.create_user("rita", password=PASSWORD)
        yield build(make_ads, user)


@pytest.fixture
def recruiter(whole_site, db):
    return get_user_model().objects.get(username="rita")


@pytest.fixture
def site(client, whole_site, recruiter) -> Site:
    for kept in (spelling.speller, suggestions.name_index):
        kept()  # filled before, as on a running site
    client.force_login(recruiter)
    return whole_site


@pytest.fixture
def engine_calls(monkeypatch, whole_site) -> list[str]:
    """Names of the called methods of the engine; each call is one request if the engine is a server."""
    engine, called = registry.engine(), []
    for name in ("search", "count_hits", "scan"):
        monkeypatch.setattr(engine, name, counted(name, getattr(engine, name), called))
    return called


def counted(name: str, asked: Callable, called: list[str]) -> Callable:
    def counting(*args):
        called.append(name)
        return asked(*args)

    return counting


@contextmanager
def bounded(engine_calls: list[str], what: object, queries: int = QUERIES) -> Iterator[None]:
    engine_calls.clear()
    made: list[str] = []

    def record(execute, sql, params, many, context):
        made.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):  # Django's own recorder asks SQLite to quote each parameter, by another query
        yield
    if "/treff.csv" in str(what) or "/treff.xlsx" in str(what):
        queries += EXPORT_LIMIT_QUERIES
    assert len(made) <= queries, (what, len(made), [sql[:200] for sql in made])
    # An export without hits shows the results page, so it scans for hits and then searches for the page.
    most = 2 * ENGINE_CALLS if "/treff.csv" in str(what) else ENGINE_CALLS
    assert len(engine_calls) <= most, (what, engine_calls)


def read(response) -> int:
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def turn_of(what: str) -> int:
    """Position of a text among those of this run, so that the pages are divided among them."""
    tested = [name for name in HOSTILE if connection.vendor == "sqlite" or name in REFUSED_BY_A_DATABASE]
    return tested.index(what)


def test_every_url_pattern_is_listed():
    assert set(PAGES) == set(list_pattern_names())


@pytest.mark.parametrize("what", TEXTS)
def test_any_query_string_is_answered_at_bounded_cost(client, site, engine_calls, some_of, what):
    paths = dict.fromkeys(address.partition("?")[0] for address in addresses(site))
    for path in {"/", *some_of([*paths], turn_of(what), SHARE_OF_PAGES)}:
        with bounded(engine_calls, (what, path)):
            response = client.get(f"{path}?{HOSTILE[what]}")
            assert read(response) < 500, (what, path)
        assert response.status_code != 503, (what, path)
        assert response.streaming or len(response.content) < MAX_PAGE, (what, path)


@pytest.mark.parametrize("what", HEADERS)
def test_any_header_is_answered_at_bounded_cost(client, site, engine_calls, some_of, what):
    for address in some_of(addresses(site), [*HEADERS].index(what), SHARE_OF_PAGES):
        with bounded(engine_calls, (what, address)):
            assert read(client.get(address, headers={what.partition(" ")[0]: HEADERS[what]})) < 500, address


@pytest.mark.parametrize("number", range(len(COOKIES)))
def test_any_cookie_is_answered_at_bounded_cost(site, engine_calls, some_of, number):
    value = COOKIES[number]
    pages = addresses(site) if connection.vendor == "sqlite" else ["/", "/lagrede-sok/"]  # the session is read alike by all
    for address in some_of(pages, number, len(COOKIES) if connection.vendor == "sqlite" else 1):
        fresh = Client(
            headers={"Cookie": "; ".join(f"{name}={value}" for name in ("sessionid", "csrftoken", "django_language", "visits"))}
        )
        with bounded(engine_calls, address):
            assert read(fresh.get(address)) < 500, address


@pytest.mark.parametrize("what", TEXTS)
def test_any_form_is_answered_at_bounded_cost(client, site, engine_calls, some_of, what):
    given = {"query": HOSTILE[what], "name": HOSTILE[what][:70], "next": f"/?{HOSTILE[what]}", "language": HOSTILE[what][:70]}
    forms = [address for name in PAGES if name not in {"logout", "saved:delete"} for address in PAGES[name](site)]
    paths = dict.fromkeys(address.partition("?")[0] for address in forms)
    for path in some_of([*paths], turn_of(what), SHARE_OF_PAGES):
        with bounded(engine_calls, (what, path)):
            assert read(client.post(path, given)) < 500, path
    with bounded(engine_calls, what):
        assert read(client.get("/lagrede-sok/lagre/", given)) < 500


@pytest.mark.parametrize("what", TEXTS)
def test_saved_search_with_any_text_is_bounded_and_never_finds_all(client, recruiter, site, engine_calls, what):
    saved = recruiter.saved_searches.create(name=f"A{what}"[:80], params=HOSTILE[what])
    with bounded(engine_calls, what):
        assert client.get("/lagrede-sok/").status_code == 200
    with bounded(engine_calls, what, queries=QUERIES + 4):  # two requests: the redirect, and the page
        response = client.get(f"/lagrede-sok/{saved.pk}/")
        assert read(client.get(response.url)) < 500
    # The order narrows nothing, and a value that no ad has excludes no ad.
    names = {part.partition("=")[0] for part in HOSTILE[what].split("&")}
    only_of_order = names <= {"sort", "size", "page", "since", "saved", *EXCLUSIONS}
    assert only_of_order or "kokk" in HOSTILE[what] or search.count(saved.query) < len(site.active), saved.query


def test_too_long_query_string_is_414_on_any_server(client, site, engine_calls):
    for path in {address.partition("?")[0] for address in addresses(site)}:
        with bounded(engine_calls, path, queries=0):
            assert client.get(f"{path}?q={'a' * LONGEST_QUERY_STRING}").status_code == 414


def test_too_many_values_are_ignored_and_reported(client, site):
    values = urlencode([("employer", f"Kro {n}") for n in range(100, 100 + VALUES_PER_FACET)])
    assert "for mange valg" not in client.get(f"/?{values}").content.decode()
    assert "for mange valg" in client.get(f"/?{values}&employer=Kro+999").content.decode()
    query, _problems = search.SearchQuery.from_address(f"{values}&employer=Kro+999")
    assert len(query.employer) == VALUES_PER_FACET


def test_parsing_parameters_needs_three_queries(site, django_assert_num_queries):
    with django_assert_num_queries(3):  # employers with several names; for unknown names, two for the former ones
        query, problems = search.SearchQuery.from_address(sixty_unknown(*FACETS))
    assert len(query.chosen) == VALUES_PER_FACET * len(FACETS)
    assert {problem.code for problem in problems} == {"too_many"}


@pytest.mark.parametrize("facet", [*FACETS, *EXCLUSIONS])
@pytest.mark.parametrize("value", ["kari@sykehus.example", "01010012356"])
def test_personal_data_in_filters_is_ignored_and_not_repeated(client, site, facet, value):
    response = client.get("/", {facet: value})
    assert response.status_code == 400 and value not in response.content.decode()


@pytest.mark.parametrize("name", ["deadline", "published", "near"])
@pytest.mark.parametrize("value", ["kari@sykehus.example", "01010750160"])
def test_personal_data_in_single_value_filters_is_not_repeated(client, site, name, value):
    response = client.get("/", {name: value})
    assert response.status_code == 400 and value not in response.content.decode()
