"""Second pass on PostgreSQL: what is left out exists, and leaves nothing to PostgreSQL."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.options import TESTS
from tests.second_pass import AT_NIGHT, LEFT_OUT, WHOLE, holds_tests, runs_again

DECIDED_BY_THE_DATABASE = re.compile(r"select_for_update|IntegrityError|DataError|\bThread\b|os\.fork|\.raw\(|FOR UPDATE")


@cache
def read(file: str) -> tuple[str, ast.Module]:
    source = (TESTS.parent / file).read_text()
    return source, ast.parse(source)


def test_what_is_left_out_exists_and_asserts_nothing_that_postgresql_decides():
    for left_out in (*LEFT_OUT, *AT_NIGHT):
        file, _, name = left_out.partition("::")
        source, module = read(file)
        tests = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name.startswith(name or "test_")]
        assert tests, left_out
        for text in [ast.unparse(one) for one in tests] if name else [source]:
            assert not DECIDED_BY_THE_DATABASE.search(text), left_out


def test_every_folder_and_file_of_the_pass_exists():
    assert [whole for whole in WHOLE if not (TESTS / whole).exists()] == []


@pytest.mark.parametrize(
    ("nodeid", "again"),
    [
        ("tests/hazards/test_cursor.py::test_x[1]", True),
        ("tests/web/test_hostile_addresses.py::test_any_cookie_is_answered_at_bounded_cost[]", True),
        ("tests/web/test_hostile_addresses.py::test_any_header_is_answered_at_bounded_cost[Referer]", False),
        ("tests/web/test_results.py::test_x", False),
        ("tests/accounts/test_permissions.py::test_x", False),
        ("tests/core_of_all/test_x.py::test_x", False),
    ],
)
def test_a_test_runs_again_by_its_id(nodeid, again):
    assert runs_again(nodeid) == again


def test_a_test_whose_queries_another_sends_runs_again_at_night():
    nodeid = "tests/saved/test_sharing.py::test_new_ads_are_counted_for_each_colleague"
    assert runs_again(nodeid, every=True) and not runs_again(nodeid)
    assert not runs_again("tests/accounts/test_permissions.py::test_x", every=True)


def test_only_folders_and_files_with_such_tests_are_read():
    assert holds_tests("tests/web", is_folder=True) and holds_tests("tests/saved/test_list.py", is_folder=False)
    assert holds_tests("tests/web/test_query_plans.py", is_folder=False)
    assert not holds_tests("tests/web/test_results.py", is_folder=False)
    assert not holds_tests("tests/search", is_folder=True)
    assert not holds_tests("tests/accounts/test_permissions.py", is_folder=False)
