"""Race conditions: ads that close or are deleted between any two queries of a page do not break it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.vacancies.models import Category, Contact, Location, Moderation, Occupation, Vacancy
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


def get(client, address: str, after: int, end: Callable[[], None]) -> tuple[int, int]:
    """Status and number of queries of the page if all ads end directly after query number `after`."""
    made, ending = 0, False

    def count(execute, sql, params, many, context):
        nonlocal made, ending
        result = execute(sql, params, many, context)
        if not ending:
            made += 1
            if made == after:
                ending = True
                end()
                ending = False
        return result

    cache.clear()
    with transaction.atomic():
        with connection.execute_wrapper(count):
            response = client.get(address)
            if response.streaming:
                b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response.status_code, made


@pytest.mark.parametrize("end", [close_all, hide_all, delete_all, blank_all])
def test_no_page_fails_if_its_ads_end_between_queries(client, site, end):
    client.raise_request_exception = False
    broken = []
    for address in addresses(site):
        _status, queries = get(client, address, 0, end)
        for after in range(1, queries):
            status, _made = get(client, address, after, end)
            if status >= 500:
                broken.append((address, after, status))
    assert broken == []
