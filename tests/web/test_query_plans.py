"""The plan of every query of every page: none reads the table of ads row by row, whose rows hold the texts of all ads.

Held on SQLite without statistics, as after a first load, and with those of ANALYZE; on PostgreSQL with those of ANALYZE.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.vacancies.models import Location, Moderation, Occupation, Vacancy
from tests.web.every_page import addresses, build

TABLE = "vacancies_vacancy"
ROWS = 3_000
PARTIAL = "vacancy_behind_index"  # holds only what the search has not taken over yet, so it may be read whole

pytestmark = pytest.mark.django_db(transaction=True)


# PostgreSQL gathers statistics by itself, within a minute of a first load; SQLite has none until ANALYZE is run.
@pytest.fixture(params=[pytest.param("no statistics", marks=pytest.mark.sqlite), "statistics"])
def site(request, client, ads, recruiter):
    found = build(ads, recruiter)
    fill()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            # As if VACUUM had marked every page, which it cannot while another session is open: the planner then knows that an
            # index can be read alone.
            cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = %s", [TABLE])
        elif request.param == "statistics":
            cursor.execute("ANALYZE")
    for kept in (spelling.speller, suggestions.names):
        kept.renew()  # read in a thread of its own on a site in use, and whole
    client.force_login(recruiter)
    yield found
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat4")


def fill() -> None:
    """As many ads as a small site has, two thirds of them active, of three hundred employers."""
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
        for n in range(ROWS)
    ]
    Vacancy.objects.bulk_create(rows, batch_size=200)
    Location.objects.bulk_create([Location(vacancy=row, position=0, path=f"OSLO/X{n % 90}") for n, row in enumerate(rows)])
    Occupation.objects.bulk_create([Occupation(vacancy=row, path="Utdanning/Grunnskole") for row in rows])
    Moderation.objects.bulk_create([Moderation(uuid=row.uuid, hidden=True, changed=now) for row in rows[:5]])


def test_no_page_reads_the_table_of_ads(client, site):
    seen: dict[str, tuple[str, tuple]] = {}

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
    assert len(seen) > 15
    wrong = {
        (address, problem): sql
        for sql, (address, params) in seen.items()
        for problem in (problems_on_postgresql if connection.vendor == "postgresql" else problems_on_sqlite)(sql, params)
    }
    assert wrong == {}


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
        # Whether there is an index to read, and not whether 3,000 rows are few enough to read without: how much of an index
        # can be read alone depends on what VACUUM could mark while other sessions were open.
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


def test_a_plan_that_reads_the_table_is_told(site):
    """The judges themselves: what they are to find is found."""
    judge = problems_on_postgresql if connection.vendor == "postgresql" else problems_on_sqlite
    for rows in (Vacancy.objects.filter(title="x"), Vacancy.objects.filter(extent="Heltid").values("uuid")):
        assert list(judge(*rows.query.sql_with_params())), rows.query
    assert not list(judge(*Vacancy.objects.filter(pk=uuid.uuid4()).query.sql_with_params()))
