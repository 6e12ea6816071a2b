"""Baseline for comparison: OpenSearch's `norwegian` analyzer over plain fields, and one cross-field AND query."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk

from .corpus import DEMO, corpus, readable
from .measuring import Finder

FIELDS = ("title", "occupation", "employer", "place", "body")


@contextmanager
def baseline(url: str, corpus_name: str = DEMO) -> Iterator[Finder]:
    client = OpenSearch(hosts=[url], timeout=60)
    name = f"baseline{secrets.token_hex(4)}"
    text = {"type": "text", "analyzer": "norwegian"}
    mapping = {"properties": {**dict.fromkeys(FIELDS, text), "published": {"type": "date"}}}
    settings = {"number_of_shards": 1, "number_of_replicas": 0}
    client.indices.create(index=name, body={"settings": settings, "mappings": mapping})
    try:
        bulk(client, _documents(name, corpus_name), refresh=True)
        yield lambda q: _find(client, name, q)
    finally:
        client.indices.delete(index=name)


def _documents(index: str, corpus_name: str) -> Iterator[dict[str, object]]:
    for _, data in corpus(corpus_name):
        places = [part for place in data.locations for part in (place.county, place.municipality, place.city)]
        jobs = [part for job in data.occupations for part in (job.level1, job.level2)]
        yield {
            "_index": index,
            "_id": str(data.uuid),
            "title": data.title,
            "occupation": [data.job_title, *jobs, *(category.name for category in data.categories)],
            "employer": data.employer_name,
            "place": list(filter(None, places)),
            "body": readable(data.description),
            "published": data.published.isoformat() if data.published else None,
        }


def _find(client: OpenSearch, index: str, q: str) -> Sequence[UUID]:
    query = {"multi_match": {"query": q, "type": "cross_fields", "operator": "and", "fields": list(FIELDS)}}
    order = ["_score", {"published": "desc"}]
    answer = client.search(index=index, body={"query": query, "sort": order, "size": 10_000, "_source": False})
    return [UUID(hit["_id"]) for hit in answer["hits"]["hits"]]
