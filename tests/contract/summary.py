"""Lines at the end of a test run: contract tests passed by engine, and what an engine cannot do.

Hooks of the whole run and not of this folder: where tests run in parallel, the process that prints loads no folder's conftest.
"""

from __future__ import annotations

from collections import Counter

import pytest

ENGINES = ("tantivy", "opensearch-2.19", "opensearch-3.x")
_counted: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed and report.nodeid.startswith("tests/contract/"):
        for name in ENGINES:
            if f"[{name}" in report.nodeid or f"-{name}]" in report.nodeid:
                _counted[name] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _counted:
        from jobsearch.search.engines.base import EVEN, LIMITS

        terminalreporter.write_line("contract tests passed: " + ", ".join(f"{name} {_counted[name]}" for name in ENGINES))
        terminalreporter.write_line(f"what an engine cannot do ({', '.join(EVEN)}: nothing that the other can)")
        for limit in LIMITS:
            terminalreporter.write_line(f"  {limit.engine} cannot {limit.cannot}; instead: {limit.instead}")
