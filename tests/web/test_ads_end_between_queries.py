"""Race conditions: ads that close or are deleted between any two queries of a page do not break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, transaction

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.vacancies.models import Category, Contact, Location, Moderation, Occupation, PreparedAd, PreparedDocument, Vacancy
from tests.web.every_page import Site, addresses, build
from tests.web.support import PASSWORD, ModuleSite


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


ENDS = (close_all, hide_all, delete_all, blank_all)


@pytest.fixture(scope="module")
def whole_site(module_site: ModuleSite) -> Iterator[Site]:
    """Ads and a user, stored once: the ends of ads are rolled back."""
    with module_site() as make_ads:
        yield build(make_ads, get_user_model().objects.create_user("rita", password=PASSWORD))


@pytest.fixture
def site(client, whole_site, db) -> Site:
    for kept in (spelling.speller, suggestions.name_index):
        kept()
    client.force_login(get_user_model().objects.get(username="rita"))
    return whole_site


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


def test_no_page_fails_if_its_ads_end_between_queries(client, site, some_of):
    """At each moment of each page the ads end in one of four ways, each in a fourth of the moments; with the option in all."""
    client.raise_request_exception = False
    broken = []
    ends = Counter[str]()
    for number, address in enumerate(addresses(site)):
        _status, queries = get(client, address)
        for moment, after in enumerate(list_moments(queries)):
            for end in some_of(ENDS, number + moment):
                status, _made = get(client, address, after, end)
                ends[end.__name__] += 1
                if status >= 500:
                    broken.append((address, after, end.__name__, status))
    assert broken == []
    assert sum(ends.values()) > 100 and len(ends) == len(ENDS) and min(ends.values()) > 20, ends
