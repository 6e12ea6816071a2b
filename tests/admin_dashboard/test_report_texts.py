"""Texts of jobs' results and of durations."""

from __future__ import annotations

import pytest

from jobsearch.admin_dashboard import report_texts
from jobsearch.core.models import Job


def test_a_result_has_local_times_and_no_row_of_unimportant_zeros():
    result = {"new": 0, "pages": 0, "lines": 3, "at_tip": False, "until": "2026-11-29T16:44:47+00:00", "search_usage": 2}
    job = Job(kind="pause", result=result, arguments={"since": "2026-11-22", "hours": 4})
    assert report_texts.list_arguments(job) == [("fra og med", "22. november 2026"), ("timer", "4")]
    assert report_texts.list_result(job) == [
        ("nye", "0"),
        ("linjer", "3"),
        ("ved slutten av strømmen", "nei"),
        ("til", "29. november 2026 17:44"),
        ("gamle søketall slettet", "2"),
    ]


@pytest.mark.parametrize("text", ["2026-13-45", "2026-02-30T25:00", "2026-11-29Tx", "x"])
def test_a_text_that_is_no_date_is_shown_as_it_is(text):
    assert report_texts.list_result(Job(kind="sync", result={"until": text})) == [("til", text)]


@pytest.mark.parametrize(
    ("seconds", "text"), [(59, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (900, "15 min"), (3600, "1 t"), (3660, "1 t 1 min")]
)
def test_a_duration_has_no_needless_zero(seconds, text):
    assert report_texts.format_duration(seconds) == text
