"""ReDoS test: every regular expression of the product takes linear time on any text.

`re` holds the interpreter lock. A title for which an expression takes exponential time would stop indexing; quadratic time
would cost seconds on each page. New expressions need not be registered: they are found in the source, and tested with texts
built from their own parts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.combinations import SHARE

from . import adversarial, discovery

REMEDY = """
Change the expression:
- two parts in a row that can take the same characters: make the first possessive (`\\w++`) or atomic (`(?>…)`);
- a search that starts again at every character of a run: begin it with a lookbehind (`(?<!\\w)\\w++@`);
- alternatives that overlap inside a repetition (`(?:\\s|\\xa0)*`): one class instead;
- else split the text and compare it in plain Python.
"""


@pytest.fixture
def share(every_combination) -> int:
    """Which part of the pairs of a repeated text and what is around it is timed."""
    return 1 if every_combination else SHARE


@pytest.mark.parametrize("module", [*discovery.list_modules_with_expressions(), discovery.ADDRESSES])
def test_takes_linear_time(module, share):
    found = []
    for expression in discovery.find_expressions():
        for method in expression.methods if expression.module == module else ():
            if slow := adversarial.find_slow_text(expression.pattern, method, share):
                unit, growth = slow
                found.append(
                    f"{expression.place} ({method}): {unit!r} repeated four times as often takes {growth:.0f} times as long."
                )
    assert not found, "\n".join([*found, REMEDY])


def test_the_expressions_of_every_module_are_timed():
    timed = {*discovery.list_modules_with_expressions(), discovery.ADDRESSES}
    missing = [expression.place for expression in discovery.find_expressions() if expression.module not in timed]
    assert not missing, "the module holds an expression, but does not `import re`"


def test_no_pattern_is_built_from_data():
    """The data could make such a pattern arbitrarily slow, and no test can time it."""
    for built in discovery.find_built_patterns():
        pytest.fail(
            f"{built.place} builds a pattern at run time: {built.source}. Compare in plain Python (`str.find`, sets of words), "
            "or write the pattern as a literal at the top of the module, where this test finds it."
        )


def test_each_expression_is_discovered():
    """An expression that the discovery misses would never be timed."""
    assert [problem for module in discovery.list_modules() for problem in _find_undiscovered(module)] == []


def _find_undiscovered(module: str) -> Iterator[str]:
    places = {expression.place for expression in discovery.find_expressions()}
    for node in discovery.list_nodes(module):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            yield f"{module}:{node.lineno}: write `import re` and `re.compile(…)`, so that this test finds the expressions"
        if isinstance(node, ast.Import) and any(alias.name == "re" and alias.asname for alias in node.names):
            yield f"{module}:{node.lineno}: write `import re`, so that this test finds the expressions"
    for line, names in discovery.find_module_level_compiles(module):
        if not (any(f"{module}.{name}" in places for name in names) or f"{module}:{line}" in places):
            yield (
                f"{module}:{line}: assign the result of `re.compile` to a name of the module (or to a tuple, list or dict "
                "of it), so that this test finds the expression and times it"
            )


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(a+)+$", "search"),
        (r"((?:[^\W\d_]+-\s*(?:[,/&+]|og\b|eller\b)?\s*)+)(?<=[\s/,&+])([^\W\d_]+)(?![\w-])", "search"),
        (r"(\w*)(?<![pPkKbB])(ass|sekr)\.(?!\w)", "search"),
        (r"([^\W\d_]+)\s?/\s?-\s?([^\W\d_]+)", "search"),
        (r"[^\s@]+@[^\s@]+\.[^\s@]{2,}", "search"),
        (r"<(p|div)>(?:\s|&nbsp;|\xa0|<br\s*/?>)*</\1>", "search"),
        (r"(<[^>]*>)", "search"),
        (r"(?:NO?[- ])?([0-9]{4})(?![0-9])[ ,]*(.*)", "fullmatch"),
        (r"^(\w+\s?)*$", "match"),
        (r"x*x*x*x*y", "fullmatch"),
        (r"\s+$", "search"),
        (r"(.*)(.*)=", "match"),
    ],
)
def test_expressions_that_are_not_linear_are_detected(pattern, method, share):
    """Former expressions of the product, and textbook cases."""
    assert adversarial.find_slow_text(re.compile(pattern), method, share)


@pytest.mark.parametrize("pattern", [r"\w+", r"(?<!\w)\w++@", r"[a-z]{1,9}\.", r'"[^"]*"?', r"<[^<>]*>", r"(?:ab|cd)+"])
def test_linear_expressions_pass(pattern):
    assert adversarial.find_slow_text(re.compile(pattern), "search") is None


def test_expressions_in_tables_are_discovered():
    places = [expression.place for expression in discovery.find_expressions()]
    assert "jobsearch.search.analysis.norwegian._TOKEN" in places
    assert places.count("jobsearch.search.analysis.spelling._SOUNDS") > 5
    assert any(place.startswith("address stilling/") for place in places)
