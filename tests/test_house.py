"""The plan of the house: which room may import which, and how large a room may grow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobsearch import search

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    # room: the rooms whose insides it may import
    "ingest.standin": set(),
    "jobsearch.vacancies": set(),
    "ingest": {"jobsearch.vacancies"},
    "jobsearch.search": {"jobsearch.vacancies"},
    "jobsearch.saved": {"jobsearch.vacancies", "jobsearch.search"},
    "jobsearch.web": {"jobsearch.vacancies", "jobsearch.search", "jobsearch.saved"},
    "jobsearch.control": {"jobsearch.vacancies", "jobsearch.search", "jobsearch.saved", "jobsearch.web", "ingest"},
    "jobsearch.demo": {
        *("jobsearch.vacancies", "jobsearch.search", "jobsearch.saved", "jobsearch.web", "jobsearch.control", "ingest"),
        "ingest.standin",
    },
}
LONGEST = 400
FILES = [file for folder in ("jobsearch", "ingest") for file in sorted((ROOT / folder).rglob("*.py"))]
LIBRARIES = {"tantivy": "jobsearch.search.embedded", "opensearchpy": "jobsearch.search.opensearch"}


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    rooms = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


def imports_of(file: Path) -> Iterator[str]:
    package = module_of(file) if file.name == "__init__.py" else module_of(file).rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{name.name}" for name in node.names)


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_arrows_go_one_way(file):
    room = room_of(module_of(file))
    for imported in imports_of(file):
        target = room_of(imported)
        if room and target and target != room:
            assert target in ROOMS[room], f"{module_of(file)} may not import {imported}"


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_the_search_is_used_by_its_public_face(file):
    if room_of(module_of(file)) != "jobsearch.search":
        used = {name.removeprefix("jobsearch.search.") for name in imports_of(file) if name.startswith("jobsearch.search.")}
        assert used <= {*search.__all__}, f"{module_of(file)} imports the search's insides"


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_the_stand_in_knows_no_django_and_each_engine_has_one_importer(file):
    module = module_of(file)
    for imported in imports_of(file):
        top = imported.partition(".")[0]
        if module.startswith("ingest.standin"):
            assert top not in {"django", "celery", "jobsearch"}, f"{module} imports {imported}"
        if top in LIBRARIES:
            assert module.startswith(LIBRARIES[top]), f"{module} imports {imported}"


@pytest.mark.parametrize("file", [file for file in FILES if "migrations" not in file.parts], ids=module_of)
def test_a_file_is_one_thing(file):
    assert len(file.read_text().splitlines()) <= LONGEST
