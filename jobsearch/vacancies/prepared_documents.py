"""Prepared documents: the search's analysis of an ad, kept until the ad's version or the analysis changes.

Analysing an ad takes 2 ms, most of the time of a rebuild. What it finds depends on the version of the ad and on the
analysis alone, so a rebuild for another reason (a changed mapping, another engine, text to erase) reads it here. The document of
an ad of the feed is made before the ad is stored (`precomputed`), by what the search has registered here: this app does not
import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import transaction

from .models import PreparedDocument, Vacancy


class DocumentMaker(Protocol):
    """Maker of documents. It uses no database."""

    def get_analysis(self) -> str:
        """Which analysis it makes documents by."""

    def make_document(self, vacancy: Vacancy) -> bytes:
        """The document of an ad that has its prepared row, as it is kept."""

    def count_words(self) -> Any:
        """The state of the words that are known without an analysis, for `list_new_words`."""

    def list_new_words(self, counted: Any) -> Any:
        """The words that became known since then, for the process that this one was forked from."""

    def add_words(self, new: Any) -> None:
        """Adds the words of a forked process."""


_makers: list[DocumentMaker] = []


def register_maker(maker: DocumentMaker) -> None:
    """Registers the search's maker of documents. Call it in `AppConfig.ready`."""
    _makers[:] = [maker]


def get_maker() -> DocumentMaker | None:
    """The registered maker; None on a site without a search."""
    return _makers[0] if _makers else None


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
        write_documents(
            PreparedDocument(vacancy_id=uuid, version=version, analysis=analysis, content=documents[uuid].content)
            for uuid, version in versions.items()
            if version == documents[uuid].version
        )


def write_documents(rows: Iterable[PreparedDocument]) -> None:
    """Writes documents in place of the present ones. Needs a transaction that has locked their ads."""
    PreparedDocument.objects.bulk_create(
        list(rows), update_conflicts=True, unique_fields=["vacancy"], update_fields=["version", "analysis", "content"]
    )


def read_documents(versions: Mapping[UUID, int], analysis: str) -> dict[UUID, bytes]:
    """The documents that this analysis made of these versions."""
    rows = PreparedDocument.objects.filter(vacancy__in=list(versions), analysis=analysis)
    found = rows.values_list("vacancy_id", "version", "content")
    return {uuid: bytes(content) for uuid, version, content in found if versions[uuid] == version}


def delete_documents() -> None:
    """Deletes every prepared document, so that the next rebuild analyses every ad."""
    PreparedDocument.objects.all().delete()
