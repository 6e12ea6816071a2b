"""Django's template backend that measures rendering for the `Server-Timing` header."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template

from jobsearch.core.timings import timed


class TimedTemplate(Template):
    """A template whose rendering is a part of the request's timings."""

    def render(self, context: Any = None, request: HttpRequest | None = None) -> str:
        with timed("render"):
            return super().render(context, request)


class TimedDjangoTemplates(DjangoTemplates):
    """The backend of the settings."""

    def get_template(self, template_name: str) -> TimedTemplate:
        return TimedTemplate(super().get_template(template_name).template, self)
