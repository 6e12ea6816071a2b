"""`list_active`: active ads by primary key, by the same definition as `active()`."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy


def test_active_ads_come_in_the_order_of_the_uuids(make_vacancy):
    made = [make_vacancy(title=f"Kokk {n}") for n in range(6)]
    with transaction.atomic():
        store.close_vacancies([made[1]], Vacancy.Closed.FEED)
    Vacancy.objects.filter(pk=made[2]).update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    store.set_hidden(made[3], True)
    store.set_hidden(made[4], True)
    store.set_hidden(made[4], False)
    asked = [made[5], uuid.uuid4(), *reversed(made), made[5]]
    found = Vacancy.objects.defer("raw").list_active(asked)
    assert [row.uuid for row in found] == [made[5], made[4], made[0]]
    assert {row.uuid for row in found} == {*Vacancy.objects.active().filter(uuid__in=asked).values_list("uuid", flat=True)}


def test_the_given_moment_decides(make_vacancy):
    ad = make_vacancy(expires=timezone.now() + dt.timedelta(days=3))
    assert Vacancy.objects.list_active([ad], timezone.now() + dt.timedelta(days=9)) == []
    assert [row.uuid for row in Vacancy.objects.list_active([ad])] == [ad]


@pytest.mark.parametrize("number", [0, 1, 25, 1000])
def test_at_most_two_queries(make_vacancy, django_assert_max_num_queries, number):
    asked = [make_vacancy(), *(uuid.uuid4() for _ in range(number))][: number or None] if number else []
    with django_assert_max_num_queries(2 if number else 0):
        Vacancy.objects.list_active(asked)
