"""Django's LOGGING."""

from __future__ import annotations

from typing import Any


def build_logging(log_format: str) -> dict[str, Any]:
    """The configuration of all logs. `log_format`: "line" or "json"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": "jobsearch.core.logging.JsonFormatter"},
        },
        "filters": {
            "exception_place": {"()": "jobsearch.core.logging.ExceptionPlaceFilter"},
            "refused_request": {"()": "jobsearch.core.logging.RefusedRequestFilter"},
            "run": {"()": "jobsearch.core.logging.RunFilter"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["run"]},
            "refused": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["refused_request", "run"]},
            "mail": {"class": "jobsearch.core.logging.AdminMailHandler", "formatter": "line", "level": "ERROR"},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "jobsearch": {"level": "INFO"},
            "ingest": {"level": "INFO"},
            "axes": {"level": "ERROR"},  # one line per wrong password would let any visitor fill the log
            # Searches are private: Django's own handlers would mail a request with its parameters.
            "django": {"level": "WARNING", "handlers": ["console", "mail"], "propagate": False},
            # A hostile request is no error of the site: any visitor could send administrators a mail a minute.
            "django.security": {"level": "ERROR", "handlers": ["refused"], "propagate": False},
            "django.request": {"level": "ERROR", "filters": ["exception_place"]},
        },
    }
