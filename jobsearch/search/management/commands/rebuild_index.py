"""`manage.py rebuild_index`: builds a new index from the database and makes it the live one when it is complete."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from jobsearch.search.errors import EngineDown
from jobsearch.search.indexing import RebuildFailed, rebuild
from jobsearch.vacancies.prepared_documents import delete_documents


class Command(BaseCommand):
    """Rebuild of the index as a command."""

    help = "Builds the search index from the database. Searches continue; the new index becomes the live one when it is complete."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--analyse", action="store_true", help="analyse every ad again, instead of using the documents kept in the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["analyse"]:
            delete_documents()
        with tqdm(unit=" ads", desc="Indexing", disable=options["verbosity"] == 0) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                report = rebuild(progress)
            except (EngineDown, RebuildFailed) as error:
                raise CommandError(str(error)) from error
        if report.busy:
            raise CommandError("Another rebuild is under way. Wait for it, or for three minutes if its machine is down.")
        self.stdout.write(f"{report.indexed} ads in {report.seconds:.1f} s")
