"""`manage.py rollback_index`: brings the previous index up to date and makes it the live one again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobsearch.search.errors import EngineDown, NoPrevious
from jobsearch.search.indexing import RebuildFailed, rollback


class Command(BaseCommand):
    """Rollback of the index as a command."""

    help = "Makes the previous index the live one again, with every ad that changed since. OpenSearch keeps it for a day."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = rollback()
        except (EngineDown, NoPrevious, RebuildFailed) as error:
            raise CommandError(str(error)) from error
        if report.busy:
            raise CommandError("A rebuild is under way. Wait for it, or for three minutes if its machine is down.")
        self.stdout.write(f"The previous index is live again; {report.indexed} ads were updated in {report.seconds:.1f} s")
