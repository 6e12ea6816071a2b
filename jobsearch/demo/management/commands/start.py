"""Command `start`: runs the whole site on one machine, on NAV's feed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ingest.client.errors import FeedError
from ingest.models import FeedState
from jobsearch.admin_dashboard.jobs import error_messages, full_sync
from jobsearch.admin_dashboard.management.terminal_progress import Bars
from jobsearch.core.leases import LeaseHeld
from jobsearch.demo import programs
from jobsearch.demo.supervisor import ProcessDied, Supervisor, find_free_port, stop_on_terminate

VAR = settings.BASE_DIR / "var"


class Command(BaseCommand):
    """Runs the site with its worker and scheduler, in child processes."""

    help = "Migrates, serves the site with gunicorn, and follows the feed with Celery's worker and beat. Ctrl-C stops it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to bind to; put a proxy with TLS before it")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if find_free_port(port, host) != port:
            raise CommandError(f"Port {port} on {host} is taken. Stop what listens there, or choose another with --port.")
        stop_on_terminate()
        supervisor = Supervisor(VAR / "logs")
        try:
            call_command("migrate", verbosity=0, interactive=False)
            FeedState.get_for_feed(settings.NAV_FEED_URL)  # a database of another feed is refused before any process starts
            full_sync.open_index()
            programs.start_web(supervisor, host, port)
            programs.start_background(supervisor)
            supervisor.wait_for("web", host, port, seconds=60)
            self.stdout.write(f"{settings.SITE_NAME} is at {programs.site_url(host, port)}. Following {settings.NAV_FEED_URL}.")
            self.follow(supervisor)
            supervisor.hand_over("Stopped.")
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        except (ProcessDied, TimeoutError) as error:
            raise CommandError(str(error)) from None
        except Exception as error:
            if (known := error_messages.classify_exception(error)) is None:
                raise
            raise CommandError(known.sentence) from None
        finally:
            supervisor.stop()

    def follow(self, supervisor: Supervisor) -> None:
        """Runs the first sync here, with a progress bar; the worker runs the later ones."""
        try:
            with Bars(self.stderr) as bars:
                report = full_sync.follow_to_head(on_progress=supervisor.check_after(bars), wait=full_sync.LEASE_WAIT)
        except FeedError as error:
            again = f"The worker tries again every {settings.FEED_POLL_SECONDS} s."
            self.stderr.write(f"The feed does not answer: {error}. {again}")
        except LeaseHeld:
            self.stdout.write("The worker reads the feed.")
        else:
            self.stdout.write(f"At the head of the feed: {report.new} new, {report.updated} updated, {report.closed} closed.")
