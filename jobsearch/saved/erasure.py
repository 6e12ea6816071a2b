"""Erasure of suppressed persons from stored searches, hidden employers and recent searches.

A sole trader's name is an employer's name, which a stored search has as a chosen value after its ads have lost it. `ERASED`
replaces it, so that the search still finds nothing, and its page shows why: without the value it would find the ads of all
employers. Words that the owner has typed stay.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import models, transaction

from jobsearch.search import api as search
from jobsearch.vacancies.suppression import Suppressor

from .bookmarks import hidden
from .models import NAME_LENGTH, RecentSearch, SavedSearch, StoredSearch, Subscription, SubscriptionRequest, compute_digest

ERASED = "(slettet)"
_PARAMETERS = ("employer", "not_employer")
_OWNERS: dict[type[StoredSearch], str] = {SavedSearch: "owner_id", Subscription: "subscriber_id", SubscriptionRequest: ""}
"""The column with which `digest` is unique; "" where it is not unique."""


def erase_names(suppressor: Suppressor) -> int:
    """Removes the names of suppressed persons among the employers of stored searches. Returns how many rows changed."""
    changed = hidden.erase_employers(suppressor)
    for model, owner in _OWNERS.items():
        changed += sum(_replace_params(model, pk, owner, suppressor) for pk in _find_named(model, suppressor))
    for pk in _find_named(RecentSearch, suppressor):
        RecentSearch.objects.filter(pk=pk).delete()
        changed += 1
    return changed


def _find_named(model: type[models.Model], suppressor: Suppressor) -> list[Any]:
    """The keys of rows with a suppressed person among their employers."""
    rows = model._default_manager.filter(params__contains="employer=").values_list("pk", "params")
    return [pk for pk, params in rows.iterator() if _erase(params, suppressor) != params] if suppressor else []


def _erase(params: str, suppressor: Suppressor) -> str:
    """The parameters without suppressed persons among the employers; as they are where there are none."""
    pairs = parse_qsl(params, keep_blank_values=True)
    erased = [(name, ERASED if name in _PARAMETERS and suppressor.clean_line(value) != value else value) for name, value in pairs]
    return params if erased == pairs else search.SearchQuery.from_address(urlencode(erased))[0].urlencode(page=False)


def _replace_params(model: type[StoredSearch], pk: Any, owner: str, suppressor: Suppressor) -> bool:
    """Stores the parameters, and the name without the person; deletes the row where its owner has the same search already.

    False where the row was deleted since it was found.
    """
    with transaction.atomic():
        row = model._default_manager.select_for_update().filter(pk=pk).first()
        if row is None:
            return False
        row.params = _erase(row.params, suppressor)
        same = model._default_manager.filter(digest=compute_digest(row.params)).exclude(pk=pk)
        if owner and same.filter(**{owner: getattr(row, owner)}).exists():
            row.delete()
            return True
        if isinstance(row, SavedSearch):  # its name contains its values
            row.name = (" ".join(suppressor.clean_line(row.name).split()) or ERASED)[:NAME_LENGTH]
        row.save()
    return True
