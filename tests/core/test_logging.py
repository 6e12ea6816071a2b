"""Log lines: JSON with the run that they belong to, and no text of an exception."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from celery import shared_task

from jobsearch.core import jobs
from jobsearch.core.logging import JsonFormatter, RunFilter, log_run


def make_line(message: str = "x", *arguments: object, error: bool = False) -> dict[str, str]:
    record = logging.LogRecord("ingest.sync", logging.INFO, "f.py", 1, message, arguments, sys.exc_info() if error else None)
    assert RunFilter().filter(record)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_has_its_run():
    assert make_line("%d ads", 3)["run"] == "-"
    with log_run("job-17"):
        line = make_line("%d ads\nå", 3)
        assert (line["run"], line["message"], line["logger"], line["level"]) == ("job-17", "3 ads\nå", "ingest.sync", "INFO")
        with log_run("task-1"):
            assert make_line()["run"] == "task-1"
    assert make_line()["run"] == "-"


def test_the_text_of_an_exception_is_left_out():
    text = "Ring Kari Nordmann"  # not in the line that raises, which the places show
    try:
        raise ValueError(text)
    except ValueError:
        line = make_line("It failed", error=True)
    assert line["exception"].endswith("ValueError")
    assert "Nordmann" not in json.dumps(line)


@pytest.mark.django_db
def test_a_job_and_a_task_mark_their_lines():
    found = []

    def work(_progress: object) -> dict[str, int]:
        found.append(make_line()["run"])
        return {}

    job = jobs.begin("index")
    jobs.run(job, work, lambda _error: None)
    assert found == [f"job-{job.pk}"]

    @shared_task
    def log_a_line() -> None:
        found.append(make_line()["run"])

    log_a_line.apply(task_id="0123456789abcdef")
    assert found[1:] == ["task-01234567"]
    assert make_line()["run"] == "-"


def test_the_format_is_validated(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from jobsearch import env

    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match=r"LOG_FORMAT: 'xml' is none of its values\. Write line or json\."):
        env.choice("LOG_FORMAT", "line", ["line", "json"])
