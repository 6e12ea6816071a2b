"""Command `demo`: runs the whole site on one machine, on a fake feed server that behaves like NAV's."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from jobsearch.admin_dashboard.jobs import full_sync
from jobsearch.admin_dashboard.management.terminal_progress import Bars
from jobsearch.core.leases import LeaseHeld
from jobsearch.demo import programs, users
from jobsearch.demo.supervisor import ProcessDied, Supervisor, find_free_port, is_port_free, stop_on_terminate, wait_for_free_port
from jobsearch.env import list_read_variables
from jobsearch.statistics import counting

HOST = "127.0.0.1"
PORT_SECONDS = 10.0  # time for the feed of a demo that was stopped a moment ago to end
FOLDER = settings.BASE_DIR / "var" / "demo"
ENVIRONMENT_READY = "JOBSEARCH_DEMO_PREPARED"
ACTIVE, LINES, DAYS = 10_000, 40_000, 180


class Command(BaseCommand):
    """Runs the whole site on a fake feed server, in child processes."""

    help = "Runs everything on this machine on a fake feed server: no other server, no network. Ctrl-C stops it."
    requires_system_checks = []  # `run` calls them: only then are the settings those of the demo

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the site's port; the next free one if it is taken")
        parser.add_argument("--active", type=int, help=f"active ads at the first start (default {ACTIVE})")
        parser.add_argument("--lines", type=int, help=f"lines of the feed at the first start (default {LINES})")
        parser.add_argument(
            "--data", type=Path, default=FOLDER, help="the folder of its data; each size of the feed needs its own"
        )
        parser.add_argument(
            "--reload", action="store_true", help="for development: Django's own web server, which reloads changed files"
        )

    def handle(self, *, port: int, active: int | None, lines: int | None, data: Path, reload: bool, **options: Any) -> None:
        self.folder = _resolve_folder(data)
        self.reload = reload
        if os.environ.get(ENVIRONMENT_READY) != "1":
            self.restart_with_demo_settings()
        size = self.read_or_set_size(active, lines)
        began = time.monotonic()
        stop_on_terminate()
        supervisor = Supervisor(self.folder / "logs")
        try:
            self.run(supervisor, port, began, size)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        except (ProcessDied, TimeoutError) as error:
            raise CommandError(str(error)) from None
        finally:
            supervisor.stop()
        self.stdout.write(self.last_words)

    @property
    def last_words(self) -> str:
        return f"Stopped. The data stay in {self.folder}; the next start continues from there."

    def restart_with_demo_settings(self) -> None:
        """Restarts this program with only the demo's settings in its environment."""
        for name in ("DATABASE_URL", "NAV_FEED_URL"):
            if os.environ.get(name):
                raise CommandError(
                    f"{name} is set, but the demo keeps to its own data under var/demo. "
                    f"Unset {name} (and take it out of .env), or run `manage.py start`, which uses it."
                )
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise CommandError(f"--data: {self.folder} cannot be made a folder ({error.strerror}).") from None
        port = _read_or_create(self.folder / "feed-port", lambda: str(find_free_port(8099)))
        # Of this environment the demo inherits no setting of the project.
        env = {name: value for name, value in os.environ.items() if name not in list_read_variables()}
        env |= {
            ENVIRONMENT_READY: "1",
            "JOBSEARCH_READ_DOTENV": "0",
            "NAV_FEED_URL": f"http://{HOST}:{port}",
            "DATABASE_URL": f"sqlite:///{quote(str(self.folder / 'db.sqlite3'))}",  # an absolute path: four slashes
            "SEARCH_URL": f"embedded://{quote(str(self.folder / 'index'))}",
            "CELERY_BROKER_URL": f"filesystem://{quote(str(self.folder / 'broker'))}",
            "SECRET_KEY": _read_or_create(self.folder / "secret_key", lambda: secrets.token_urlsafe(48)),
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "EMAIL_URL": f"filemail://{quote(str(self.folder / 'mail'))}",
            "DEFAULT_FROM_EMAIL": f"{settings.SITE_NAME} <varsel@utlyst.example>",
            "FEED_BACKFILL_DAYS": str(DAYS),
            "FEED_POLL_SECONDS": "5",  # NAV recommends 120; this feed is local, and changes should be visible soon
        }
        os.execve(sys.executable, [sys.executable, *sys.argv], env)  # noqa: S606 - restarts this program

    def read_or_set_size(self, active: int | None, lines: int | None) -> list[str]:
        """The feed's size as arguments of the fake feed server. Raises `CommandError` if the folder's feed has another size.

        A feed of another size is another feed: the site would keep the ads of both.
        """
        file = self.folder / "size"
        if not file.exists():
            active, lines = ACTIVE if active is None else active, LINES if lines is None else lines
            if not 1 <= active <= lines:
                raise CommandError("--active must be 1 or more, and --lines at least as many.")
        first_active, _, first_lines = _read_or_create(file, lambda: f"{active} {lines}").partition(" ")
        if (active is not None and str(active) != first_active) or (lines is not None and str(lines) != first_lines):
            raise CommandError(
                f"The feed in {self.folder} was made with --active {first_active} --lines {first_lines}. "
                "Leave these options out to go on with it, or give another folder with --data, or delete that folder."
            )
        return ["--active", first_active, "--lines", first_lines]

    def run(self, supervisor: Supervisor, port: int, began: float, size: list[str]) -> None:
        self.start_feed(supervisor, size)
        call_command("migrate", verbosity=0, interactive=False)
        full_sync.open_index()
        passwords = users.ensure_users(self.folder / "logins.json")
        port = find_free_port(port, HOST)
        os.environ["SITE_URL"] = f"http://{HOST}:{port}"  # the links in mails
        start_web = programs.start_development_web if self.reload else programs.start_web
        start_web(supervisor, HOST, port)
        programs.start_background(supervisor)
        self.check()  # while the web server starts
        supervisor.wait_for("web", HOST, port, seconds=60)
        site = programs.site_url(HOST, port)
        lines = {
            f"{settings.SITE_NAME} is at": site,
            "The admin is at": f"{site}admin/",
            "Administrator": f"{users.ADMINISTRATOR} / {passwords[users.ADMINISTRATOR]}",
            "Operator": f"{users.OPERATOR} / {passwords[users.OPERATOR]}",
            "Recruiter": f"{users.RECRUITER} / {passwords[users.RECRUITER]}",
            "Login by code": f"{users.get_address(users.RECRUITER)}, or any other address",
            "Mails it would send": f"{site}demo/mail/ (also the codes)",
            "The feed it follows": f"{settings.NAV_FEED_URL} (a fake feed server on this machine)",
        }
        text = "".join(f"  {what:<23}{where}\n" for what, where in lines.items())
        self.stdout.write(f"\n{text}  Answered after {time.monotonic() - began:.1f} s. Ctrl-C stops everything.\n")
        try:
            with Bars(self.stderr) as bars:
                report = full_sync.follow_to_head(on_progress=supervisor.check_after(bars), wait=full_sync.LEASE_WAIT)
        except LeaseHeld:
            self.stdout.write("The worker reads the feed. The site runs.")
        else:
            self.stdout.write(
                f"At the head of the feed after {time.monotonic() - began:.0f} s: {report.new} new, {report.updated} updated, "
                f"{report.closed} closed. The feed continues, and the site follows it."
            )
        self.count_market()
        supervisor.hand_over(self.last_words)

    def count_market(self) -> None:
        """Counts the first load at once, so that /marked/ has something to show: the task does it every quarter of an hour."""
        with contextlib.suppress(counting.CountedElsewhere):
            counting.count_market(timezone.now() + counting.SETTLED)

    def start_feed(self, supervisor: Supervisor, size: list[str]) -> None:
        port = int(settings.NAV_FEED_URL.rpartition(":")[2])
        if not is_port_free(port, HOST):
            self.stdout.write(f"Waiting for port {port}: the feed of a demo that has just been stopped may still end …")
        if not wait_for_free_port(port, HOST, PORT_SECONDS):
            raise CommandError(
                f"Port {port}, which the feed of {self.folder} had at its first start, is taken. "
                "Stop what listens there (another demo?), or delete that folder to start from the beginning."
            )
        command = [sys.executable, "-m", "jobsearch.demo.feed_server", "--host", HOST, "--port", str(port)]
        command += ["--data", str(self.folder / "feed.sqlite3"), "--days", str(DAYS), *size]
        supervisor.start("feed", command, programs.ONE_HEAP)
        supervisor.wait_for("feed", HOST, port, seconds=60)


def _resolve_folder(data: Path) -> Path:
    """The resolved data folder. Raises `CommandError` if a setting cannot hold its name (control characters, invalid UTF-8)."""
    try:
        folder = data.resolve()
    except OSError as error:
        raise CommandError(f"--data: no folder can have this name ({error.strerror}).") from None
    if not str(folder).isprintable():
        raise CommandError(f"--data: {str(folder)!r} holds a sign that cannot be shown. Choose another folder.")
    return folder


def _read_or_create(path: Path, make: Any) -> str:
    """Reads a small private file; creates it with the result of `make` if it does not exist."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
    return path.read_text().strip()
