"""Tantivy engine: its folder, its lock, and removal of deleted text from the disk."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
import tantivy
from django.db import transaction

from jobsearch.search.api import EngineDown, SearchQuery, search
from jobsearch.search.engines import registry
from jobsearch.search.engines.base import Write
from jobsearch.search.engines.tantivy import TantivyEngine, index_writer
from jobsearch.search.engines.tantivy import engine as tantivy_engine
from jobsearch.search.indexing import erase, index_changes, rebuild
from jobsearch.search.schema import FIELDS
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
    yield tmp_path / "index"
    registry.forget_engines()


def traces(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def in_dictionaries(folder: Path, word: str) -> bool:
    """Whether a segment's term dictionary has the word. It is stored as a graph (FST), so its bytes cannot be searched for."""
    terms = []
    for build in (folder / "builds").iterdir():
        index = tantivy.Index.open(str(build))
        terms += index.searcher().terms_with_prefix("body", word)
    return bool(terms)


def test_text_of_closed_ads_is_removed_from_the_files_in_time(folder, make_vacancy, monkeypatch):
    keys = [make_vacancy(description=f"<p>{word}</p>") for word in ("fjortenhemmelig", "xylofonhemmelig", "zebrahemmelig")]
    index_changes()
    with transaction.atomic():
        store.close_vacancies([keys[1]], Vacancy.Closed.FEED)
    index_changes()
    assert in_dictionaries(folder, "xylofonhemmelig"), "a deletion alone leaves the word in the segment"
    assert not registry.engine().erase(), "not yet: the last build is young"
    monkeypatch.setattr(tantivy_engine, "ERASE_AFTER", 0)
    monkeypatch.setattr(tantivy_engine, "ERASE_SHARE", 0)
    time.sleep(0.05)
    erase()
    assert not in_dictionaries(folder, "xylofonhemmelig")
    assert in_dictionaries(folder, "zebrahemmelig")
    assert search(SearchQuery()).total == 2
    assert not registry.engine().erase(), "nothing deleted is left"


def test_no_readable_text_and_no_contacts_are_stored(folder, make_vacancy):
    make_vacancy(description="<p>Ring Kari Nordmann på 22 33 44 55 eller kari@sykehus.example. Hyggelig arbeidsmiljø.</p>")
    index_changes()
    for word in ("nordmann", "Nordmann", "22334455", "kari@", "Hyggelig arbeidsmiljø", "hyggelig arbeidsmiljø"):
        assert not traces(folder, word), word


def test_another_reader_sees_commits_and_switches(folder, make_vacancy):
    make_vacancy()
    index_changes()
    reader = TantivyEngine(folder)  # with a reader of its own, as in another process
    assert reader.check_health().docs == 1
    make_vacancy()
    index_changes()
    assert reader.check_health().docs == 2
    rebuild()
    make_vacancy()
    index_changes()
    assert reader.check_health().docs == 3
    assert len([*(folder / "builds").iterdir()]) == 1


HOLD = """
import os, sys, uuid
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from pathlib import Path
from jobsearch.search.engines.tantivy.index_writer import TantivyIndex
from jobsearch.search.engines.base import Write
index = TantivyIndex(Path(sys.argv[1]))
index.write([Write(uuid.uuid4(), 1, None)])
print("holding", flush=True)
sys.stdin.readline()
index.close()
"""


def test_a_second_writer_waits_for_the_first(folder, make_vacancy, monkeypatch):
    index_changes()
    build = next((folder / "builds").iterdir())
    command = [sys.executable, "-c", HOLD, str(build)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as other:
        assert other.stdout.readline() == "holding\n"
        make_vacancy()
        monkeypatch.setattr(index_writer, "LOCK_SECONDS", 0.2)
        with pytest.raises(EngineDown, match="locked by another process"):
            index_changes()
        other.communicate("\n", timeout=240)
    assert index_changes().indexed == 1, "the row was not noted as indexed, so the next run takes it"


@pytest.mark.parametrize(("is_new", "commits"), [(True, [0, 0, 20, 20, 40, 50]), (False, [0, 0, 0, 0, 0, 50])])
def test_a_new_index_has_few_documents_queued_and_one_in_service_commits_once(tmp_path, monkeypatch, is_new, commits):
    """Memory and visibility: tantivy itself queues up to 10,000 documents (70 MB), and a search must not find half of a write."""
    monkeypatch.setattr(index_writer, "QUEUED", 20)
    index = index_writer.TantivyIndex(tmp_path / "index", create=True)
    if not is_new:
        index = index_writer.TantivyIndex(tmp_path / "index")
    committed = []
    for _ in range(5):
        committed.append(index.count())
        index.write([Write(uuid4(), 1, EMPTY) for _ in range(10)])
    index.refresh()
    assert [*committed, index.count()] == commits


def test_a_damaged_pointer_or_a_missing_build_causes_a_rebuild(folder, make_vacancy):
    make_vacancy()
    index_changes()
    (folder / "current").write_text("{")
    with pytest.raises(EngineDown, match="rebuild_index"):
        search(SearchQuery())
    assert not registry.engine_health().ok
    assert index_changes().rebuilt
    pointer = json.loads((folder / "current").read_text())
    (folder / "builds" / pointer["build"] / "meta.json").unlink()
    assert index_changes().rebuilt
    assert search(SearchQuery()).total == 1


def test_the_opensearch_library_is_not_imported():
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "from jobsearch.search import api, assist, indexing; from jobsearch.search.engines import engine_health; engine_health();"
        "sys.exit('opensearchpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], timeout=240).returncode == 0
