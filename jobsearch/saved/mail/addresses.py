"""Normalisation of e-mail addresses."""

from __future__ import annotations

from django.utils.encoding import punycode


def normalise_address(address: str) -> str:
    """The address in lower case, its domain in ASCII."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local}@{punycode(domain)}"
