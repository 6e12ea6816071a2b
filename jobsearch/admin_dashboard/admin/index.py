"""Admin classes of the search: quarantined ads, and background threads that fail."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jobsearch.search import indexing
from jobsearch.search.models import SetAside, ThreadFailure

from .base import ReadOnlyAdmin, UuidSearchMixin, log_by_uuid


@admin.register(SetAside)
class SetAsideAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """Quarantined ads: those that could not be indexed, with an action that retries the selected ones."""

    empty_text = _("Alle annonser lar seg indeksere.")
    list_display = ["uuid", "reason", "detail", "since", "tries", "next_try"]
    list_filter = ["reason"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-since"]
    actions = ["try_again"]
    fields = ["uuid", "version", "reason", "detail", "since", "tries", "next_try"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("search.change_setaside")

    @admin.action(description=_("Prøv igjen nå"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> None:
        """Makes the next indexing run, within seconds, try the selected ads again."""
        uuids = list(queryset.values_list("uuid", flat=True))
        retried = indexing.retry(uuids)
        log_by_uuid(request, SetAside, uuids, gettext("Bedt om nytt forsøk"))
        message = ngettext("%(n)s annonse indekseres på nytt.", "%(n)s annonser indekseres på nytt.", retried) % {"n": retried}
        self.message_user(request, message, messages.SUCCESS)


@admin.register(ThreadFailure)
class ThreadFailureAdmin(ReadOnlyAdmin):
    """Background threads whose last round failed."""

    empty_text = _("Ingen tråd mislykkes.")
    list_display = ["name", "error", "since", "last"]
    fields = ["name", "error", "since", "last"]
    ordering = ["name"]
