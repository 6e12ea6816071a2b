"""Distribution of the tests over workers: a test's group follows from its id, and long groups start first."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest

from tests import options, parallel


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/search/test_query.py::test_x[a::b]", "tests/search/test_query.py"),
        ("tests/contract/test_scan.py::test_x[tantivy-3]", "tests/contract/test_scan.py"),
        ("tests/contract/test_scan.py::test_x[opensearch-2.19-3]", "opensearch-2.19"),
        ("tests/contract/test_order.py::test_x[all-opensearch-3.x]", "opensearch-3.x"),
        ("tests/browser/test_admin_actions.py::test_x[opensearch-3.x]", "opensearch-3.x"),
        ("tests/search/test_opensearch_client.py::test_x[opensearch-3.x]", "tests/search/test_opensearch_client.py"),
        ("tests/postgresql/test_connections.py::test_x", "live processes"),
        ("tests/cluster/test_engine_down.py::test_x", "live processes"),
    ],
)
def test_a_test_belongs_to_its_server_or_to_its_file(nodeid, group):
    assert parallel.group_of(nodeid) == group


def test_the_longest_groups_start_first_and_the_order_within_a_group_stays():
    files = ("tests/search/test_a.py", "tests/browser/test_b.py", "tests/contract/test_c.py")
    engines = ("tantivy", "opensearch-3.x")
    items = [SimpleNamespace(nodeid=f"{file}::test_{n}[{engine}]") for file in files for n in (1, 2) for engine in engines]
    parallel.sort_by_group(items)
    groups = [parallel.group_of(item.nodeid) for item in items]
    assert list(dict.fromkeys(groups)) == ["opensearch-3.x", files[1], files[0], files[2]]
    for group in set(groups):
        some = [item.nodeid for item in items if parallel.group_of(item.nodeid) == group]
        assert some == sorted(some, key=lambda nodeid: nodeid.partition("test_")[2].partition("[")[0])


def test_groups_that_wait_start_between_the_others():
    files = [*(f"tests/hazards/test_{n}.py" for n in range(3)), *(f"tests/web/test_{n}.py" for n in range(6))]
    items = [SimpleNamespace(nodeid=f"{file}::test_x") for file in files]
    parallel.sort_by_group(items)
    folders = [item.nodeid.split("/")[1] for item in items]
    assert folders == ["hazards", "web", "web"] * 3


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [(["tests/a/test_x.py", "tests/b/test_y.py::test_z"], 0), (["tests"], 3), (["tests/a/test_x.py", "tests/b"], 3)],
)
def test_chosen_files_run_in_one_process_and_folders_in_one_more_than_there_are_cores(monkeypatch, arguments, workers):
    monkeypatch.setattr(parallel.os, "sched_getaffinity", lambda pid: {0, 1})
    assert parallel.pytest_xdist_auto_num_workers(SimpleNamespace(args=arguments)) == workers


def test_what_several_workers_need_is_made_by_the_first(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    made = []
    for worker in ("gw0", "gw1"):
        factory = SimpleNamespace(getbasetemp=lambda worker=worker: tmp_path / worker)
        assert parallel.make_once(factory, "words", lambda: made.append(1) or {"a": [1]}) == {"a": [1]}
    assert made == [1]


def test_options_are_plain_values_that_a_worker_can_be_given():
    assert options.checked_moment("2028-02-29T12:00") == "2028-02-29T12:00"
    with pytest.raises(ValueError):
        options.checked_moment("tomorrow")


@pytest.mark.parametrize(
    ("folder", "chosen", "ignored"),
    [("browser", "quick", True), ("contract", "quick", True), ("search", "quick", None), ("browser", "", None)],
)
def test_folders_without_a_quick_test_are_not_read_for_the_quick_command(folder, chosen, ignored):
    config = SimpleNamespace(getoption=lambda name: chosen)
    assert options.pytest_ignore_collect(options.TESTS / folder, config) is ignored


def test_collected_tests_are_left_out_of_garbage_collections():
    assert gc.get_freeze_count() > 100_000
