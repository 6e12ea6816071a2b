"""Index schemas of both engines as plain data, without either library, so that one fingerprint covers both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from jobsearch.search.analysis import lexicon, negation, place_names
from jobsearch.search.facets import areas
from jobsearch.taxonomy import catalogue, occupations, places

Json = dict[str, Any]
Kind = Literal["phrase", "word", "keyword", "number"]

ANALYSIS_VERSION = 3
"""Raise it by one when a change of code gives the same ad another document, so that every index is built anew.
`tests/search/test_pinned_documents.py` fails until that is done."""

# Every field of a document. phrase: analysed words with their positions; word: analysed words; keyword: whole values that
# are counted and filtered by; number: whole numbers, sorted and filtered by.
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
    "parts": "word",
    "joined": "word",
    "title_fold": "word",
    "fold": "word",
    "body_fold": "word",
    "title_whole": "keyword",
    "employer_whole": "keyword",
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
UNCOUNTED = {"title_whole", "employer_whole", "area"}
_LISTS = (lexicon, place_names, negation, areas, places, occupations, catalogue)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
TOKENIZER = "whitespace-only"


def mapping() -> Json:
    """Strict: a field that is not ours is an error. Only two numbers of a document are kept to be read back."""
    kinds: dict[str, Json] = {
        "phrase": {"type": "text", "analyzer": "whitespace", "norms": False},
        "word": {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "docs"},
        "keyword": {"type": "keyword"},
        "number": {"type": "long"},
    }
    properties = {name: kinds[kind] | ({"doc_values": False} if name in UNCOUNTED else {}) for name, kind in FIELDS.items()}
    properties["uuid"] = {"type": "keyword"}
    return {"dynamic": "strict", "_source": {"includes": ["visible_until"]}, "properties": properties}


def settings() -> Json:
    """While an index is filled: no copies and no refreshing, which would be work for nobody."""
    return {
        "number_of_shards": 1,  # below a million ads one shard is fastest, and its counts are exact
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_result_window": 10_000,
        # So that "expunge deletes" rewrites every segment with a deleted ad in it, not only those with a tenth deleted.
        "merge.policy.expunge_deletes_allowed": 0,
    }


def tantivy_fields() -> list[tuple[str, str, Json]]:
    """(name, "text" or "integer", options) of each field. `uuid` and `version` are stored, everything else is only indexed: no
    readable text is kept."""
    options: dict[str, Json] = {
        "phrase": {"tokenizer_name": TOKENIZER, "index_option": "position"},
        "word": {"tokenizer_name": TOKENIZER, "index_option": "basic"},
        "keyword": {"tokenizer_name": "raw", "index_option": "basic", "fast": True},
        "number": {"indexed": True, "fast": True},
    }
    fields: list[tuple[str, str, Json]] = [
        ("uuid", "text", {"stored": True, "tokenizer_name": "raw", "index_option": "basic"}),
        ("version", "integer", {"stored": True, "indexed": True, "fast": True}),
    ]
    for name, kind in FIELDS.items():
        chosen = options[kind] | ({"fast": False} if name in UNCOUNTED else {})
        fields.append((name, "integer" if kind == "number" else "text", chosen))
    return fields


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes when the same ad could give another document or another index: one made before has to be made anew.

    Of code it knows only `ANALYSIS_VERSION`; of the lists that analysis reads their values, and of both engines their schemas.
    """
    parts: list[object] = [ANALYSIS_VERSION, FIELDS, mapping(), settings(), tantivy_fields()]
    for module in _LISTS:
        parts.append({name: value for name, value in vars(module).items() if _CONSTANT.fullmatch(name)})
    return hashlib.sha256(_stable(parts).encode()).hexdigest()[:16]


def _stable(value: object) -> str:
    """Plain data as text, the same in every process: sets and dictionaries in order; what is no data is left out."""
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_stable, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(map(_stable, value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_stable(key)}:{_stable(item)}' for key, item in value.items()))}}}"
    return ""
