"""Sort orders: with ties and over all pages, compared with the reference implementation; similar ads too."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.api import SearchQuery, find_similar, scan, search
from jobsearch.search.conditions import All
from jobsearch.search.engines.base import Request
from jobsearch.search.facets import build_filters
from jobsearch.search.indexing import documents, index_changes
from jobsearch.search.query import compiler, parser
from jobsearch.search.timestamps import day_number
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

from . import reference
from .ads import KEYS
from .conftest import on_all

pytestmark = pytest.mark.django_db
ORDERS = ("relevance", "published", "deadline")
PLACES = (LocationData("NORGE", "VESTLAND", "BERGEN", city="BERGEN"), LocationData("NORGE", "OSLO", "OSLO", city="OSLO"))
QUERIES = [
    SearchQuery(),
    SearchQuery(q="sykepleier"),
    SearchQuery(q="bergen"),
    SearchQuery(q="sykepleier oslo"),
    SearchQuery(q="kokk OR lærer", extent=("Deltid",)),
    SearchQuery(q="-kokk", place=("VESTLAND",)),
    SearchQuery(published=3, sector=("Privat", "Offentlig")),
    SearchQuery(deadline="all"),
]


@pytest.fixture(scope="module")
def docs(corpus_engine, django_db_blocker) -> dict[uuid.UUID, dict]:
    """All documents by uuid: the corpus and 220 ads with few distinct dates and deadlines, so that most of them tie."""
    chance = random.Random(23)
    now = timezone.now().astimezone(OSLO).replace(microsecond=0)  # deadlines are days in Oslo
    moments = [now - dt.timedelta(hours=2), now - dt.timedelta(hours=2, seconds=1), now - dt.timedelta(days=2), None]
    days = [now - dt.timedelta(days=3), now, now + dt.timedelta(days=4)]
    ads = [
        vacancy_data(
            uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
            title=chance.choice(["Sykepleier", "Kokk", "Lærer", "Natt"]),
            description="<p>Vi trenger flere.</p>",
            locations=tuple(chance.sample(PLACES, chance.choice([0, 1, 2]))),
            occupations=(OccupationData("Helse og sosial", "Sykepleier"),) if chance.random() < 0.5 else (),
            extent=chance.choice(["Heltid", "Deltid", ""]),
            sector=chance.choice(["Privat", "Offentlig", ""]),
            published=chance.choice(moments),
            application_due=((due := chance.choice([*days, None])) and due.strftime("%d.%m.%Y")) or "",
            contacts=(),
        )
        for _ in range(220)
    ]
    with django_db_blocker.unblock():
        with transaction.atomic():
            store.store_vacancies(ads)
        prepare_documents()
        index_changes()
        rows = Vacancy.objects.prefetch_related("locations", "contacts", "occupations", "categories")
        return {row.uuid: {**documents.make_document(row), "uuid": [str(row.uuid)]} for row in rows}


def matching_ads(nodes: list, docs: dict[uuid.UUID, dict]) -> dict[uuid.UUID, float]:
    """The score by the first condition of each ad that fulfils all conditions."""
    found = {}
    for key, doc in docs.items():
        points = [reference.score(node, doc) for node in nodes]
        if None not in points:
            found[key] = points[0]
    return found


def in_order(scored: dict[uuid.UUID, float], sort: str, docs: dict[uuid.UUID, dict], today: int) -> list[uuid.UUID]:
    def by_deadline(key: uuid.UUID) -> tuple[int, int]:
        day = docs[key]["deadline"]
        return (0 if day >= today else 1 if day == 0 else 2), docs[key]["deadline_order"]

    orders: dict[str, Callable] = {
        "relevance": lambda key: (-scored[key], -docs[key]["order"]),
        "published": lambda key: -docs[key]["order"],
        "deadline": by_deadline,
    }
    return sorted(scored, key=orders[sort])


@on_all("corpus_engine")
def test_every_page_of_every_order_equals_the_reference(docs, cases_of_engine):
    now = timezone.now()
    today = day_number(now.astimezone(OSLO).date())
    for asked in cases_of_engine(QUERIES):
        node = compiler.compile_conditions(parser.parse_query(asked.q))
        scored = matching_ads([node, compiler.build_visibility_filter(now), *build_filters(asked, now).values()], docs)
        if not asked.q:
            scored = dict.fromkeys(scored, 0.0)
        for query in (asked.replace(sort=sort) for sort in ORDERS):
            expected = in_order(scored, query.sort, docs, today)
            assert len({docs[key]["published"] for key in expected}) < len(expected) > 25, "there are no ties"
            pages = [search(query.replace(page=number), now) for number in range(1, len(expected) // 25 + 3)]
            assert [page.total for page in pages] == [len(expected)] * len(pages), query
            assert [key for page in pages for key in page.uuids] == expected, query
            assert list(scan(query, now)) == in_order(scored, "published", docs, today), query


@on_all("corpus_engine")
def test_similar_ads_equal_the_reference(docs, corpus_engine, cases_of_engine, monkeypatch):
    asked: list[Request] = []
    answer = type(corpus_engine).search
    monkeypatch.setattr(type(corpus_engine), "search", lambda self, request: asked.append(request) or answer(self, request))
    for key in cases_of_engine([*KEYS.values(), *list(docs)[-30:]]):
        asked.clear()
        hits = find_similar(key, limit=8)
        if not asked:
            assert hits == [], "an ad without words and occupation has no similar ads"
            continue
        (request,) = asked
        scored = matching_ads([request.match, request.always], docs)
        assert key not in scored
        expected = in_order(scored, "relevance", docs, request.today)[:8]
        assert [(hit.uuid, hit.score) for hit in hits] == [(key, scored[key]) for key in expected]
        assert isinstance(request.match, All)
