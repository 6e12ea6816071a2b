"""Parser for Norwegian organisation numbers: nine digits, written in several ways."""

from __future__ import annotations

import re

_ORGNR = re.compile(r"(?:NO)?\s?([0-9]{3})[ .\u00a0]?([0-9]{3})[ .\u00a0]?([0-9]{3})(?:\s?MVA)?", re.IGNORECASE)


def parse_orgnr(value: str) -> str:
    """The nine digits of an organisation number ("NO 999 888 777 MVA" -> "999888777"), or "" if the text is not one.

    The check digit is not verified: the feed does not promise a valid number, and ads with the same mistyped number still are
    of the same employer.
    """
    found = _ORGNR.fullmatch(value.strip()) if len(value) < 40 else None
    return "".join(found.groups()) if found else ""
