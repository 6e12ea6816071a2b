"""The request body of NAV's public search, and an index with the fields that it asks for, as something to compare with.

Written after the public source of arbeidsplassen.nav.no: the request of navikt/pam-stillingsok (commit bc96612, 21 August 2026,
`src/app/stillinger/(sok)/elastic`), and the field types of navikt/pam-internalad-indexer, NAV's indexer of the same ads that is
public. The mapping of the public index is not published: its list of synonyms is missing here, and fields that the feed lacks
(languages, education, driving licence …) get seeded values. Both make this body a little faster or equal, not slower.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]

STEMMED = {"type": "text", "analyzer": "norwegian_custom"}
TEXT_FIELDS = (
    *("category_name_no", "title_no", "keywords_no", "searchtagsai_no", "searchtags_no"),
    *("adtext_no", "employerdescription_no"),
)
BOOSTS = {"category_name_no": 2, "title_no": 2, "adtext_no": 0.1, "employerdescription_no": 0.1}
SIMPLE_FACETS = {
    "sector": "sector_facet",
    "engagementType": "engagementtype_facet",
    "remote": "remote_facet",
    "workLanguage": "worklanguage_facet",
    "education": "education_facet",
    "needDriversLicense": "needDriversLicense_facet",
    "under18": "under18_facet",
    "experience": "workExperience_facet",
    "summerJob": "is_summer_job",
    "hasSuperraskSoknad": "has_interest_form",
}
SHOWN = ["title", "businessName", "published", "expires", "uuid", "status", "locationList", "occupationList"]
WITH_MISSING = {"remote", "workLanguage", "education", "needDriversLicense", "under18", "experience"}
# Values of fields that the feed lacks: (field, values, share of the ads that have one).
SEEDED = (
    ("remote_facet", ("Hjemmekontor", "Hybridkontor", "Hjemmekontor ikke mulig"), 0.4),
    ("worklanguage_facet", ("Norsk", "Engelsk", "Skandinavisk", "Samisk"), 0.9),
    ("education_facet", ("Ingen krav", "Videregående", "Fagbrev", "Fagskole", "Bachelor", "Master"), 0.7),
    ("needDriversLicense_facet", ("true", "false"), 0.5),
    ("under18_facet", ("true", "false"), 0.3),
    ("workExperience_facet", ("Ingen", "Noe", "Mye"), 0.6),
    ("has_interest_form", ("true", "false"), 1.0),
)


def _map_each(names: Iterable[str], field: Json) -> Json:
    return dict.fromkeys(names, field)


def build_index_body() -> Json:
    stop = {"type": "stop", "stopwords": "_norwegian_"}
    stemmer = {"type": "stemmer", "language": "norwegian"}
    stemming = {"tokenizer": "standard", "filter": ["lowercase", "norwegian_stop", "norwegian_stemmer"]}
    analysis = {
        "filter": {"norwegian_stop": stop, "norwegian_stemmer": stemmer},
        "analyzer": {
            "norwegian_custom": {"type": "custom", **stemming},
            "norwegian_html": {"type": "custom", "char_filter": ["html_strip"], **stemming},
            "search_synonyms_analyzer": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]},
        },
    }
    keyword_and_text = {"type": "text", "fields": {"keyword": {"type": "keyword"}}, "copy_to": "geography_all"}
    properties: Json = _map_each(TEXT_FIELDS, STEMMED)
    properties |= _map_each(("adtext_no", "employerdescription_no"), {"type": "text", "analyzer": "norwegian_html"})
    properties |= _map_each(("title", "businessName", "geography_all"), {"type": "text"})
    properties |= _map_each(("id", "uuid", "status", "extent_facet", *SIMPLE_FACETS.values()), {"type": "keyword"})
    properties |= _map_each(("published", "expires"), {"type": "date"})
    properties |= {
        "positioncount": {"type": "integer"},
        "occupationList": {
            "type": "nested",
            "properties": _map_each(("level1", "level2"), {"type": "keyword", "copy_to": "category_name_no"}),
        },
        "locationList": {
            "type": "nested",
            "properties": {
                **_map_each(("country", "county", "municipal"), keyword_and_text),
                "city": {"type": "text"},
                "address": {"type": "text"},
                "postalCode": {"type": "keyword"},
            },
        },
    }
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}  # as ours, so that the bodies compare
    return {"settings": {"index": settings, "analysis": analysis}, "mappings": {"properties": properties}}


def make_documents(contents: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, Json]]:
    """The uuid and the document of each ad, from what the feed sends."""
    rng = random.Random(5)
    for content in contents:
        employer = content.get("employer") or {}
        document: Json = {
            **{"id": content["uuid"], "uuid": content["uuid"], "status": "ACTIVE", "title": content.get("title", "")},
            **{"title_no": content.get("title", ""), "adtext_no": content.get("description", "")},
            **{"searchtags_no": content.get("jobtitle", ""), "businessName": employer.get("name", "")},
            **{"employerdescription_no": employer.get("description", ""), "published": content.get("published")},
            **{"expires": content.get("expires"), "occupationList": content.get("occupationCategories") or []},
            **{"category_name_no": [one.get("name", "") for one in content.get("categoryList") or []]},
            **{"sector_facet": content.get("sector"), "engagementtype_facet": content.get("engagementtype")},
            **{"extent_facet": content.get("extent") or "Ukjent", "is_summer_job": str("sommer" in content["title"].lower())},
            "positioncount": int(content["positioncount"]) if str(content.get("positioncount")).isdigit() else 1,
            "locationList": [{name: value for name, value in one.items() if value} for one in content.get("workLocations") or []],
        }
        for name, values, share in SEEDED:
            if rng.random() < share:
                document[name] = rng.choice(values)
        yield content["uuid"], document


def build_body(q: str, *, county: str = "", extent: str = "") -> Json:
    """The body of one search, 25 hits. The filters are those of the comparison: a county, and full or part time."""
    body: Json = {
        "from": 0,
        "size": 25,
        "track_total_hits": True,
        "min_score": 0.7,
        "query": _build_query(q),
        "post_filter": {"bool": {"filter": _build_filters(county, extent)}},
        "_source": {
            "includes": ["title", "businessName", "published", "expires", "uuid", "status", "locationList", "occupationList"]
        },
        "aggs": _build_aggregations(county, extent),
    }
    if not q:
        body["sort"] = [{"published": {"order": "desc"}}, "_score", "_id"]
    return body


def _build_query(q: str) -> Json:
    words = {
        "multi_match": {
            **{"query": q, "type": "cross_fields", "operator": "and", "tie_breaker": 0.3, "analyzer": "norwegian_custom"},
            **{"zero_terms_query": "all", "fields": [f"{name}^{BOOSTS.get(name, 1)}" for name in TEXT_FIELDS]},
        }
    }
    employer = {
        "query": q,
        **{"fuzziness": "AUTO", "max_expansions": 2, "prefix_length": 1, "operator": "and", "boost": 2},
        "analyzer": "search_synonyms_analyzer",
    }
    return {
        "bool": {
            "must": {
                "bool": {
                    "should": [
                        words,
                        {"match": {"businessName": employer}},
                        {"match_phrase": {"geography_all": {"query": q, "slop": 0, "boost": 2}}},
                        {"match_phrase": {"worklanguage_facet": {"query": "", "boost": 2}}},
                        {"match": {"id": {"query": q, "operator": "and", "boost": 1}}},
                    ]
                }
            },
            "should": [{"match_phrase": {"title": {"query": q, "slop": 2}}}],
            "filter": {"term": {"status": "ACTIVE"}},
        }
    }


def _build_filters(county: str, extent: str, excluded: str = "") -> list[Json]:
    """Every filter but the excluded one. Those of places and occupations are sent also when nothing is chosen, as empty ones."""
    filters: list[Json] = []
    if extent and excluded != "extent":
        values = (extent, "Heltid_og_Deltid")
        filters.append({"bool": {"should": [{"term": {"extent_facet": value}} for value in values]}})
    if excluded != "location":
        chosen = [{"bool": {"must": [{"term": {"locationList.county.keyword": county}}]}}] if county else []
        filters.append({"nested": {"path": "locationList", "query": {"bool": {"should": chosen}}}})
    for path, name in (("occupationList", "occupation"), ("locationList", "withinDrivingDistance")):
        if excluded != name:
            filters.append({"nested": {"path": path, "query": {"bool": {"should": []}}}})
    return filters


def _build_aggregations(county: str, extent: str) -> Json:
    def under_filters(excluded: str, aggs: Json, *more: Json) -> Json:
        return {"filter": {"bool": {"filter": [*_build_filters(county, extent, excluded), *more]}}, "aggs": aggs}

    def nested(path: str, aggs: Json) -> Json:
        return {"nested": {"nested": {"path": path}, "aggs": aggs}}

    root: Json = {"root_doc_count": {"reverse_nested": {}}}
    by_key = {"order": {"_key": "asc"}}
    days = [{"key": f"now{day}", "from": f"now{day}"} for day in ("/d", "-3d", "-7d")]
    extents = {name: {"terms": {"extent_facet": [name, "Heltid_og_Deltid"]}} for name in ("Heltid", "Deltid")}
    extents["Ikke oppgitt"] = {"term": {"extent_facet": "Ukjent"}}
    municipals = {"terms": {"field": "locationList.municipal.keyword", "size": 200, **by_key}}
    counties = {
        "terms": {"field": "locationList.county.keyword", "size": 50, **by_key},
        "aggs": root | {"municipals": municipals},
    }
    second = {"terms": {"field": "occupationList.level2", "size": 100}, "aggs": root}
    first = {"terms": {"field": "occupationList.level1", "size": 50}, "aggs": root | {"second": second}}
    countries = {"terms": {"field": "locationList.country.keyword", "exclude": "NORGE", "size": 50, **by_key}}
    abroad = {"bool": {"must_not": {"term": {"locationList.country.keyword": "NORGE"}}}}
    aggregations = {
        "positioncount": under_filters("", {"sum": {"sum": {"field": "positioncount", "missing": 1}}}),
        "published": under_filters(
            "published", {"range": {"date_range": {"field": "published", "time_zone": "CET", "ranges": days}}}
        ),
        "extent": under_filters("extent", {"values": {"filters": {"filters": extents}}}),
        "counties": under_filters("location", nested("locationList", {"values": counties})),
        "occupations": under_filters("occupation", nested("occupationList", {"first": first})),
        "countries": under_filters(
            "location",
            nested("locationList", {"values": countries}),
            {"nested": {"path": "locationList", "query": abroad}},
        ),
    }
    for name, field in SIMPLE_FACETS.items():
        missing = {"missing": "Ikke oppgitt"} if name in WITH_MISSING else {}
        aggregations[name] = under_filters(name, {"values": {"terms": {"field": field, **missing}}})
    return aggregations
