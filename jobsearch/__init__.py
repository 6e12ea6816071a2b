"""The Django project: the record of vacancies, the search over it, and the site people use."""

from .celery import app as celery_app

__all__ = ["celery_app"]
