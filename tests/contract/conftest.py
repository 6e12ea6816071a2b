"""The engines under test: tantivy, and real OpenSearch nodes of both supported lines, one start of each a test run.

`TEST_OPENSEARCH_URL` gives a server instead; then only names with a random prefix are used on it, and deleted by name.
A node that cannot be started fails the tests that need it: it never skips them.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterator

import pytest

from jobsearch.search import engines
from tests.opensearch import nodes

ENGINES = ("tantivy", "opensearch-2.19", "opensearch-3.x")
_counted: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        for name in ENGINES:
            if f"[{name}" in report.nodeid or f"-{name}]" in report.nodeid:
                _counted[name] += 1


def pytest_terminal_summary(terminalreporter) -> None:
    if _counted:
        terminalreporter.write_line("contract tests passed: " + ", ".join(f"{name} {_counted[name]}" for name in ENGINES))


@pytest.fixture(scope="session")
def opensearch_nodes() -> Iterator[dict[str, nodes.Node]]:
    """Nodes by version, each started by the first test that asks for it."""
    started: dict[str, nodes.Node] = {}
    yield started
    for node in started.values():
        node.stop()


@pytest.fixture(scope="session")
def opensearch_url(opensearch_nodes):
    def url(version: str) -> str:
        if given := os.environ.get("TEST_OPENSEARCH_URL"):
            return given
        if version not in opensearch_nodes:
            opensearch_nodes[version] = nodes.start(version)
        return opensearch_nodes[version].url

    return url


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.opensearch if "-" in name else ()) for name in ENGINES])
def engine(request: pytest.FixtureRequest, settings, tmp_path, opensearch_url):
    """The engine in use for one test, empty, under a name or a folder of its own."""
    name = request.param
    if name == "tantivy":
        settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
        yield engines.engine()
        engines.forget_engines()
        return
    settings.SEARCH_URL = opensearch_url(name.partition("-")[2])
    settings.SEARCH_INDEX = f"test{secrets.token_hex(4)}"
    one = engines.engine()
    yield one
    for found in one._client.indices.get(index=f"{settings.SEARCH_INDEX}-*"):
        one._client.indices.delete(index=found)
    engines.forget_engines()
