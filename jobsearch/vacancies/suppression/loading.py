"""The suppression list as it is in the database now."""

from __future__ import annotations

from jobsearch.vacancies.models import SuppressedIdentifier

from .identifiers import get_key_id, list_keys
from .matcher import Matcher
from .suppressor import Suppressor


def load_suppressor() -> Suppressor:
    """Reads the list, in one query of a few rows."""
    hashes: dict[str, list[str]] = {}
    used: set[str] = set()
    for kind, digest, key_id in SuppressedIdentifier.objects.values_list("kind", "digest", "key_id"):
        hashes.setdefault(kind, []).append(digest)
        used.add(key_id)
    return Suppressor(Matcher(hashes, [key for key in list_keys() if get_key_id(key) in used]))


def count_unusable() -> int:
    """Identifiers whose key is not configured any more, so that they match nothing."""
    known = {get_key_id(key) for key in list_keys()}
    return SuppressedIdentifier.objects.exclude(key_id__in=known).count()
