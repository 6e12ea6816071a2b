"""OpenSearch client: reads SEARCH_URL, and its errors never contain a query."""

from __future__ import annotations

import logging

import pytest

from jobsearch.search.api import EngineDown, SearchQuery, count, search
from jobsearch.search.conditions import All, Best, Constant, Everything, Phrase, Prefix, Term, Terms
from jobsearch.search.engines import engine_health, registry
from jobsearch.search.engines.opensearch import query_builder
from jobsearch.search.engines.opensearch.client import POOL_SIZE, connect
from jobsearch.search.indexing import index_changes


def test_several_nodes_and_credentials_with_special_characters():
    client = connect("https://user:p%40ss%3Aword@one.example:9200,two.example")
    nodes = [(one["host"], one["port"]) for one in client.transport.hosts]
    assert nodes == [("one.example", 9200), ("two.example", 443)]
    connection = client.transport.get_connection()
    assert connection.use_ssl
    assert connection.pool.pool.maxsize == POOL_SIZE
    assert connection.headers["authorization"] == "Basic dXNlcjpwQHNzOndvcmQ="
    client.close()


@pytest.mark.django_db
def test_the_error_of_a_server_that_is_down_does_not_contain_the_query(settings, caplog):
    settings.SEARCH_URL = "http://127.0.0.1:9"
    with caplog.at_level(logging.DEBUG), pytest.raises(EngineDown) as raised:
        search(SearchQuery(q="hemmeligord"))
    assert "SEARCH_URL" in str(raised.value)
    for refused in (lambda: count(SearchQuery(q="hemmeligord")), index_changes):
        with pytest.raises(EngineDown):
            refused()
    assert "hemmeligord" not in caplog.text + str(raised.value)
    health = engine_health()
    assert (health.ok, health.docs) == (False, 0)
    registry.forget_engines()


def test_conditions_are_compiled_to_the_query_dsl():
    node = All((Best((Term("title", "kokk", 64), Term("body", "kokk", 8))),), never=(Terms("uuid", ()),), bonus=(Everything(),))
    assert query_builder.build_query(node) == {
        "bool": {
            "must": [
                {
                    "dis_max": {
                        "queries": [
                            {"constant_score": {"filter": {"term": {"title": "kokk"}}, "boost": 64}},
                            {"constant_score": {"filter": {"term": {"body": "kokk"}}, "boost": 8}},
                        ],
                        "tie_breaker": 0.25,
                    }
                }
            ],
            "must_not": [{"match_none": {}}],
            "should": [{"match_all": {"boost": 0}}],
        }
    }


def test_a_condition_that_only_filters_has_nothing_of_its_scores():
    words = Best(
        (Term("title", "kokk", 64), Constant(Phrase("job", ("kokk", "leder"), 3), 16), Prefix("title", "kok", 2), Best(()))
    )
    bonus = (Term("title_whole", "kokk", 64),)
    assert query_builder.build_filter(All((words,), bonus=bonus)) == {
        "bool": {
            "should": [
                {"term": {"title": "kokk"}},
                {"match_phrase": {"job": "kokk leder"}},
                {"prefix": {"title": "kok"}},
                {"match_none": {}},
            ]
        }
    }
    assert query_builder.build_filter(All((words, Everything()), never=(Terms("uuid", ("1",)),), bonus=bonus)) == {
        "bool": {
            "filter": [query_builder.build_filter(words), {"match_all": {"boost": 0}}],
            "must_not": [{"terms": {"uuid": ["1"]}}],
        }
    }
    # OpenSearch requires one of the bonuses where nothing else is required, in either form.
    assert query_builder.build_filter(All(bonus=bonus)) == {"bool": {"should": [{"term": {"title_whole": "kokk"}}]}}


def test_the_mapping_is_strict_and_stores_no_text():
    mapping = query_builder.mapping()
    assert mapping["dynamic"] == "strict"
    assert mapping["_source"] == {"includes": ["visible_until"]}
