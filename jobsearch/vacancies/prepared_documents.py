"""Prepared documents: the search's analysis of an ad, kept until the ad's version or the analysis changes.

Analysing an ad takes 1 to 2 ms, most of the time of a rebuild. What it finds depends on the version of the ad and on the
analysis alone, so a rebuild for another reason (a changed mapping, another engine, text to erase) reads it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from .models import PreparedDocument, Vacancy


class Analysed(NamedTuple):
    """A document as bytes, and the version of the ad that it was made of."""

    version: int
    content: bytes


def save_documents(documents: Mapping[UUID, Analysed], analysis: str) -> None:
    """Stores documents, except those of ads that were closed or changed since they were read.

    Their rows are locked, so that no document of a closed ad is stored after the transaction that closed it.
    """
    if not documents:
        return
    with transaction.atomic():
        rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(documents))
        versions = dict(rows.filter(status=Vacancy.Status.ACTIVE).values_list("uuid", "version"))
        PreparedDocument.objects.bulk_create(
            [
                PreparedDocument(vacancy_id=uuid, version=version, analysis=analysis, content=documents[uuid].content)
                for uuid, version in versions.items()
                if version == documents[uuid].version
            ],
            update_conflicts=True,
            unique_fields=["vacancy"],
            update_fields=["version", "analysis", "content"],
        )


def read_documents(versions: Mapping[UUID, int], analysis: str) -> dict[UUID, bytes]:
    """The documents that this analysis made of these versions."""
    rows = PreparedDocument.objects.filter(vacancy__in=list(versions), analysis=analysis)
    found = rows.values_list("vacancy_id", "version", "content")
    return {uuid: bytes(content) for uuid, version, content in found if versions[uuid] == version}


def delete_documents() -> None:
    """Deletes every prepared document, so that the next rebuild analyses every ad."""
    PreparedDocument.objects.all().delete()
