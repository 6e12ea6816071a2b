"""Admin classes of the feed: its state, jobs, and the queue of details to fetch."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ingest import detail_queue, lease
from ingest.error_messages import describe_code, describe_error
from ingest.models import DetailTask, FeedState, Run
from jobsearch.admin_dashboard import report_texts
from jobsearch.admin_dashboard.facts.ad_facts import NAV_AD
from jobsearch.admin_dashboard.jobs.kinds import start_from
from jobsearch.admin_dashboard.jobs.views import describe_job
from jobsearch.core import jobs
from jobsearch.core.leases import find_holder
from jobsearch.vacancies.models import Vacancy

from .base import MAX_AT_ONCE, ReadOnlyAdmin, UuidSearchMixin, annotate_ad_titles, format_time, get_ad_title, log_by_uuid


@admin.register(FeedState)
class FeedStateAdmin(ReadOnlyAdmin):
    """State of following the feed: cursor, times and last error."""

    list_display = ["origin", "last_read", "last_line_time", "tip_time", "error"]
    # Without the token, which is a key, and without the fingerprints of lines.
    fields = [
        *("origin", "first_started", "page_id", "last_read", "last_line_time", "tip_time", "tip_checked"),
        *("pages_read", "lines_read", "error", "error_since", "token_error", "cursor_lost"),
        *("paused_until", "paused_by", "lease_owner", "lease_expires"),
    ]
    readonly_fields = ["error", "token_error", "lease_owner", "lease_expires"]

    @admin.display(description=_("problem"), ordering="error_code")
    def error(self, state: FeedState) -> str:
        return describe_error(state.error_code, state.error_detail) or "–"

    @admin.display(description=_("problem med token"))
    def token_error(self, state: FeedState) -> str:
        return self.error(state) if state.has_token_error else "–"

    @admin.display(description=_("leses av"))
    def lease_owner(self, state: FeedState) -> str:
        holder = find_holder(lease.NAME)
        return holder.owner if holder else "–"

    @admin.display(description=_("reservert til"))
    def lease_expires(self, state: FeedState) -> str:
        holder = find_holder(lease.NAME)
        return format_time(holder.expires) if holder else "–"


class KindFilter(admin.SimpleListFilter):
    """Filter by kind of job, with the registered kinds as choices."""

    title = _("slag")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in jobs.KINDS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(kind=self.value()) if self.value() in jobs.KINDS else queryset


class EffectFilter(admin.SimpleListFilter):
    """Filter that leaves out the schedule's runs in which nothing had changed, unless all are requested."""

    title = _("hva som skjedde")
    parameter_name = "effect"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("all", _("Alle kjøringer, også uten noe nytt"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("Bare dem der noe skjedde")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset if self.value() == "all" else queryset.filter(uneventful=False)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Jobs, with their progress, result and error."""

    list_display = ["what", "state", "started", "took", "summary", "requested_by"]
    list_filter = [EffectFilter, KindFilter, "state"]
    change_form_template = "admin/run_change.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None or not self.has_view_permission(request, job):
            return super().change_view(request, object_id, form_url, extra_context)
        context = {**self.admin_site.each_context(request), **describe_job(job, request), "title": jobs.get_label(job)}
        return TemplateResponse(request, self.change_form_template, context)

    @admin.display(description=_("kjøring"), ordering="kind")
    def what(self, run: Run) -> str:
        return jobs.get_label(run)

    @admin.display(description=_("varighet"))
    def took(self, run: Run) -> str:
        return report_texts.format_duration((run.finished - run.started).total_seconds()) if run.finished else "–"

    @admin.display(description=_("resultat"))
    def summary(self, run: Run) -> str:
        return report_texts.describe_outcome(run)


class ErrorFilter(admin.SimpleListFilter):
    """Filter by error code: those that occur now, the most frequent first."""

    title = _("grunn")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        failed = DetailTask.objects.exclude(error_code="").order_by().values_list("error_code").annotate(number=Count("uuid"))
        return [(code, f"{describe_code(code)}: {number}") for code, number in failed.order_by("-number", "error_code")[:20]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DetailTask]) -> QuerySet[DetailTask]:
        code = self.value()
        return queryset.filter(error_code=code) if code else queryset


@admin.register(DetailTask)
class DetailTaskAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """Queue of details to fetch, with an action that retries the selected rows."""

    list_title = _("Kø og karantene")
    empty_text = _("Ingenting venter, og ingenting er i karantene.")
    list_display = ["ad", "state", "error", "attempts", "next_try", "queued"]
    list_filter = ["state", ErrorFilter, "origin"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-queued"]
    actions = ["try_again", "discard"]
    fields = ["uuid", "state", "origin", "attempts", "next_try", "error", "error_field", "queued", "line_time", "marker"]
    readonly_fields = ["error"]
    change_form_template = "admin/detailtask_change.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        task = self.get_object(request, object_id)
        actions = {name: action[2] for name, action in self.get_actions(request).items() if action}
        if task and task.state != DetailTask.State.QUARANTINED:
            actions.pop("discard", None)
        context = {
            "task_actions": actions,
            "received": task.received if task else "",
            "nav_address": f"{NAV_AD}{task.uuid}" if task else "",
            "is_stored": bool(task and Vacancy.objects.filter(pk=task.uuid).exists()),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def get_queryset(self, request: HttpRequest) -> QuerySet[DetailTask]:
        return annotate_ad_titles(super().get_queryset(request))

    @admin.display(description=_("annonse"), ordering="uuid")
    def ad(self, task: DetailTask) -> str:
        """The title of an ad that is stored already. Of a new one nothing but its uuid is known."""
        return get_ad_title(task)

    @admin.display(description=_("grunn"), ordering="error_code")
    def error(self, task: DetailTask) -> str:
        return describe_error(task.error_code, task.error_detail) or "–"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ingest.change_detailtask")

    @admin.action(description=_("Prøv igjen nå"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[DetailTask]) -> None:
        """Resets the attempts of the selected rows and starts a sync, which fetches them at once."""
        uuids = list(queryset.values_list("uuid", flat=True))
        retried = detail_queue.release_quarantined(uuids) + detail_queue.retry_now(uuids)
        log_by_uuid(request, DetailTask, uuids, gettext("Bedt om nytt forsøk"))
        message = ngettext("%(n)s detalj blir hentet på nytt.", "%(n)s detaljer blir hentet på nytt.", retried)
        self.message_user(request, message % {"n": retried}, messages.SUCCESS)
        start_from(request, "sync")

    @admin.action(description=_("Forkast"), permissions=["retry"])
    def discard(self, request: HttpRequest, queryset: QuerySet[DetailTask]) -> HttpResponse | None:
        """Removes the selected quarantined rows from the queue, after a confirmation."""
        uuids = list(queryset.values_list("uuid", flat=True)[:MAX_AT_ONCE])
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Forkaste?"),
                "uuids": uuids,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/detailtask_discard.html", context)
        discarded = detail_queue.discard_quarantined(uuids)
        log_by_uuid(request, DetailTask, uuids, gettext("Forkastet fra karantenen"))
        message = ngettext("%(n)s annonse er forkastet.", "%(n)s annonser er forkastet.", discarded)
        self.message_user(request, message % {"n": discarded}, messages.SUCCESS)
        return None
