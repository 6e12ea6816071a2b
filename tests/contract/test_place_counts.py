"""Counts of places, on every engine."""

from __future__ import annotations

import pytest
from django.db import transaction

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db(transaction=True)


def test_places_outside_the_catalogue_are_counted_as_those_in_it(engine):
    where = [("NORGE", "VESTLAND", "BERGEN"), ("NORGE", "VESTLAND", "NYBY"), ("ATLANTIS", "", ""), ("SVERIGE", "", "")]
    both = tuple(LocationData(*one) for one in where[1:3])
    ads = [vacancy_data(title="Kokk", locations=locations) for locations in ((LocationData(*where[0]),), both, both[1:], ())]
    ads.append(vacancy_data(title="Kokk", locations=(LocationData(*where[3]),)))
    with transaction.atomic():
        store.store_vacancies(ads)
    index_changes()
    norway = {"VESTLAND": 2, "VESTLAND/BERGEN": 1, "VESTLAND/NYBY": 1}
    abroad = {"UTLAND": 3, "UTLAND/ATLANTIS": 2, "UTLAND/SVERIGE": 1}
    for asked in (SearchQuery(q="kokk"), SearchQuery(), SearchQuery(place=("UTLAND/ATLANTIS",))):
        assert search(asked).counts["place"] == {**norway, **abroad, "Ikke oppgitt": 1}
    found = search(SearchQuery(place=("UTLAND/ATLANTIS",), extent=("Deltid", "Heltid"))).counts["place"]
    assert found["UTLAND/ATLANTIS"] == 2
