"""Query plans of every page: no query scans the table of ads, whose rows contain the texts of all ads.

Held on SQLite without statistics, as in the first hour, and with those that the site gathers; on PostgreSQL with ANALYZE.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.search.facets import employer_names
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Location, Moderation, Occupation, Vacancy
from tests.planner_statistics import remove_statistics
from tests.web.every_page import Site, addresses, build
from tests.web.support import PASSWORD, ModuleSite

Queries = dict[str, tuple[str, tuple]]
TABLE = "vacancies_vacancy"
ROWS = 3_000
PARTIAL = "vacancy_behind_index"  # a partial index of the ads that are not indexed yet, so it may be scanned


@pytest.fixture(scope="module")
def filled_site(module_site: ModuleSite) -> Iterator[Site]:
    with module_site() as make_ads:
        found = build(make_ads, get_user_model().objects.create_user("rita", password=PASSWORD))
        fill()
        yield found


@pytest.fixture(scope="module", params=[pytest.param("no statistics", marks=pytest.mark.sqlite), "statistics"])
def statistics(request, filled_site, django_db_blocker) -> Iterator[None]:
    """Without statistics, and then with those that the site gathers."""
    if request.param == "no statistics":
        yield
        return
    with django_db_blocker.unblock():
        store.update_statistics()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
                # As if VACUUM had marked every page, which it cannot while another session is open: the planner can then expect
                # an index-only scan.
                cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = %s", [TABLE])
        yield
        remove_statistics()


@pytest.fixture(scope="module")
def queries() -> Queries:
    """The queries of the pages by their SQL, each with its first page and parameters; read by the first test."""
    return {}


@pytest.fixture
def site(filled_site: Site, client, db) -> Site:
    for kept in (spelling.speller, suggestions.name_index, employer_names.cached_names):
        kept.refresh()  # on a running site, a thread reads the whole table for this
    client.force_login(get_user_model().objects.get(username="rita"))
    return filled_site


def fill(number: int = ROWS) -> None:
    """Create the ads of a small site: two thirds of them active, from three hundred employers."""
    now = timezone.now()
    rows = [
        Vacancy(
            uuid=uuid.uuid4(),
            status="INACTIVE" if n % 3 == 0 else "ACTIVE",
            title=f"Lærer nummer {n}",
            description=f"<p>{uuid.uuid4().hex * 60}</p>",
            employer_name=f"Skole {n % 300}",
            employer_orgnr=f"{800_000_000 + n % 300}",
            expires=now + dt.timedelta(days=9),
            visible_until=now + dt.timedelta(days=n % 30 + 1),
            published=now - dt.timedelta(minutes=n),
            line_time=now - dt.timedelta(minutes=n),
            first_seen=now - dt.timedelta(minutes=n),
            changed=now - dt.timedelta(minutes=n),
            checked=now,
            version=3,
            indexed_version=3,
        )
        for n in range(number)
    ]
    Vacancy.objects.bulk_create(rows, batch_size=200)
    Location.objects.bulk_create([Location(vacancy=row, position=0, path=f"OSLO/X{n % 90}") for n, row in enumerate(rows)])
    Occupation.objects.bulk_create([Occupation(vacancy=row, path="Utdanning/Grunnskole") for row in rows])
    Moderation.objects.bulk_create([Moderation(uuid=row.uuid, hidden=True, changed=now) for row in rows[:5]])


def test_no_page_scans_the_table_of_ads(client, site, statistics, queries):
    if not queries:
        queries |= read_queries(client, site)
    assert len(queries) > 15
    wrong = {
        (address, problem): sql
        for sql, (address, params) in queries.items()
        for problem in (problems_on_postgresql if connection.vendor == "postgresql" else problems_on_sqlite)(sql, params)
    }
    assert wrong == {}


def read_queries(client, site: Site) -> Queries:
    """Load all pages, which send the same queries whatever the planner knows."""
    seen: Queries = {}

    def remember(execute, sql, params, many, context):
        if sql.startswith("SELECT") and TABLE in sql:
            seen.setdefault(sql, (address, params))
        return execute(sql, params, many, context)

    cache.clear()
    for address in addresses(site):
        with connection.execute_wrapper(remember):
            response = client.get(address)
            if response.streaming:
                b"".join(response.streaming_content)
    return seen


def problems_on_sqlite(sql: str, params: tuple) -> Iterator[str]:
    names = {TABLE, *re.findall(rf'"{TABLE}" (?:AS )?"?([A-Z][0-9]+)"?', sql)}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        lines = [row[3] for row in cursor.fetchall()]
    for line in lines:
        how, _blank, rest = line.partition(" ")
        if how not in {"SCAN", "SEARCH"} or rest.split()[0] not in names:
            continue
        by_status_alone = "(status=?)" in rest and "COVERING" not in rest and PARTIAL not in rest
        if (how == "SCAN" and PARTIAL not in rest) or by_status_alone or "AUTOMATIC" in rest:
            yield line


def problems_on_postgresql(sql: str, params: tuple) -> Iterator[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        # Checks that there is an index, not whether the planner prefers a scan of 3,000 rows: how much of an index
        # can be read without the table depends on what VACUUM could mark while other sessions were open.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    for node in nodes(plan):
        kind, condition = node["Node Type"], node.get("Index Cond", node.get("Recheck Cond", ""))
        if node.get("Relation Name") != TABLE or kind == "Index Only Scan" or node.get("Index Name") == PARTIAL:
            continue
        if kind == "Seq Scan" or re.fullmatch(r"\(\(status\)::text = '[A-Z]+'::text\)", condition):
            yield f"{kind} {node.get('Index Name', '')} {condition}"


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def test_a_plan_with_a_table_scan_is_reported(site, statistics):
    """Tests the checks themselves."""
    judge = problems_on_postgresql if connection.vendor == "postgresql" else problems_on_sqlite
    for rows in (Vacancy.objects.filter(title="x"), Vacancy.objects.filter(extent="Heltid").values("uuid")):
        assert list(judge(*rows.query.sql_with_params())), rows.query
    assert not list(judge(*Vacancy.objects.filter(pk=uuid.uuid4()).query.sql_with_params()))
