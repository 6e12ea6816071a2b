"""The feed's tables in Django admin: where we stand in it, what runs did, which details are still owed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ingest import detail_queue, error_messages, lease
from ingest.models import DetailTask, FeedState, Run
from jobsearch.admin_dashboard import error_counts, jobs, report_texts
from jobsearch.core import leases

from .base import ReadOnlyAdmin, UuidSearchMixin, filtered_by, log_by_uuid, named


@admin.register(FeedState)
@named(problem_since=_("problem siden"), pages_read=_("leste sider"), lines_read=_("leste linjer"))
@named(error_messages.told, problem=_("problem"), token_problem=_("problem med token"))
class FeedStateAdmin(ReadOnlyAdmin):
    list_display = ["origin", "last_read", "last_line_time", "tip_time", "its_problem"]
    # The token is left out: it is a key, if only the public one. The fingerprints of lines mean nothing to a person.
    fields = [
        *("origin", "first_started", "page_id", "last_read", "last_line_time", "tip_time", "tip_checked"),
        *("its_pages_read", "its_lines_read", "its_problem", "its_problem_since", "its_token_problem", "cursor_lost"),
        *("lease_owner", "lease_expires"),
    ]
    readonly_fields = ["lease_owner", "lease_expires"]

    @admin.display(description=_("leses av"))
    def lease_owner(self, state: FeedState) -> str:
        holder = leases.find_holder(lease.NAME)
        return holder.owner if holder else "–"

    @admin.display(description=_("retten utløper"))
    def lease_expires(self, state: FeedState) -> str:
        holder = leases.find_holder(lease.NAME)
        return display_for_value(holder.expires, "–") if holder else "–"


class KindFilter(admin.SimpleListFilter):
    title = _("slag")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(jobs.KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(kind=self.value()) if self.value() in jobs.KINDS else queryset


@admin.register(Run)
@named(state=_("tilstand"), started=_("startet"), finished=_("ferdig"), requested_by=_("bedt om av"))
@named(error_messages.told, error=_("feil"))
class RunAdmin(ReadOnlyAdmin):
    list_display = ["what", "its_state", "its_started", "took", "summary", "its_requested_by"]
    list_filter = [KindFilter, filtered_by("state", _("tilstand"))]
    fields = ["what", "its_state", "its_started", "its_finished", "took", "its_requested_by", "its_error", "full_report"]
    readonly_fields = ["what", "took", "full_report"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # A run's own name is written for logs: in UTC, and with kinds that only the feed knows.
        return super().change_view(request, object_id, form_url, {"subtitle": None, **(extra_context or {})})

    @admin.display(description=_("kjøring"), ordering="kind")
    def what(self, run: Run) -> str:
        return jobs.name_of(run)

    @admin.display(description=_("varighet"))
    def took(self, run: Run) -> str:
        return report_texts.duration((run.finished - run.started).total_seconds()) if run.finished else "–"

    @admin.display(description=_("resultat"))
    def summary(self, run: Run) -> str:
        return report_texts.outcome(run)

    @admin.display(description=_("rapport"))
    def full_report(self, run: Run) -> SafeString | str:
        rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', report_texts.rows(run.report))
        return format_html('<table class="report"><tbody>{}</tbody></table>', rows) if rows else "–"


class ReasonFilter(admin.SimpleListFilter):
    """The reasons that occur now, the most frequent first; a reason begins with its short name before the colon."""

    title = _("grunn")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(reason, f"{error_messages.named(reason)}: {number}") for reason, number in error_counts.reasons()[:20]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DetailTask]) -> QuerySet[DetailTask]:
        chosen = self.value()
        return queryset.filter(reason__startswith=chosen) if chosen else queryset


@admin.register(DetailTask)
@named(state=_("tilstand"), origin=_("hvorfor i køen"), line_time=_("linjens tid"), marker=_("merke"))
@named(error_messages.told, reason=_("grunn"))
class DetailTaskAdmin(UuidSearchMixin, ReadOnlyAdmin):
    list_display = ["uuid", "its_state", "its_origin", "attempts", "next_try", "its_reason", "queued"]
    list_filter = [filtered_by("state", _("tilstand")), ReasonFilter, filtered_by("origin", _("hvorfor i køen"))]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-queued"]
    actions = ["try_again"]
    fields = ["uuid", "its_state", "its_origin", "attempts", "next_try", "its_reason", "queued", "its_line_time", "its_marker"]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ingest.change_detailtask")

    @admin.action(description=_("Prøv igjen nå"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[DetailTask]) -> None:
        """Chosen rows start over with a clean count of attempts; a sync, asked for at once, fetches them."""
        uuids = list(queryset.values_list("uuid", flat=True))
        chosen = detail_queue.release_quarantined(uuids) + detail_queue.retry_now(uuids=uuids)
        log_by_uuid(request, DetailTask, uuids, gettext("Bedt om nytt forsøk"))
        self.message_user(
            request,
            ngettext("%(n)s detalj blir hentet på nytt.", "%(n)s detaljer blir hentet på nytt.", chosen) % {"n": chosen},
            messages.SUCCESS,
        )
        jobs.start_from(request, jobs.WORKS["sync"])
