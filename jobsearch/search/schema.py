"""Schema of the index: fields of a document, the mappings of both engines as plain data, and the fingerprint of all that."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from jobsearch.search.analysis import lexicon, negation, place_names, requirement_kinds
from jobsearch.search.facets import areas
from jobsearch.taxonomy import catalogue, occupations, places
from jobsearch.taxonomy.catalogue import NOT_STATED

Json = dict[str, Any]
Kind = Literal["phrase", "word", "keyword", "number"]

ANALYSIS_VERSION = 6
"""Raise it by one when a change of code gives the same ad another document, so that every index is rebuilt.
`tests/search/test_pinned_documents.py` fails until that is done."""

# Every field of a document. phrase: analysed words with their positions; word: analysed words; keyword: whole values to
# count and filter by; number: whole numbers to sort and filter by. A facet's field is a line here.
FIELDS: dict[str, Kind] = {
    "title": "phrase",
    "job": "phrase",
    "employer": "phrase",
    "location": "phrase",
    "body": "word",
    "body_text": "phrase",
    "title_stem": "word",
    "job_stem": "word",
    "employer_stem": "word",
    "body_stem": "word",
    "body_denied": "word",
    "body_denied_stem": "word",
    "requirement": "word",
    "parts": "word",
    "joined": "word",
    "title_fold": "word",
    "fold": "word",
    "body_fold": "word",
    "title_whole": "keyword",
    "employer_whole": "keyword",
    "reference": "keyword",
    "place": "keyword",
    "area": "keyword",
    "occupation": "keyword",
    "engagement": "keyword",
    "extent": "keyword",
    "sector": "keyword",
    "employer_key": "keyword",
    "language": "keyword",
    "published": "number",
    "first_seen": "number",
    "visible_until": "number",
    "deadline": "number",
    "deadline_order": "number",
    "due": "number",
    "order": "number",
}
UNCOUNTED = {"title_whole", "employer_whole", "reference", "area"}
"""Keyword fields that are searched but never counted, so that engines need not keep their values by column."""

NUMBERED: dict[str, dict[str, int]] = {
    "place": {value: zlib.crc32(value.encode()) for value in (NOT_STATED, *places.list_paths())},
}
"""Keyword fields with hundreds of values: value -> the number that OpenSearch counts, see `engines/opensearch/facet_counts.py`.

A value keeps its number when the list changes, so a process with another list lacks a count and never mixes two up."""

_LISTS = (lexicon, place_names, negation, requirement_kinds, areas, places, occupations, catalogue)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
TOKENIZER = "whitespace-only"
ORDER_UUID_BITS = 29
"""Lower bits of the field `order`, which are of the uuid; those above them are the second of publishing."""
TANTIVY_DAY = "day"
"""Field of tantivy alone: the day of publishing, computed from `order`."""
TANTIVY_SORTED_BY = "order"
"""Field by which tantivy keeps the ads of each of its segments, the highest number first."""


def name_number_field(field: str) -> str:
    """OpenSearch's field of the numbers of a field's listed values."""
    return f"{field}_number"


def name_other_field(field: str) -> str:
    """OpenSearch's field of the values that are not listed, which have no number."""
    return f"{field}_other"


def mapping() -> Json:
    """OpenSearch's mapping. Strict: an unknown field is an error. Of a document only `visible_until` can be read back."""
    kinds: dict[str, Json] = {
        "phrase": {"type": "text", "analyzer": "whitespace", "norms": False},
        "word": {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "docs"},
        "keyword": {"type": "keyword"},
        "number": {"type": "long"},
    }
    properties = {name: kinds[kind] | ({"doc_values": False} if name in UNCOUNTED else {}) for name, kind in FIELDS.items()}
    properties["uuid"] = {"type": "keyword"}
    for name in NUMBERED:
        properties[name_number_field(name)] = {"type": "long", "index": False}
        properties[name_other_field(name)] = {"type": "keyword", "index": False}
    return {"dynamic": "strict", "_source": {"includes": ["visible_until"]}, "properties": properties}


def settings() -> Json:
    """OpenSearch's settings while an index is filled: no replicas and no refreshing, because no search uses it yet."""
    return {
        "number_of_shards": 1,  # below a million ads one shard is fastest, and its counts are exact
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_result_window": 10_000,
        # So that "expunge deletes" rewrites every segment with a deleted ad in it, not only those with a tenth deleted.
        "merge.policy.expunge_deletes_allowed": 0,
    }


def tantivy_fields() -> list[tuple[str, str, Json]]:
    """(name, "text" or "integer", options) of each field. Only `uuid` and `version` are stored: no readable text is kept."""
    options: dict[str, Json] = {
        "phrase": {"tokenizer_name": TOKENIZER, "index_option": "position"},
        "word": {"tokenizer_name": TOKENIZER, "index_option": "basic"},
        "keyword": {"tokenizer_name": "raw", "index_option": "basic", "fast": True},
        "number": {"indexed": True, "fast": True},
    }
    fields: list[tuple[str, str, Json]] = [
        ("uuid", "text", {"stored": True, "tokenizer_name": "raw", "index_option": "basic"}),
        ("version", "integer", {"stored": True, "indexed": True, "fast": True}),
        (TANTIVY_DAY, "integer", {"indexed": True}),
    ]
    for name, kind in FIELDS.items():
        chosen = options[kind] | ({"fast": False} if name in UNCOUNTED else {})
        fields.append((name, "integer" if kind == "number" else "text", chosen))
    return fields


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of all that decides what an index holds: an index with another fingerprint has to be rebuilt.

    It covers the schemas of both engines and the values of the lists that the analysis reads, but no code: a change of code
    that changes documents is stated by `ANALYSIS_VERSION`.
    """
    of_engines = [mapping(), settings(), NUMBERED, tantivy_fields(), TANTIVY_SORTED_BY]
    return _hash([ANALYSIS_VERSION, FIELDS, *of_engines, *_list_constants()])


@lru_cache(maxsize=1)
def analysis_fingerprint() -> str:
    """Hash of what decides the document of an ad: the fingerprint without the schemas of the engines."""
    return _hash([ANALYSIS_VERSION, sorted(FIELDS), *_list_constants()])


def _list_constants() -> Iterator[dict[str, object]]:
    """The values of the lists that the analysis reads."""
    for module in _LISTS:
        yield {name: value for name, value in vars(module).items() if _CONSTANT.fullmatch(name)}


def _hash(parts: list[object]) -> str:
    return hashlib.sha256(_serialise(parts).encode()).hexdigest()[:16]


def _serialise(value: object) -> str:
    """Plain data as text, the same in every process: sets and dictionaries sorted; other objects are left out."""
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_serialise, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(map(_serialise, value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_serialise(key)}:{_serialise(item)}' for key, item in value.items()))}}}"
    return ""
