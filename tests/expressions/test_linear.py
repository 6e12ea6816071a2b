"""Every regular expression of the product takes linear time, whatever text it is given.

`re` holds the interpreter's lock: one title that an expression is exponential in stops indexing, one that it is quadratic in
costs seconds of each page. Whoever writes an expression has nothing to list: it is found in the source, and attacked with texts
made from its own parts.
"""

from __future__ import annotations

import ast
import re

import pytest

from . import attacking, finding

EXPRESSIONS = finding.expressions()

WHAT_TO_DO = """
Mend it rather than list it:
- two parts in a row that can take the same characters: make the first possessive (`\\w++`) or atomic (`(?>…)`);
- a search that tries again at every character of a run: begin it with a lookbehind (`(?<!\\w)\\w++@`);
- alternatives that overlap inside a repetition (`(?:\\s|\\xa0)*`): one class instead;
- else split the text and compare it in plain Python.
"""


@pytest.mark.parametrize(
    ("expression", "method"),
    [pytest.param(one, method, id=f"{one.place}-{method}") for one in EXPRESSIONS for method in one.methods],
)
def test_takes_linear_time(expression, method):
    found = attacking.slowest(expression.pattern, method)
    assert not found, (
        f"{expression.place} ({method}): {found[0]!r} repeated takes {found[1]:.0f} times as long when four times as much.\n"
        f"{WHAT_TO_DO}"
    )


def test_no_pattern_is_built_from_data():
    """Such a pattern is as slow as whoever wrote the data wants it to be, and no test can know it."""
    for one in finding.built():
        pytest.fail(
            f"{one.place} makes a pattern as it runs: {one.source}. Compare in plain Python (`str.find`, sets of words), or "
            "write the pattern as a literal at the top of the module, where this test finds it."
        )


@pytest.mark.parametrize("module", finding.modules())
def test_each_expression_is_found(module):
    """An expression that is kept where nothing looks for it would never be timed."""
    places = {one.place for one in EXPRESSIONS}
    for node in ast.walk(finding.tree_of(module)):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            pytest.fail(f"{module}:{node.lineno}: write `import re` and `re.compile(…)`, so that this test finds the expressions")
        if isinstance(node, ast.Import) and any(one.name == "re" and one.asname for one in node.names):
            pytest.fail(f"{module}:{node.lineno}: write `import re`, so that this test finds the expressions")
    for line, names in finding.compiled_at_the_top(module):
        assert any(f"{module}.{name}" in places for name in names) or f"{module}:{line}" in places, (
            f"{module}:{line}: assign what `re.compile` gives to a name of the module (or to a tuple, list or dict of it), "
            "so that this test finds the expression and times it"
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
def test_what_is_not_linear_is_seen(pattern, method):
    """Expressions that the product has had, and textbook cases."""
    assert attacking.slowest(re.compile(pattern), method)


@pytest.mark.parametrize("pattern", [r"\w+", r"(?<!\w)\w++@", r"[a-z]{1,9}\.", r'"[^"]*"?', r"<[^<>]*>", r"(?:ab|cd)+"])
def test_what_is_linear_is_believed(pattern):
    assert attacking.slowest(re.compile(pattern), "search") is None


def test_an_expression_in_a_table_is_found_too():
    places = [one.place for one in EXPRESSIONS]
    assert "jobsearch.search.analysis.norwegian._TOKEN" in places
    assert places.count("jobsearch.search.analysis.spelling._SOUNDS") > 5
    assert any(place.startswith("address stilling/") for place in places)
