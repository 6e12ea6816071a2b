"""Splits the errors that earlier releases stored as one text, "code: detail", into a code and a detail."""

from __future__ import annotations

import re

_CODE = re.compile(r"[a-z0-9_-]{1,60}")
_EXCEPTION = re.compile(r"[A-Z][A-Za-z]+(Error|Exception|Exit|Interrupt)?")  # the class name of an unexpected exception


def split_error(stored: str) -> tuple[str, str]:
    """The code and the detail. A text without a code is all detail; an exception's class name becomes the code "bug"."""
    head, _colon, detail = (part.strip() for part in stored.partition(":"))
    if _CODE.fullmatch(head):
        return head, detail
    if detail and _EXCEPTION.fullmatch(head):
        return "bug", stored
    return "", stored
