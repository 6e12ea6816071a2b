"""Fills a database with the previous release's schema, migrates it, and prints what is there; run by test_migrations.

Given are the first and the last migrations of each app, as `app.name,app.name`: before the previous release's schema, each of the
first is applied, and after it each of the last, as successive upgrades do; then all others.
"""

import datetime as dt
import json
import sys
import uuid

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402

PREVIOUS = [("ingest", "0002_what_lines_say"), ("search", "0002_set_aside_and_thread_failures")]
NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
RUNS = [
    # kind, state, error, report, progress
    ("sync", "done", "", {"pages": 3, "new": 12, "at_tip": True, "problem": ""}, {"phase": "details", "done": 12, "total": 12}),
    ("sync", "failed", "status-503: The page was …", {"pages": 0, "problem": "status-503: The page was …"}, {}),
    ("index", "failed", "KeyError: 'x'", {}, {"phase": "index", "done": 1, "total": 9, "seen": NOW.isoformat()}),
    ("sync", "failed", "silent", {}, {}),
    ("truth", "stopped", "removed: kari", {}, {}),
    ("replay", "queued", "", {}, {}),
]
REASONS = ["timeout: https://x did not answer: in time", "unreadable: TypeError", "", "The cat: sat on it."]


def fill() -> None:
    old = MigrationLoader(connection).project_state(PREVIOUS).apps
    run, task, state = (old.get_model("ingest", name) for name in ("Run", "DetailTask", "FeedState"))
    state.objects.create(
        origin="http://feed.example",
        page_id="a-page",
        page_seen=["one", "two"],
        problem="same-token: The public token has expired.",
        token_problem="same-token: The public token has expired.",
        problem_since=NOW,
        lease_owner="elsewhere/x 1 1 abcd",
        lease_until=NOW,
        lines_read=4711,
    )
    for kind, status, error, report, progress in RUNS:
        finished = None if status == "queued" else NOW
        run.objects.create(
            kind=kind,
            state=status,
            error=error,
            report=report,
            progress=progress,
            started=NOW,
            finished=finished,
            requested_by="kari",
        )
    for number, reason in enumerate(REASONS):
        task.objects.create(uuid=uuid.UUID(int=number), marker=number, state="deferred", reason=reason)
    old.get_model("search", "IndexLease").objects.create(name="writes", token="x", until=NOW)
    from django.contrib.auth.models import Group, Permission

    Group.objects.create(name="editors").permissions.set(Permission.objects.filter(codename__in=["add_run", "view_run"]))


def read() -> dict[str, object]:
    from django.contrib.auth.models import Group, Permission, User

    from ingest.models import DetailTask, FeedState, Run
    from jobsearch.core.models import Job

    user = User.objects.create_user("editor")
    user.groups.add(Group.objects.get(name="editors"))
    state = FeedState.objects.get()
    fields = ("kind", "state", "error_code", "error_detail", "result", "progress", "requested_by")
    return {
        "keys": list(Run.objects.order_by("pk").values_list("pk", flat=True)),
        "jobs": list(Job.objects.order_by("pk").values_list(*fields)),
        "times": all(job.started == NOW and job.finished in (NOW, None) for job in Job.objects.all()),
        "heartbeats": [job.heartbeat == NOW for job in Job.objects.order_by("pk")],
        "tasks": list(DetailTask.objects.order_by("marker").values_list("error_code", "error_detail")),
        "cursor": [state.page_id, state.page_seen, state.lines_read],
        "error": [state.error_code, state.error_detail, state.error_since == NOW, state.has_token_error],
        "new_key": Job.objects.create(kind="sync").pk,
        "may": [user.has_perm("ingest.view_run"), user.has_perm("ingest.add_run")],
        "permissions": Permission.objects.filter(codename__endswith="_run").count(),
    }


def migrate(*steps: tuple[str, str]) -> None:
    for app, name in steps:
        call_command("migrate", app, name, verbosity=0)


first, last = ([tuple(step.split(".")) for step in steps.split(",")] for steps in sys.argv[1:])
migrate(*first, *PREVIOUS)
call_command("migrate", "auth", verbosity=0)
fill()
migrate(*last)
call_command("migrate", verbosity=0)
call_command("migrate", check_unapplied=True, verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
sys.stdout.write(json.dumps(read()) + "\n")
