"""Admin class of alert mails. It shows neither an address nor a search: what people search for is theirs."""

from __future__ import annotations

from django.contrib import admin

from jobsearch.saved.models import AlertMail

from .base import ReadOnlyAdmin


@admin.register(AlertMail)
class AlertMailAdmin(ReadOnlyAdmin):
    """Alert mails. The list of those whose fate is unknown is what an administrator looks for."""

    list_display = ["id", "state", "created", "ads", "error"]
    fields = ["id", "state", "created", "ads", "error"]
    list_filter = ["state"]
    ordering = ["-created"]
