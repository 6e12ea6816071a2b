"""Ads and employers that a user has hidden from their own results."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from jobsearch.core.batches import batched
from jobsearch.saved.models import HiddenItem
from jobsearch.search import api as search
from jobsearch.search.facets import employer_key
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.suppression import Suppressor

MAX_ADS, MAX_EMPLOYERS = 200, 100
"""All are a part of the condition of each search: with as many of both, a search of 1,500 ads takes tantivy 9 ms instead of 2."""

_LIMITS = {HiddenItem.Kind.AD: MAX_ADS, HiddenItem.Kind.EMPLOYER: MAX_EMPLOYERS}
_BATCH = 500
Item = tuple[str, str]
"""Kind and value of a hidden item."""


class TooManyHidden(Exception):
    """The account has no room for another hidden ad or employer."""


def hide_from_results(request: HttpRequest, query: search.SearchQuery) -> search.SearchQuery:
    """The search without what the request's user has hidden; the search itself without an account."""
    return query.without_hidden(get_hidden(request))


def get_hidden(request: HttpRequest) -> search.HiddenAds:
    """What the request's user has hidden. One query for a request, none without an account."""
    if not request.user.is_authenticated:
        return search.HiddenAds()
    if (known := getattr(request, "_hidden", None)) is None:
        known = read_hidden([request.user.pk])[request.user.pk]
        request._hidden = known  # type: ignore[attr-defined]
    return known


def read_hidden(owner_ids: list[int]) -> dict[int, search.HiddenAds]:
    """What each of these users has hidden: one query."""
    found: dict[int, dict[str, set[str]]] = {owner: {kind: set() for kind in HiddenItem.Kind} for owner in owner_ids}
    for owner, kind, value in HiddenItem.objects.filter(owner_id__in=owner_ids).values_list("owner_id", "kind", "value"):
        found[owner][kind].add(value)
    return {
        owner: search.HiddenAds(frozenset(map(UUID, values[HiddenItem.Kind.AD])), frozenset(values[HiddenItem.Kind.EMPLOYER]))
        for owner, values in found.items()
    }


def find_item(kind: str, uuid: UUID) -> Item | None:
    """The item that hides this ad, or its employer; None for an ad that is not stored, or that names no employer."""
    row = Vacancy.objects.filter(pk=uuid).only("employer_orgnr", "employer_name").first()
    if row is None or kind not in HiddenItem.Kind:
        return None
    if kind == HiddenItem.Kind.AD:
        return kind, str(uuid)
    key = employer_key(row.employer_orgnr, row.employer_name)
    return None if key == NOT_STATED else (kind, key)


def hide(owner_id: int, item: Item) -> None:
    """Hides an ad or an employer; does nothing where that is done already. Raises TooManyHidden."""
    kind, value = item
    own = HiddenItem.objects.filter(owner_id=owner_id, kind=kind)
    with transaction.atomic():
        if not own.filter(value=value).exists() and own.count() >= _LIMITS[HiddenItem.Kind(kind)]:
            if kind == HiddenItem.Kind.AD:
                _delete_ended(owner_id)
            if own.count() >= _LIMITS[HiddenItem.Kind(kind)]:
                raise TooManyHidden
        HiddenItem.objects.get_or_create(owner_id=owner_id, kind=kind, value=value)


def show(owner_id: int, item: Item) -> None:
    """Shows an ad or an employer in the results again."""
    HiddenItem.objects.filter(owner_id=owner_id, kind=item[0], value=item[1]).delete()


def erase_employers(suppressor: Suppressor) -> int:
    """Deletes hidden employers whose name is a suppressed person's: their ads have lost the name. Returns the number."""
    employers = HiddenItem.objects.filter(kind=HiddenItem.Kind.EMPLOYER).values_list("pk", "value").iterator()
    named = [pk for pk, value in employers if suppressor.clean_line(value) != value]
    for batch in batched(named, _BATCH):
        HiddenItem.objects.filter(pk__in=batch).delete()
    return len(named)


def _delete_ended(owner_id: int) -> None:
    """Makes room: hidden ads that have ended are in no result anyway."""
    own = HiddenItem.objects.filter(owner_id=owner_id, kind=HiddenItem.Kind.AD)
    uuids = [UUID(value) for value in own.values_list("value", flat=True)]
    active = {str(row.uuid) for row in Vacancy.objects.only("uuid", "status", "visible_until").list_active(uuids)}
    own.exclude(value__in=active).delete()
