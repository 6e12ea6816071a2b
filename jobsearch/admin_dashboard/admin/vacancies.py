"""Admin classes of the vacancies: the stored ads, and the decision to hide one.

Contacts and texts are shown only while an ad is active.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ingest import replay
from jobsearch.admin_dashboard.facts.ad_facts import (
    NAV_AD,
    explain_index,
    explain_visibility,
    list_history,
    mask_contact,
    redact_description,
)
from jobsearch.admin_dashboard.jobs.kinds import start_from
from jobsearch.search.models import SetAside
from jobsearch.taxonomy.places import get_label
from jobsearch.vacancies import html, store
from jobsearch.vacancies.models import Location, Moderation, Tombstone, Vacancy
from jobsearch.vacancies.organisation_numbers import parse_orgnr
from jobsearch.vacancies.visibility import active_condition, is_active

from .base import MAX_AT_ONCE, ReadOnlyAdmin, UuidSearchMixin, annotate_ad_titles, as_uuid, get_ad_title, log_by_uuid

MAX_TERM = 100  # characters of a search
MAX_WORDS = 6


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


class IndexFilter(admin.SimpleListFilter):
    """Filter by whether the index has the ad's present version."""

    title = _("søkeindeksen")
    parameter_name = "index"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("behind", _("Venter på indeksering")), ("aside", _("Satt til side"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Vacancy]) -> QuerySet[Vacancy]:
        if self.value() == "behind":
            return queryset.filter(version__gt=F("indexed_version"))
        if self.value() == "aside":
            return queryset.filter(pk__in=SetAside.objects.values("uuid"))
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
class VacancyAdmin(ReadOnlyAdmin):
    """Stored ads, with actions that hide them, show them again or fetch their details."""

    list_title = _("Alle annonser")
    list_display = ["headline", "employer_and_place", "shown", "published_on", "last_day", "changed_at"]
    list_filter = [NowFilter, IndexFilter, "closed_reason"]
    search_fields = ["uuid", "title"]
    search_help_text = _("Uuid, organisasjonsnummer, eller ord i tittel, arbeidsgiver og sted")
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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.contacts_view))
        return [path("<uuid:pk>/kontakter/", view, name="vacancies_vacancy_contacts"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Vacancy], search_term: str
    ) -> tuple[QuerySet[Vacancy], bool]:
        """Finds ads by uuid, by organisation number, or by words, each of which is in the title, the employer or a place."""
        term = search_term.replace("\x00", "").strip()[:MAX_TERM]
        if uuid := as_uuid(term):
            return queryset.filter(pk=uuid), False
        if orgnr := parse_orgnr(term):
            return queryset.filter(employer_orgnr=orgnr), False
        for word in term.split()[:MAX_WORDS]:
            queryset = queryset.filter(_has_word(word))
        return queryset, False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vacancy]:
        # One query for the list, not one for each row.
        rows: QuerySet[Vacancy] = super().get_queryset(request).with_hidden()  # type: ignore[attr-defined]  # `ModelAdmin[Any]`
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_changelist"):
            # Without kilobytes of each row that no list shows.
            return rows.defer("description", "employer_description", "raw").prefetch_related("locations")
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
        vacancy = self.get_object(request, object_id)
        if vacancy is None or not self.has_view_permission(request, vacancy):
            return super().change_view(request, object_id, form_url, extra_context)
        hidden, now = _is_hidden(vacancy), timezone.now()
        context = {
            "ad_actions": {name: action[2] for name, action in self.get_actions(request).items() if action},
            "visibility": explain_visibility(vacancy, hidden, now),
            "in_index": explain_index(vacancy, hidden, now),
            "history": list_history(vacancy),
            "is_shown": is_active(vacancy, now, hidden=hidden),
            "nav_address": f"{NAV_AD}{vacancy.uuid}",
            "may_see_contacts": self.has_contacts_permission(request),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def contacts_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The contacts and the whole text of an active ad. Each view is logged, without the contacts."""
        if not self.has_contacts_permission(request):
            raise PermissionDenied
        vacancy = self.get_queryset(request).filter(pk=pk).first()
        if vacancy is None or not is_active(vacancy, hidden=_is_hidden(vacancy)):
            raise Http404
        log_by_uuid(request, Vacancy, [pk], gettext("Så kontaktopplysningene"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Kontaktpersoner"),
            "vacancy": vacancy,
            "contacts": vacancy.contacts.all(),
            "text": html.extract_text(vacancy.description),
        }
        return TemplateResponse(request, "admin/vacancy_contacts.html", context)

    @admin.display(description=_("tittel"), ordering="title")
    def headline(self, vacancy: Vacancy) -> str:
        return vacancy.title or gettext("(uten tittel)")

    @admin.display(description=_("vises"))
    def shown(self, vacancy: Vacancy) -> str:
        if _is_hidden(vacancy):
            return gettext("○ Skjult")
        return gettext("● Aktiv") if is_active(vacancy) else gettext("○ Ikke aktiv")

    @admin.display(description=_("publisert"), ordering="published")
    def published_on(self, vacancy: Vacancy) -> str:
        return _format_day(vacancy.published)

    @admin.display(description=_("endret"), ordering="changed")
    def changed_at(self, vacancy: Vacancy) -> str:
        return date_format(timezone.localtime(vacancy.changed), "j.n. H:i")

    @admin.display(description=_("siste dag"), ordering="expires")
    def last_day(self, vacancy: Vacancy) -> str:
        return _format_day(vacancy.expires)

    @admin.display(description=_("arbeidssteder"))
    def places(self, vacancy: Vacancy) -> str:
        return ", ".join(place.path or "–" for place in vacancy.locations.all()) or "–"

    @admin.display(description=_("yrker"))
    def jobs(self, vacancy: Vacancy) -> str:
        return ", ".join(job.path for job in vacancy.occupations.all()) or "–"

    @admin.display(description=_("arbeidsgiver og sted"), ordering="employer_name")
    def employer_and_place(self, vacancy: Vacancy) -> SafeString:
        """In one column: the list has no room for two beside the menu at 1280 pixels."""
        found = [get_label(place.city.upper() or place.path) for place in vacancy.locations.all()]
        place = f"{found[0]} +{len(found) - 1}" if len(found) > 1 else (found or ["–"])[0]
        return format_html('{}<br><span class="quiet">{}</span>', vacancy.employer_name or "–", place)

    @admin.display(description=_("kontaktpersoner"))
    def people(self, vacancy: Vacancy) -> SafeString | str:
        return format_html_join("", "<div>{}</div>", ((mask_contact(person),) for person in vacancy.contacts.all())) or "–"

    @admin.display(description=_("tekst"))
    def text(self, vacancy: Vacancy) -> SafeString:
        return format_html('<div class="ad-text">{}</div>', redact_description(vacancy))

    def has_contacts_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("vacancies.view_contact")

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
        uuids = _list_chosen(queryset)
        asked = replay.enqueue_checks(uuids)
        log_by_uuid(request, Vacancy, uuids, gettext("Bedt om å hente på nytt"))
        message = ngettext("%(n)s annonse hentes på nytt.", "%(n)s annonser hentes på nytt.", asked) % {"n": asked}
        messages.success(request, message)
        start_from(request, "sync")

    def _moderate(self, request: HttpRequest, queryset: QuerySet[Vacancy], *, hidden: bool) -> HttpResponse | None:
        """Shows a confirmation page with a field for a note, then hides or shows the ads.

        The store writes the decision, so that the index follows.
        """
        uuids = _list_chosen(queryset)
        form = NoteForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Skjule?") if hidden else gettext("Vise igjen?"),
                "hidden": hidden,
                "action": "hide" if hidden else "show",
                "rows": queryset.only("uuid", "title", "employer_name")[:MAX_AT_ONCE],
                "form": form,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/vacancy_moderate.html", context)
        for uuid in uuids:
            store.set_hidden(uuid, hidden, form.cleaned_data["note"])
        log_by_uuid(request, Vacancy, uuids, gettext("Skjult") if hidden else gettext("Vist igjen"))
        message = (
            ngettext("%(n)s annonse er skjult.", "%(n)s annonser er skjult.", len(uuids))
            if hidden
            else ngettext("%(n)s annonse vises igjen.", "%(n)s annonser vises igjen.", len(uuids))
        )
        messages.success(request, message % {"n": len(uuids)})
        return None


@admin.register(Moderation)
class ModerationAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """Decisions to hide an ad. The only list of ads in which rows are added and edited."""

    list_title = _("Skjulte annonser")
    add_label = _("Skjul en annonse")
    empty_text = _("Ingen annonser er skjult. Her eller på annonsens side kan du skjule en.")
    list_display = ["ad", "hidden", "note", "changed"]
    list_filter = ["hidden"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-changed"]
    fields = ["uuid", "hidden", "note"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("vacancies.add_moderation")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("vacancies.change_moderation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Moderation]:
        return annotate_ad_titles(super().get_queryset(request))

    @admin.display(description=_("annonse"), ordering="ad_title")
    def ad(self, row: Moderation) -> str:
        return get_ad_title(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Moderation | None = None) -> tuple[str, ...]:
        return ("uuid",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # the index would not be updated: use the action that shows the ad again

    def save_model(self, request: HttpRequest, obj: Moderation, form: forms.ModelForm[Moderation], change: bool) -> None:
        store.set_hidden(obj.uuid, obj.hidden, obj.note)


@admin.register(Tombstone)
class TombstoneAdmin(UuidSearchMixin, ReadOnlyAdmin):
    """What remains of ads after their retention: uuid and last day."""

    list_title = _("Slettede annonser (id)")
    list_display = ["uuid", "closed_on"]
    fields = ["uuid", "closed_on"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["uuid"]


def _format_day(moment: dt.datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j.n.Y") if moment else "–"


def _list_chosen(queryset: QuerySet[Vacancy]) -> list[UUID]:
    return list(queryset.order_by().values_list("uuid", flat=True)[:MAX_AT_ONCE])


def _is_hidden(vacancy: Vacancy) -> bool:
    return bool(getattr(vacancy, "is_hidden", True))  # annotated by `get_queryset`; without it, nothing is shown


def _has_word(word: str) -> Q:
    """Condition: a word is in the title, the employer or a place.

    SQLite ignores case in ASCII letters only, so a word with other letters is looked for in three spellings.
    """
    spellings = {word} if word.isascii() else {word, word.upper(), word.lower(), word.capitalize()}
    found, place = Q(), Q()
    for spelling in spellings:
        found |= Q(title__icontains=spelling) | Q(employer_name__icontains=spelling)
        place |= Q(path__icontains=spelling) | Q(city__icontains=spelling)
    return found | Q(Exists(Location.objects.filter(place, vacancy=OuterRef("pk"))))
