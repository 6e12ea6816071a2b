"""`manage.py erase_suppressed`: applies the suppression list to every stored ad, as after a restored backup.

A backup has the list as it was then. `--save` writes the list (hashes only) to a file that is kept apart from the backups, and
`--load` adds its entries again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from jobsearch.admin_dashboard.jobs.maintenance_jobs import erase_from_database
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.deletion_models import Erasure, SuppressedIdentifier
from jobsearch.vacancies.suppression.loading import count_unusable

_FIELDS = ("kind", "digest", "key_id")


class Command(BaseCommand):
    """Erasure of everybody on the suppression list as a command."""

    help = "Removes people who have asked for it from every stored ad and from the index. Run it after restoring a backup."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--save", metavar="FILE", type=Path, help="only write the list to a file: hashes, no names")
        group.add_argument("--load", metavar="FILE", type=Path, help="first add the entries of such a file")

    def handle(self, *args: Any, save: Path | None = None, load: Path | None = None, **options: Any) -> None:
        if save:
            rows = list(SuppressedIdentifier.objects.values(*_FIELDS))
            save.write_text(json.dumps(rows, indent=0))
            self.stdout.write(f"{len(rows)} entries written to {save}")
            return
        if load:
            self.stdout.write(f"{_load(load)} entries added")
        if count_unusable():
            raise CommandError("The list was made with another key. See `manage.py check --database default`.")
        changed = erase_from_database()
        try:
            indexing.index_changes()
            indexing.erase(at_once=True)
        except search.EngineDown as error:
            raise CommandError(f"{changed} ads changed in the database, but the search engine is down. {error}") from error
        self.stdout.write(f"{changed} ads changed")


def _load(path: Path) -> int:
    """Adds the entries of a file that the list lacks; returns how many."""
    try:
        rows = [{name: str(row[name]) for name in _FIELDS} for row in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CommandError(f"{path} cannot be read as a list that --save wrote ({type(error).__name__}).") from None
    if any(row["kind"] not in SuppressedIdentifier.Kind or len(row["digest"]) != 64 for row in rows):
        raise CommandError(f"{path} has entries that are no hashes.")
    known = set(SuppressedIdentifier.objects.values_list("kind", "digest"))
    missing = [row for row in rows if (row["kind"], row["digest"]) not in known]
    if missing:
        with transaction.atomic():
            request = Erasure.objects.create(reference="erase_suppressed --load")
            SuppressedIdentifier.objects.bulk_create(SuppressedIdentifier(erasure=request, **row) for row in missing)
    return len(missing)
