"""Order of a user's saved searches: pinned ones first, each part in the order that the user gives it."""

from __future__ import annotations

from django.db import transaction

from jobsearch.saved.models import SavedSearch

STEPS = {"up": -1, "down": 1}


def move_search(owner_id: int, search_id: int, to: str) -> bool:
    """Moves a search one place ("up", "down") or to a place of the list, counted from 0 ("7"), within its part of the list.

    Whether there is such a search and such a place.
    """
    with transaction.atomic():
        rows = list(SavedSearch.objects.select_for_update().filter(owner_id=owner_id).only("pk", "pinned", "position", "name"))
        moved = next((row for row in rows if row.pk == search_id), None)
        if moved is None:
            return False
        first = next(place for place, row in enumerate(rows) if row.pinned == moved.pinned)
        last = first + sum(row.pinned == moved.pinned for row in rows) - 1
        if to in STEPS:
            place = rows.index(moved) + STEPS[to]
        elif to.isascii() and to.isdigit() and len(to) <= 4:
            place = int(to)
        else:
            return False
        rows.remove(moved)
        rows.insert(min(max(place, first), last), moved)
        changed = []
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                changed.append(row)
        SavedSearch.objects.bulk_update(changed, ["position"], batch_size=100)
    return True


def pin_search(saved: SavedSearch, *, pinned: bool) -> None:
    """Puts a search in the pinned part, at its end, or back among the others."""
    SavedSearch.objects.filter(pk=saved.pk).update(pinned=pinned)
