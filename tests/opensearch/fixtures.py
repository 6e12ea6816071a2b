"""Fixtures of real OpenSearch nodes: one of each version, which all tests of a process share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from . import nodes


@pytest.fixture(scope="session")
def opensearch_nodes() -> Iterator[dict[str, nodes.Node]]:
    """Nodes by version, each started by the first test that needs it."""
    started: dict[str, nodes.Node] = {}
    yield started
    for node in started.values():
        node.stop()


@pytest.fixture(scope="session")
def opensearch_url(opensearch_nodes: dict[str, nodes.Node]) -> Callable[[str], str]:
    """URL of the node of a version, or of the server at `TEST_OPENSEARCH_URL`: `opensearch_url("2.19")`."""

    def url(version: str) -> str:
        if given := os.environ.get("TEST_OPENSEARCH_URL"):
            return given
        if version not in opensearch_nodes:
            opensearch_nodes[version] = nodes.start(version)
        return opensearch_nodes[version].url

    return url
