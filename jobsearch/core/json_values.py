"""Sanitising of JSON values from outside: what no database stores is removed before anything else reads the value."""

from __future__ import annotations

import re
from typing import Any

MAX_DEPTH = 40
"""Levels of nesting that are kept; an ad of the feed has six. Python, SQLite and PostgreSQL each fail somewhere above some
hundreds."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def sanitise_json(value: Any, *, surrogate: str = "", level: int = 0) -> Any:
    r"""The value without NUL and lone surrogates in texts and keys; lists and objects below `MAX_DEPTH` levels become None.

    PostgreSQL refuses NUL, and no database stores a lone surrogate (half a character, which JSON can write as `\ud83d`).
    `surrogate` is the text that replaces each lone surrogate.
    """
    if isinstance(value, str):
        return _SURROGATE.sub(surrogate, value.replace("\0", ""))
    if isinstance(value, dict | list) and level >= MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {
            sanitise_json(str(key), surrogate=surrogate): sanitise_json(item, surrogate=surrogate, level=level + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [sanitise_json(item, surrogate=surrogate, level=level + 1) for item in value]
    return value
