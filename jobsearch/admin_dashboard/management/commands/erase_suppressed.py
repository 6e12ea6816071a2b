"""`manage.py erase_suppressed`: applies the suppression list to every stored ad, as after a restored backup."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingest import detail_queue
from jobsearch.search import api as search
from jobsearch.vacancies import erasure
from jobsearch.vacancies.suppression import load_suppressor
from jobsearch.vacancies.suppression.loading import count_unusable


class Command(BaseCommand):
    """Erasure of everybody on the suppression list as a command."""

    help = "Removes people who have asked for it from every stored ad and from the index. Run it after restoring a backup."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if count_unusable():
            raise CommandError(
                "The list was made with another key. Set SUPPRESSION_KEY, see `manage.py check --database default`."
            )
        changed = erasure.erase_everywhere()
        detail_queue.erase_received(load_suppressor())
        try:
            search.index_changes()
            search.erase(at_once=True)
        except search.EngineDown as error:
            raise CommandError(f"{changed} ads changed in the database, but the search engine is down. {error}") from error
        self.stdout.write(f"{changed} ads changed")
