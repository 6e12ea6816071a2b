"""Configuration of the app `core`."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """App of the shared infrastructure. Loads the Celery app."""

    name = "jobsearch.core"

    def ready(self) -> None:
        # Here and not in the project's `__init__`, which the fake feed server imports too: it needs neither Celery nor Django.
        import jobsearch.celery  # noqa: F401 - the app that `shared_task` and `delay` use
