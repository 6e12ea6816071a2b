"""Race conditions: ads that close or are deleted between any two queries of a page do not break it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.vacancies.models import Category, Contact, Location, Moderation, Occupation, PreparedAd, PreparedDocument, Vacancy
from tests.web.every_page import addresses, build


def close_all() -> None:
    Contact.objects.all().delete()
    Vacancy.objects.update(status="INACTIVE")


def hide_all() -> None:
    hidden = [Moderation(uuid=uuid) for uuid in Vacancy.objects.values_list("uuid", flat=True)]
    Moderation.objects.bulk_create(hidden, ignore_conflicts=True)


def delete_all() -> None:
    for model in (Contact, Category, Location, Occupation, Vacancy):
        model.objects.all().delete()


def blank_all() -> None:
    """Empty the fields, as a masked closing does."""
    Contact.objects.all().delete()
    Vacancy.objects.update(status="INACTIVE", title="", employer_name="", description="")


@pytest.fixture
def site(client, ads, recruiter):
    for kept in (spelling.speller, suggestions.name_index):
        kept()
    found = build(ads, recruiter)
    client.force_login(recruiter)
    return found


ENDING = (Vacancy, PreparedAd, PreparedDocument, Contact, Category, Location, Occupation, Moderation)
TABLES = tuple(model._meta.db_table for model in ENDING)


def get(client, address: str, after: int = -1, end: Callable[[], None] = close_all) -> tuple[int, list[str]]:
    """Status and queries of the page if all ads end directly after query number `after`, counted from 0; never if it is -1."""
    made: list[str] = []
    ending = False

    def record(execute, sql, params, many, context):
        nonlocal ending
        result = execute(sql, params, many, context)
        if not ending:
            made.append(sql)
            if len(made) - 1 == after:
                ending = True
                end()
                ending = False
        return result

    cache.clear()
    with transaction.atomic():
        with connection.execute_wrapper(record):
            response = client.get(address)
            if response.streaming:
                b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response.status_code, made


def list_moments(queries: list[str]) -> list[int]:
    """Numbers of the queries that come directly before one of the ads' tables.

    An end at any other moment is the same for the page as one at the next of these: no query between them reads what ends.
    """
    return [number - 1 for number, sql in enumerate(queries) if number and any(table in sql for table in TABLES)]


@pytest.mark.parametrize("end", [close_all, hide_all, delete_all, blank_all])
def test_no_page_fails_if_its_ads_end_between_queries(client, site, end):
    client.raise_request_exception = False
    broken = []
    ends = 0
    for address in addresses(site):
        _status, queries = get(client, address)
        for after in list_moments(queries):
            status, _made = get(client, address, after, end)
            ends += 1
            if status >= 500:
                broken.append((address, after, status))
    assert broken == []
    assert ends > 100
