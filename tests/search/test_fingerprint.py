"""An index that an older version of the code has made is known by the code's fingerprint, and made anew."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jobsearch.search import documents

# What an ad's document is made by is in what `documents` imports; these say when it is written and how it is asked for.
NO_PART = {"engine", "known", "query", "changes", "visibility", "vacancies.models"}
IMPORTED = sorted(
    {
        str(Path(getattr(documents, name.name).__file__))
        for node in ast.walk(ast.parse(Path(documents.__file__).read_text()))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if hasattr(getattr(documents, name.name, None), "__file__") and name.name not in NO_PART
    }
)


def test_what_a_document_is_made_by_is_known():
    names = {Path(file).stem for file in IMPORTED}
    assert {"text", "areas", "catalogue", "deadlines", "html", "occupations", "places", "privacy"} == names


@pytest.mark.parametrize("file", IMPORTED, ids=lambda file: Path(file).stem)
def test_a_change_in_what_a_document_is_made_by_makes_another_fingerprint(file, monkeypatch):
    """A mended rule of what is private has to reach the ads that an index holds already."""
    read = Path.read_bytes
    before = documents.fingerprint.__wrapped__()
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b"# changed" if str(path) == file else b""))
    assert documents.fingerprint.__wrapped__() != before
