"""Configuration of the app `search`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """App of the search. Registers its system check, and its maker of documents."""

    name = "jobsearch.search"
    verbose_name = _("Søk")

    def ready(self) -> None:
        from jobsearch.vacancies import prepared_documents

        from . import checks  # noqa: F401 - registers them
        from .document_maker import SearchDocumentMaker

        prepared_documents.register_maker(SearchDocumentMaker())
