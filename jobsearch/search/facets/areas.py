"""The names by which a place of an ad is found near somewhere: what an index holds of it, and what a search asks for."""

from __future__ import annotations

from jobsearch.taxonomy import geography, places


def names(path: str, postal_code: str) -> tuple[str, ...]:
    """The postal code, and the same with its path, for one that nobody can place; without a code municipality and county.

    Other countries have codes of four digits too, so there a place has no name.
    """
    if places.ABROAD in places.list_ancestors(path):
        return ()
    code = geography.parse_postal_code(postal_code)
    if not code:
        return places.list_ancestors(path)
    return (code, uncertain(code, path)) if path else (code,)


def uncertain(code: str, path: str) -> str:
    """The name of a place whose postal code may have no point of its own."""
    return f"{code} {path}"
