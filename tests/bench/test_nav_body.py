"""The body of NAV's public search that ours is compared with: its filters, and what its counts leave out."""

from __future__ import annotations

import json

from bench.harness import nav_body


def test_a_facet_is_counted_without_its_own_filter():
    body = nav_body.build_body("kokk", county="VESTLAND", extent="Deltid")
    filters = {name: json.dumps(one["filter"]) for name, one in body["aggs"].items()}
    assert "extent_facet" not in filters["extent"] and "VESTLAND" in filters["extent"]
    assert "VESTLAND" not in filters["counties"] and "extent_facet" in filters["counties"]
    for name in ("sector", "positioncount", "occupations"):
        assert "VESTLAND" in filters[name] and "extent_facet" in filters[name]
    assert json.dumps(body["post_filter"]["bool"]["filter"]) == json.dumps(
        body["aggs"]["positioncount"]["filter"]["bool"]["filter"]
    )


def test_without_words_the_newest_ads_are_first():
    assert nav_body.build_body("")["sort"][0] == {"published": {"order": "desc"}}
    assert "sort" not in nav_body.build_body("kokk")


def test_every_field_of_the_body_is_in_the_index():
    properties = nav_body.build_index_body()["mappings"]["properties"]
    asked = json.dumps(nav_body.build_body("kokk", county="VESTLAND", extent="Heltid"))
    for name in (
        *nav_body.TEXT_FIELDS,
        *nav_body.SIMPLE_FACETS.values(),
        "businessName",
        "geography_all",
        "title",
        "id",
        "status",
    ):
        assert name in asked and name in properties, name


def test_a_document_has_the_values_of_an_ad_and_the_same_ones_each_time():
    ad = {
        **{"uuid": "5f943bd9", "title": "Kokk", "description": "<p>Vi søker kokk.</p>", "sector": "Privat", "extent": "Heltid"},
        **{"employer": {"name": "Kro AS"}, "positioncount": "2", "workLocations": [{"county": "VESTLAND", "address": ""}]},
        "occupationCategories": [{"level1": "Reiseliv og mat", "level2": "Kokk"}],
    }
    (uuid, document), again = *nav_body.make_documents(iter([ad])), next(nav_body.make_documents(iter([ad])))
    assert (uuid, document) == again
    assert document["positioncount"] == 2 and document["businessName"] == "Kro AS" and document["sector_facet"] == "Privat"
    assert document["locationList"] == [{"county": "VESTLAND"}]
    properties = nav_body.build_index_body()["mappings"]["properties"]
    assert set(document) <= set(properties)
