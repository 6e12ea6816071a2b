"""Board of a user's bookmarks: the ads by state. Of an ended ad it shows only what may be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, prefetch_related_objects
from django.utils import timezone

from jobsearch.saved.bookmark_states import State
from jobsearch.saved.models import Bookmark
from jobsearch.vacancies import visibility
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared

SHOWN = 20  # bookmarks of a state on the board; all of them are on the state's own page
PAGE_SIZE = 50


@dataclass
class Entry:
    """A bookmark on the board. `vacancy`: the active ad. `ended`: the ad's row after it has ended; None also where it is gone."""

    bookmark: Bookmark
    vacancy: Vacancy | None = None
    ended: Vacancy | None = None


@dataclass
class Column:
    """The bookmarks of one state: the latest of them, and the number of all."""

    state: State
    entries: list[Entry]
    total: int


def build_board(owner_id: int) -> list[Column]:
    """Every state with its latest bookmarks: eight queries at most, however many bookmarks there are."""
    own = Bookmark.objects.filter(owner_id=owner_id)
    totals = dict(own.order_by().values_list("state").annotate(n=Count("pk")))
    shown = {state: list(_order(own, state)[:SHOWN]) if totals.get(state) else [] for state in State}
    entries = {entry.bookmark.pk: entry for entry in build_entries([one for rows in shown.values() for one in rows])}
    return [Column(state, [entries[bookmark.pk] for bookmark in shown[state]], totals.get(state, 0)) for state in State]


def build_page(owner_id: int, state: State, number: int) -> tuple[Page[Bookmark], list[Entry]]:
    """One page of all bookmarks of a state; the last one for a number past it."""
    paginator = Paginator(_order(Bookmark.objects.filter(owner_id=owner_id), state), PAGE_SIZE)
    page = paginator.get_page(number)
    return page, build_entries(list(page))


def build_entries(bookmarks: Sequence[Bookmark]) -> list[Entry]:
    """The bookmarks with their ads, in order: two queries at most. Nothing is shown of an ad that an administrator hides."""
    now = timezone.now()
    uuids = [bookmark.vacancy_uuid for bookmark in bookmarks]
    rows = {row.uuid: row for row in Vacancy.objects.for_lists().filter(pk__in=uuids)} if uuids else {}
    entries = []
    for bookmark in bookmarks:
        row = rows.get(bookmark.vacancy_uuid)
        if row is None or row.is_hidden:  # type: ignore[attr-defined]  # annotated
            entries.append(Entry(bookmark))
        elif visibility.is_active(row, now):
            entries.append(Entry(bookmark, vacancy=row))
        else:
            entries.append(Entry(bookmark, ended=row))
    complete_prepared([entry.vacancy for entry in entries if entry.vacancy])
    prefetch_related_objects([entry.ended for entry in entries if entry.ended], "locations")  # restores a title in capitals
    return entries


def _order(own: QuerySet[Bookmark], state: State) -> QuerySet[Bookmark]:
    return own.filter(state=state).order_by("-created", "-pk")
