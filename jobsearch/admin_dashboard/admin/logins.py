"""Admin class of failed logins. Deleting a row lifts its lock."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jobsearch.admin_dashboard.models import LoginAttempt

from .base import ReadOnlyAdmin, format_time


@admin.register(LoginAttempt)
class LoginAttemptAdmin(ReadOnlyAdmin):
    """Failed logins. The columns are methods, because the labels of the library's fields are in English."""

    empty_text = _("Ingen innlogging har mislyktes i det siste.")
    delete_explanation = _("Sperringen oppheves, og kontoen kan prøve å logge inn igjen:")
    list_display = ["name", "address", "failures", "last"]
    fields = ["name", "address", "failures", "last"]
    readonly_fields = ["name", "address", "failures", "last"]
    search_fields = ["username", "ip_address"]
    search_help_text = _("Brukernavn eller adresse")
    ordering = ["-attempt_time"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("axes.delete_accessattempt")

    @admin.display(description=_("brukernavn"), ordering="username")
    def name(self, attempt: LoginAttempt) -> str:
        return attempt.username or "–"

    @admin.display(description=_("adresse"), ordering="ip_address")
    def address(self, attempt: LoginAttempt) -> str:
        return attempt.ip_address or "–"

    @admin.display(description=_("feil på rad"), ordering="failures_since_start")
    def failures(self, attempt: LoginAttempt) -> int:
        return int(attempt.failures_since_start)

    @admin.display(description=_("sist"), ordering="attempt_time")
    def last(self, attempt: LoginAttempt) -> str:
        return format_time(attempt.attempt_time)
