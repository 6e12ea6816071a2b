"""Second pass of the tests, on PostgreSQL: which tests run there once more (mark `postgresql`).

A test runs there if it touches the database, unless it is about SQLite's files or one of `LEFT_OUT`: there, only pages are
asserted, by queries of Django's ORM that others of the pass make too. Each page of the site is requested in it by
`test_hostile_addresses`, `test_query_plans` and each page of the admin by `test_admin_addresses`: SQL that only SQLite takes
fails there. What PostgreSQL decides by itself stays: locks, transactions, constraints, plans, what a value may be.
"""

from __future__ import annotations

WHOLE = (
    *("accounts/", "admin_dashboard/", "core/", "hazards/", "ingest/", "saved/", "statistics/", "vacancies/"),
    "web/test_hostile_addresses.py",
    "web/test_query_plans.py",
)
"""Folders and files of which all else runs again. The tests of other folders on PostgreSQL start one of their own."""

LEFT_OUT = {
    "tests/accounts/test_permissions.py": "who gets which page",
    "tests/accounts/test_security_pages.py": "the pages of passkeys and codes",
    "tests/admin_dashboard/test_admin_pages.py": "the texts and fields of the admin's pages",
    "tests/admin_dashboard/test_overview_cost.py": "the number of queries, which the ORM decides",
    "tests/admin_dashboard/test_sync_command.py": "the output of a command; the hazards run syncs there",
    "tests/saved/test_gone_values.py": "sentences about values that no ad has",
    "tests/saved/test_new_first.py": "the order of a page's hits, which the index decides",
    "tests/web/test_hostile_addresses.py::test_any_header_": "of the headers only the cookies reach a query, and they are sent",
}
"""Start of a test's id: what its tests are about."""


def holds_tests(path: str, *, is_folder: bool) -> bool:
    """Whether a folder or file may hold tests of the second pass."""
    name = path.removeprefix("tests/")
    name = f"{name}/" if is_folder else name
    return any(name.startswith(one) or (is_folder and one.startswith(name)) for one in WHOLE) and path not in LEFT_OUT


def runs_again(nodeid: str) -> bool:
    """Whether a test that touches the database belongs to the second pass."""
    return nodeid.removeprefix("tests/").startswith(WHOLE) and not nodeid.startswith(tuple(LEFT_OUT))
