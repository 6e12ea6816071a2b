"""Suppression list: persons who have asked not to be published, as keyed hashes of their names, phone numbers and addresses.

`identifiers` makes the hashes, `matcher` finds them in texts, `suppressor` removes them from an ad; `vacancies.erasure` does that
to all stored ads. Each ad is checked when it is written (`store`), so a later sync cannot bring a person back
(docs/decisions/0046-erasure-of-a-person.md).
"""

from .identifiers import Identifier, parse_identifiers
from .loading import load_suppressor
from .suppressor import Suppressor

__all__ = ["Identifier", "Suppressor", "load_suppressor", "parse_identifiers"]
