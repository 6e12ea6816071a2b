"""Sanitised JSON: without NUL and lone surrogates in texts and keys, and bounded in depth."""

from __future__ import annotations

from jobsearch.core.json_values import MAX_DEPTH, sanitise_json


def test_texts_and_keys_lose_nul_and_lone_surrogates():
    value = {"a\0": ["b\ud800c", {"\udfff": 1}], "d": "d\0"}
    assert sanitise_json(value) == {"a": ["bc", {"": 1}], "d": "d"}
    assert sanitise_json(value, surrogate="?") == {"a": ["b?c", {"?": 1}], "d": "d"}


def test_other_values_stay():
    value = [None, True, 1, 2.5, "🔥", {}, []]
    assert sanitise_json(value) == value


def test_lists_and_objects_below_the_deepest_level_become_none():
    deep: object = "x"
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    found = sanitise_json(deep)
    for _ in range(MAX_DEPTH):
        [found] = found
    assert found is None
