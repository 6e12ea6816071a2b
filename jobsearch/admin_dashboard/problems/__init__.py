"""Problems that the admin dashboard recognises: one function each. The order is that of the cards, root causes first."""

from __future__ import annotations

from jobsearch.admin_dashboard.facts.site_facts import Facts

from . import feed, index, machine, processes, queue
from .base import BROKEN, OK, SEVERITIES, UNKNOWN, WATCH, Check, Problem, Severity

__all__ = ["BROKEN", "CHECKS", "OK", "SEVERITIES", "UNKNOWN", "WATCH", "Check", "Problem", "Severity", "find_problems"]

CHECKS: tuple[Check, ...] = (
    machine.check_disk,
    processes.check_broker,
    processes.check_worker,
    processes.check_queues,
    processes.check_beat,
    processes.check_schedule,
    feed.check_database,
    feed.check_token,
    feed.check_address,
    feed.check_answers,
    feed.check_silence,
    feed.check_pause,
    feed.check_reading,
    feed.check_frozen,
    feed.check_lag,
    feed.check_token_expiry,
    feed.check_cursor,
    queue.check_quarantine,
    queue.check_waiting,
    queue.check_erasure,
    index.check_engine,
    index.check_behind,
    index.check_set_aside,
    index.check_threads,
    machine.check_mail,
    machine.check_webhook,
    machine.check_backup,
)


def find_problems(facts: Facts) -> list[Problem]:
    """Every problem that the facts show, errors first. A problem that only follows from another one is left out."""
    found = [problem for check in CHECKS if (problem := check(facts))]
    return sorted(found, key=lambda problem: problem.severity is not BROKEN)
