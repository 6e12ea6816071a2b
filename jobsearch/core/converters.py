"""Path converters of URLs."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class RowKeyConverter(IntConverter):
    """Primary key of a row: at most 18 digits, which a 64-bit column holds. A longer number is no address (404).

    Django's `int` takes any number. A query by a foreign key then raises OverflowError (SQLite) or DataError (PostgreSQL).
    """

    regex = "[0-9]{1,18}"


register_converter(RowKeyConverter, "key")
