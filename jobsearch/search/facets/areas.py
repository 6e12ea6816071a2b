"""Area names: what an index holds of where an ad is, and what a search near a place looks for."""

from __future__ import annotations

from jobsearch.taxonomy import geography, places


def list_areas(path: str, postal_code: str) -> tuple[str, ...]:
    """The area names of a location, by which the distance filter matches it.

    These are its postal code, and the code with the path in case the code has no point; without a code the municipality and the
    county. A place abroad has none: other countries have postal codes of four digits too.
    """
    if places.ABROAD in places.list_ancestors(path):
        return ()
    code = geography.parse_postal_code(postal_code)
    if not code:
        return places.list_ancestors(path)
    return (code, format_uncertain(code, path)) if path else (code,)


def format_uncertain(code: str, path: str) -> str:
    """The area name of a location whose postal code may have no point."""
    return f"{code} {path}"
