"""Recent searches of a user, as the list below the empty search field shows them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from django.utils import timezone

from jobsearch.saved.descriptions import summarise_query
from jobsearch.saved.models import PARAMS_LENGTH, RecentSearch
from jobsearch.search import api as search
from jobsearch.search.search_query import SIZES, read_addresses

MAX_SEARCHES = 10


def add_search(owner_id: int, address: str) -> None:
    """Adds one search. A filter that was added or removed changes the latest search instead of making a new one."""
    if not (params := _read_params(address)):
        return
    latest = RecentSearch.objects.filter(owner_id=owner_id).order_by("-used", "-pk").first()
    if latest and _is_variant(latest.params, params):
        latest.delete()
    add_searches(owner_id, [params])


def add_searches(owner_id: int, addresses: Sequence[str]) -> None:
    """Adds searches, the latest first; what is no search, or may not be run, is left out. Repeating it adds nothing."""
    own = RecentSearch.objects.filter(owner_id=owner_id)
    for params in reversed([read for address in addresses[:MAX_SEARCHES] if (read := _read_params(address))]):
        RecentSearch.objects.update_or_create(owner_id=owner_id, params=params, defaults={"used": timezone.now()})
    kept = own.order_by("-used", "-pk").values_list("pk", flat=True)[:MAX_SEARCHES]
    own.exclude(pk__in=list(kept)).delete()


def list_searches(owner_id: int) -> list[dict[str, str]]:
    """Text and parameters of each search, the latest first, as `recent.js` keeps them in a browser."""
    rows = list(RecentSearch.objects.filter(owner_id=owner_id).order_by("-used", "-pk")[:MAX_SEARCHES])
    parsed = read_addresses([row.params for row in rows])
    texts = [summarise_query(query) for query, _problems in parsed]
    return [{"text": text, "params": row.params} for row, text in zip(rows, texts, strict=True) if text]


def remove_search(owner_id: int, params: str) -> None:
    """Removes one search; "" removes all. PostgreSQL takes no text with NUL, which no stored search has."""
    if "\0" in params:
        return
    own = RecentSearch.objects.filter(owner_id=owner_id)
    (own.filter(params=params) if params else own).delete()


def _is_variant(one: str, other: str) -> bool:
    """Whether the two have the same words, and the filters of one are among those of the other."""
    first, second = set(parse_qsl(one)), set(parse_qsl(other))
    words = [sorted(value.lower() for name, value in pairs if name == "q") for pairs in (first, second)]
    smaller, larger = sorted(({pair for pair in pairs if pair[0] != "q"} for pairs in (first, second)), key=len)
    return words[0] == words[1] and smaller <= larger


def _read_params(address: str) -> str:
    """Canonical parameters of a search without page and order; "" for what cannot be read, or must not be kept."""
    if len(address) > PARAMS_LENGTH:
        return ""
    query, problems = search.SearchQuery.from_address(address)
    if any(problem.blocks for problem in problems):
        return ""
    query = query.replace(page=1, since=0, sort="relevance", size=SIZES[0], unreadable=query.unreadable)
    params = query.urlencode()
    return params if len(params) <= PARAMS_LENGTH else ""
