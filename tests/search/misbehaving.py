"""Ads whose analysis goes wrong, and changes of ads, for the tests of what the index sets aside and removes."""

from __future__ import annotations

import uuid

from django.db import transaction

from jobsearch.search.api import SearchQuery, search
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data


def raise_with_the_ads_words() -> None:
    raise ValueError("Ring Kari Nordmann på 22 33 44 55")


def total(q: str = "") -> int:
    return search(SearchQuery(q=q)).total


def close(key: uuid.UUID) -> None:
    with transaction.atomic():
        store.close_vacancies([key], Vacancy.Closed.FEED)


def change(key: uuid.UUID, **fields) -> None:
    with transaction.atomic():
        store.store_vacancies([vacancy_data(uuid=key, raw=fields, **fields)])
