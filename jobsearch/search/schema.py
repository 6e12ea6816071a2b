"""Index schemas of both engines as plain data, without either library, so that one fingerprint covers both."""

from __future__ import annotations

from typing import Any

from jobsearch.search.indexing.documents import FIELDS, UNCOUNTED

Json = dict[str, Any]
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
