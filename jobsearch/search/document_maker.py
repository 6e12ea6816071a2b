"""Maker of the documents of ads that are not stored yet, registered for `vacancies`, which may not import the search.

Its child process has no connection, so it makes a document from the ad's prepared row alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

# Imported by the methods: every process registers the maker, and few analyse ads.


class SearchDocumentMaker:
    """`vacancies.prepared_documents.DocumentMaker` of the search: the same documents as those of an indexing run."""

    def get_analysis(self) -> str:
        """The fingerprint of the analysis."""
        from .schema import analysis_fingerprint

        return analysis_fingerprint()

    def make_document(self, vacancy: Vacancy) -> bytes:
        """The packed document."""
        from .indexing import documents

        return documents.pack_document(documents.make_document(vacancy))

    def count_words(self) -> list[int]:
        """The size of each cache of words."""
        from .analysis import pieces

        return pieces.count_entries()

    def list_new_words(self, counted: list[int]) -> list[dict[str, Any]]:
        """The entries that the caches got since they had these sizes."""
        from .analysis import pieces

        return pieces.list_new_entries(counted)

    def add_words(self, new: list[dict[str, Any]]) -> None:
        """Adds entries of a child process to the caches."""
        from .analysis import pieces

        pieces.add_entries(new)
