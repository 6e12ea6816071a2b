"""Start of OpenSearch nodes for tests."""

from __future__ import annotations

import pytest

from tests.opensearch import nodes


@pytest.mark.parametrize(("failures", "starts"), [(0, 1), (2, 3)])
def test_a_node_that_ends_while_it_starts_is_started_again(monkeypatch, failures, starts):
    tried = []

    def start(version, java_options):
        tried.append(version)
        if len(tried) <= failures:
            raise nodes.EndedAtStart
        return version

    monkeypatch.setattr(nodes, "_start", start)
    assert nodes.start("2.19") == "2.19" and len(tried) == starts


def test_the_last_of_five_starts_says_why_there_is_no_node(monkeypatch):
    def start(version, java_options):
        raise nodes.EndedAtStart("its last words")

    monkeypatch.setattr(nodes, "_start", start)
    with pytest.raises(nodes.CannotStart, match="its last words"):
        nodes.start("2.19")
