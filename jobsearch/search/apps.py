from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "jobsearch.search"
    verbose_name = "Søk"
