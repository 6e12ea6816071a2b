"""Admin classes of the vacancies: the stored ads, and the decision to hide one.

Contacts and texts are shown only while an ad is active.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ingest import replay
from jobsearch.admin_dashboard.jobs import start_from
from jobsearch.vacancies import html, store
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy
from jobsearch.vacancies.visibility import active_condition, is_active

from .base import ReadOnlyAdmin, UuidSearchMixin, log_by_uuid

MOST_AT_ONCE = 500


class NowFilter(admin.SimpleListFilter):
    """Filter by visibility on the site: active in the feed, not expired, and not hidden."""

    title = _("vises nå")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("active", _("Aktiv")), ("hidden", _("Skjult av oss")), ("closed", _("Ikke aktiv"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Vacancy]) -> QuerySet[Vacancy]:
        if self.value() == "active":
            return queryset.filter(pk__in=Vacancy.objects.active().values("pk"))
        if self.value() == "hidden":
            return queryset.filter(pk__in=Moderation.objects.filter(hidden=True).values("uuid"))
        if self.value() == "closed":
            return queryset.exclude(active_condition())
        return queryset


class NoteForm(forms.Form):
    """Form for the reason why an ad is hidden or shown again."""

    note = forms.CharField(
        label=_("Begrunnelse"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For kolleger. Skriv ikke navn, telefonnummer eller e-postadresser."),
    )


@admin.register(Vacancy)
class VacancyAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """Stored ads, with actions that hide them, show them again or fetch their details."""

    list_display = ["headline", "employer_name", "shown", "published", "expires", "closed_reason", "changed"]
    list_filter = [NowFilter, "closed_reason"]
    search_fields = ["uuid", "title"]
    word_search_fields = ("title",)
    search_help_text = _("Annonsens uuid, eller ord i tittelen")
    ordering = ["-changed"]
    actions = ["hide", "show", "fetch_again"]
    change_form_template = "admin/vacancy_change.html"

    ALWAYS = (
        *("uuid", "title", "job_title", "employer_name", "employer_orgnr"),
        *("source", "language", "sector", "extent", "engagement"),
        *("shown", "places", "jobs"),
        *("published", "expires", "visible_until", "updated", "line_time"),
    )
    HOUSEKEEPING = ("first_seen", "changed", "checked", "closed_at", "closed_reason", "version", "indexed_version")
    WHILE_ACTIVE = ("people", "text", *("application_due_text", "application_due", "application_url", "source_url"))
    readonly_fields = ["shown", "places", "jobs", "people", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vacancy]:
        hidden = Moderation.objects.filter(uuid=OuterRef("uuid"), hidden=True)
        rows: QuerySet[Vacancy] = (
            super().get_queryset(request).annotate(is_hidden=Exists(hidden))
        )  # one query for the list, not one for each row
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_changelist"):
            return rows.defer("description", "employer_description", "raw")  # kilobytes of each row that no list shows
        return rows

    def get_fieldsets(self, request: HttpRequest, obj: Vacancy | None = None) -> Any:
        """Leaves out what an inactive ad may not show, even for a row whose texts are not yet deleted."""
        sets: list[tuple[Any, dict[str, Any]]] = [(None, {"fields": self.ALWAYS})]
        if obj and is_active(obj, hidden=_is_hidden(obj)):
            sets.append((_("Bare så lenge annonsen er aktiv"), {"fields": self.WHILE_ACTIVE}))
        sets.append((_("Vedlikehold"), {"fields": self.HOUSEKEEPING}))
        return sets

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        actions = {name: action[2] for name, action in self.get_actions(request).items() if action}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "ad_actions": actions})

    @admin.display(description=_("tittel"), ordering="title")
    def headline(self, vacancy: Vacancy) -> str:
        return vacancy.title or gettext("(uten tittel)")

    @admin.display(description=_("vises"))
    def shown(self, vacancy: Vacancy) -> str:
        if _is_hidden(vacancy):
            return gettext("○ Skjult")
        return gettext("● Aktiv") if is_active(vacancy) else gettext("○ Ikke aktiv")

    @admin.display(description=_("arbeidssteder"))
    def places(self, vacancy: Vacancy) -> str:
        return ", ".join(place.path or "–" for place in vacancy.locations.all()) or "–"

    @admin.display(description=_("yrker"))
    def jobs(self, vacancy: Vacancy) -> str:
        return ", ".join(job.path for job in vacancy.occupations.all()) or "–"

    @admin.display(description=_("kontaktpersoner"))
    def people(self, vacancy: Vacancy) -> SafeString | str:
        told = [
            (", ".join(part for part in (person.name, person.title, person.role, person.phone, person.email) if part),)
            for person in vacancy.contacts.all()
        ]
        return format_html_join("", "<div>{}</div>", told) or "–"

    @admin.display(description=_("tekst"))
    def text(self, vacancy: Vacancy) -> SafeString:
        return format_html('<div class="ad-text">{}</div>', html.extract_text(vacancy.description))

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("vacancies.change_moderation")

    def has_fetch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ingest.change_detailtask")

    @admin.action(description=_("Skjul annonsen"), permissions=["moderate"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Vacancy]) -> HttpResponse | None:
        return self._moderate(request, queryset, hidden=True)

    @admin.action(description=_("Vis annonsen igjen"), permissions=["moderate"])
    def show(self, request: HttpRequest, queryset: QuerySet[Vacancy]) -> HttpResponse | None:
        return self._moderate(request, queryset, hidden=False)

    @admin.action(description=_("Hent på nytt fra strømmen"), permissions=["fetch"])
    def fetch_again(self, request: HttpRequest, queryset: QuerySet[Vacancy]) -> None:
        uuids = _chosen(queryset)
        asked = replay.enqueue_checks(uuids)
        log_by_uuid(request, Vacancy, uuids, gettext("Bedt om å hente på nytt"))
        told = ngettext("%(n)s annonse hentes på nytt.", "%(n)s annonser hentes på nytt.", asked) % {"n": asked}
        messages.success(request, told)
        start_from(request, "sync")

    def _moderate(self, request: HttpRequest, queryset: QuerySet[Vacancy], *, hidden: bool) -> HttpResponse | None:
        """Shows a confirmation page with a field for a note, then hides or shows the ads.

        The store writes the decision, so that the index follows.
        """
        uuids = _chosen(queryset)
        form = NoteForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Skjule?") if hidden else gettext("Vise igjen?"),
                "hidden": hidden,
                "action": "hide" if hidden else "show",
                "rows": queryset.only("uuid", "title", "employer_name")[:MOST_AT_ONCE],
                "form": form,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/vacancy_moderate.html", context)
        for uuid in uuids:
            store.set_hidden(uuid, hidden, form.cleaned_data["note"])
        log_by_uuid(request, Vacancy, uuids, gettext("Skjult") if hidden else gettext("Vist igjen"))
        told = (
            ngettext("%(n)s annonse er skjult.", "%(n)s annonser er skjult.", len(uuids))
            if hidden
            else ngettext("%(n)s annonse vises igjen.", "%(n)s annonser vises igjen.", len(uuids))
        )
        messages.success(request, told % {"n": len(uuids)})
        return None


@admin.register(Moderation)
class ModerationAdmin(UuidSearchMixin, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Decisions to hide an ad. The only list of ads in which rows are added and edited."""

    list_display = ["uuid", "hidden", "note", "changed"]
    list_filter = ["hidden"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-changed"]
    fields = ["uuid", "hidden", "note"]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Moderation | None = None) -> tuple[str, ...]:
        return ("uuid",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Moderation | None = None) -> bool:
        return False  # the index would not be updated: use the action that shows the ad again

    def save_model(self, request: HttpRequest, obj: Moderation, form: forms.ModelForm[Moderation], change: bool) -> None:
        store.set_hidden(obj.uuid, obj.hidden, obj.note)


@admin.register(Tombstone)
class TombstoneAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """What remains of ads after their retention: uuid and last day."""

    list_display = ["uuid", "closed_on"]
    fields = ["uuid", "closed_on"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["uuid"]


def _chosen(queryset: QuerySet[Vacancy]) -> list[UUID]:
    return list(queryset.order_by().values_list("uuid", flat=True)[:MOST_AT_ONCE])


def _is_hidden(vacancy: Vacancy) -> bool:
    return bool(getattr(vacancy, "is_hidden", True))  # annotated by `get_queryset`; without it, nothing is shown
