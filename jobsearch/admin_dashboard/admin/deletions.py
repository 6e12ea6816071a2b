"""Admin classes of deletions: what was deleted when, and people who have asked not to be published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobsearch.admin_dashboard.jobs.kinds import start_from
from jobsearch.vacancies import erasure
from jobsearch.vacancies.deletion_models import Erasure, Purge
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.suppression import Identifier, load_suppressor
from jobsearch.vacancies.suppression.identifiers import MAX_IDENTIFIERS, Kind, UnusableIdentifier, parse_identifiers

from .base import ReadOnlyAdmin, as_uuid, format_time

_WRONG = {
    Kind.NAME: _("«%(value)s» er ikke et navn på to til fem ord. Ett ord alene ville fjernet andre mennesker og vanlige ord."),
    Kind.PHONE: _("«%(value)s» er ikke et telefonnummer på minst åtte sifre."),
    Kind.EMAIL: _("«%(value)s» er ikke en e-postadresse."),
}


@admin.register(Purge)
class PurgeAdmin(ReadOnlyAdmin):
    """What was deleted when: proof for NAV's terms of use and for the GDPR."""

    list_title = _("Slettelogg")
    list_display = ["moment", "kind", "ad", "number", "why"]
    list_filter = ["kind", "moment"]
    fields = ["moment", "kind", "uuid", "number", "why"]
    readonly_fields = ["why"]
    search_fields = ["uuid"]
    search_help_text = _("Annonsens uuid")
    ordering = ["-moment", "-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Purge], search_term: str
    ) -> tuple[models.QuerySet[Purge], bool]:
        if uuid := as_uuid(search_term):
            return queryset.filter(uuid=uuid), False
        return (queryset.none() if search_term.strip() else queryset), False

    @admin.display(description=_("annonse"), ordering="uuid")
    def ad(self, purge: Purge) -> str:
        return str(purge.uuid or "–")

    @admin.display(description=_("hvorfor"), ordering="reason")
    def why(self, purge: Purge) -> str:
        return str(Vacancy.Closed(purge.reason).label) if purge.reason in Vacancy.Closed else "–"


def _make_lines_field(label: Any, help_text: Any, max_length: int) -> forms.CharField:
    """A field for several values, one on each line, which the browser does not remember."""
    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, max_length=max_length, required=False, widget=widget)


class PersonForm(forms.Form):
    """Form with what a person asks to remove. The values are hashed and never stored."""

    names = _make_lines_field(
        _("Navn"), _("Ett på hver linje, fornavn og etternavn. Andre med samme navn blir også fjernet."), 2000
    )
    phones = _make_lines_field(_("Telefonnumre"), _("Ett på hver linje."), 1000)
    emails = _make_lines_field(_("E-postadresser"), _("Én på hver linje."), 2000)
    reference = forms.CharField(
        label=_("Saksnummer"),
        required=False,
        max_length=40,
        help_text=_("For arkivet. Skriv ikke navn, telefonnummer eller e-postadresser."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found: list[Identifier] = []
        for name, kind in (("names", Kind.NAME), ("phones", Kind.PHONE), ("emails", Kind.EMAIL)):
            try:
                found += parse_identifiers(kind, str(data.get(name, "")).splitlines())
            except UnusableIdentifier as error:
                self.add_error(name, _WRONG[kind] % {"value": error.value[:80]})
        if not found and not self.errors:
            raise forms.ValidationError(gettext("Skriv minst ett navn, telefonnummer eller én e-postadresse."))
        if len(found) > MAX_IDENTIFIERS:
            raise forms.ValidationError(gettext("Høyst %(n)s opplysninger om gangen.") % {"n": MAX_IDENTIFIERS})
        if any(self._names_person(found, str(data.get("reference", "")))):
            self.add_error("reference", gettext("Skriv et nummer, ikke det som skal slettes."))
        data["identifiers"] = found
        return data

    @staticmethod
    def _names_person(found: list[Identifier], reference: str) -> list[bool]:
        words = reference.casefold()
        return [word in words for one in found for word in one.value.split() if len(word) > 2]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """People who have asked not to be published. Adding one removes the person at once; deleting one lifts the request."""

    list_title = _("Krav om sletting")
    add_label = _("Slett en person")
    empty_text = _("Ingen har bedt om å bli slettet.")
    delete_explanation = _("Kravet oppheves. Nevner strømmen personen igjen, vises personen på nettstedet:")
    list_display = ["created", "reference", "requested_by", "listed", "ads", "done"]
    fields = ["created", "reference", "requested_by", "listed", "ads", "done"]
    readonly_fields = ["listed", "done"]
    ordering = ["-created"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("vacancies.add_erasure")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("vacancies.delete_erasure")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Erasure]:
        return super().get_queryset(request).prefetch_related("identifiers")

    @admin.display(description=_("sperret"))
    def listed(self, row: Erasure) -> str:
        kinds = [identifier.get_kind_display() for identifier in row.identifiers.all()]
        return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "–"

    @admin.display(description=_("ferdig"))
    def done(self, row: Erasure) -> str:
        return format_time(row.finished) if row.finished else gettext("pågår")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Asks what to remove, shows which ads it concerns, and removes it: those ads in this request, all others by a job."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PersonForm(request.POST if request.method == "POST" else None)
        step = "ask"
        ads: list[Vacancy] = []
        if form.is_bound and form.is_valid():
            identifiers = form.cleaned_data["identifiers"]
            ads = erasure.find_ads(identifiers)
            if "confirmed" in request.POST:
                return self._erase(request, identifiers, form.cleaned_data["reference"], ads)
            step = "confirm"
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Slett en person"),
            "form": form,
            "step": step,
            "ads": ads,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/erasure_add.html", context)

    def _erase(self, request: HttpRequest, identifiers: list[Identifier], reference: str, ads: list[Vacancy]) -> HttpResponse:
        request_row = erasure.add_to_list(identifiers, request.user.get_username(), reference)
        changed = erasure.erase_from_ads([ad.pk for ad in ads], load_suppressor())
        Erasure.objects.filter(pk=request_row.pk).update(ads=changed)
        self.log_addition(request, request_row, [{"added": {}}])
        start_from(request, "erase", {"erasure": request_row.pk})
        return HttpResponseRedirect(reverse("admin:vacancies_erasure_changelist"))
