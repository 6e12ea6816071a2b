from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "jobsearch.search"
    verbose_name = "Søk"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
