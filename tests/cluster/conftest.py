"""Fixture: one OpenSearch node for all tests of the folder, each of which has indices of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .processes import OwnNode, cluster


@pytest.fixture(scope="package")
def started_node() -> Iterator[OwnNode]:
    with cluster(1) as (node,):
        yield node


@pytest.fixture
def node(started_node: OwnNode) -> OwnNode:
    """A node that the test can kill, pause and start again; it runs, whatever the test before did to it."""
    started_node.start_again()
    return started_node
