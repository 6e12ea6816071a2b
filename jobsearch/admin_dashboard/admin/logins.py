"""Failed logins in Django admin. Deleting a row lifts its lock."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jobsearch.admin_dashboard.models import LoginAttempt

from .base import ReadOnlyAdmin, its, named


@admin.register(LoginAttempt)
@named(username=_("brukernavn"), ip_address=_("adresse"), failures_since_start=_("feil på rad"), attempt_time=_("sist"))
class LoginAttemptAdmin(ReadOnlyAdmin):
    list_display = [*its("username ip_address failures_since_start attempt_time")]
    fields = [*its("username ip_address failures_since_start attempt_time")]
    search_fields = ["username", "ip_address"]
    search_help_text = _("Brukernavn eller adresse")
    ordering = ["-attempt_time"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("axes.delete_accessattempt")
