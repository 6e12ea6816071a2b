"""Index fingerprint: identifies an index made by an older version of the code, which is then rebuilt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobsearch.search import schema
from jobsearch.search.analysis import lexicon, place_names
from jobsearch.taxonomy import catalogue, places

ROOT = Path(__file__).parents[2]


def fingerprint() -> str:
    return schema.fingerprint.__wrapped__()


MAPPING = {**schema.mapping(), "dynamic": "false"}
SETTINGS = {**schema.settings(), "number_of_shards": 2}
TANTIVY = [(name, kind, {**options, "stored": True}) for name, kind, options in schema.tantivy_fields()]


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (schema, "ANALYSIS_VERSION", schema.ANALYSIS_VERSION + 1),
        (schema, "FIELDS", {**schema.FIELDS, "salary": "number"}),
        (schema, "mapping", lambda: MAPPING),
        (schema, "settings", lambda: SETTINGS),
        (schema, "tantivy_fields", lambda: TANTIVY),
        (lexicon, "NYNORSK", {**lexicon.NYNORSK, "sjukepleiar": "sykepleier2"}),
        (lexicon, "HEADS", lexicon.HEADS | {"tryllekunstner"}),
        (place_names, "TOWNS", {**place_names.TOWNS, "nyby": ("OSLO",)}),
        (places, "_DOUBLE", {**places._DOUBLE, "X": "Y"}),
        (catalogue, "SECTORS", (*catalogue.SECTORS, "Frivillig")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_that_affects_an_index_changes_the_fingerprint(where, name, value, monkeypatch):
    before = fingerprint()
    monkeypatch.setattr(where, name, value)
    assert fingerprint() != before


def test_a_comment_or_the_order_of_a_dictionary_does_not_change_the_fingerprint(monkeypatch):
    before = fingerprint()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"# a comment")
    monkeypatch.setattr(lexicon, "NYNORSK", dict(reversed(lexicon.NYNORSK.items())))
    assert fingerprint() == before


def test_every_process_computes_the_same_fingerprint():
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "from jobsearch.search.schema import fingerprint; print(fingerprint())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for seed in ("1", "2")  # and this process, with one of its own
    }
    assert found == {f"{fingerprint()}\n"}
