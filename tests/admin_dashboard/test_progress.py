"""Progress in a file: a line every ten seconds and at the end of a phase, not for each step."""

from __future__ import annotations

import io

from jobsearch.admin_dashboard.management import terminal_progress
from jobsearch.admin_dashboard.management.terminal_progress import Bars


def test_one_line_at_the_end_of_a_phase_and_none_for_each_step():
    out = io.StringIO()
    with Bars(out) as bars:
        for done in range(1, 101):
            bars("details", done, 100)
    assert out.getvalue() == "details: 100 of 100\n"


def test_a_long_phase_shows_its_rate_and_the_time_left(monkeypatch):
    clock = iter([0.0, 0.0, 20.0])
    monkeypatch.setattr(terminal_progress.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    with Bars(out) as bars:
        bars("details", 0, 100)
        bars("details", 40, 100)
    assert out.getvalue() == "details: 40 of 100, 2 a second, 30 s left\n"


def test_an_unknown_total_is_not_shown(monkeypatch):
    clock = iter([0.0, 0.0, 20.0])
    monkeypatch.setattr(terminal_progress.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    with Bars(out) as bars:
        bars("pages", 0, 0)
        bars("pages", 40, 0)
    assert out.getvalue() == "pages: 40, 2 a second\n"
