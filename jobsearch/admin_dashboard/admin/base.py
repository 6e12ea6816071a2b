"""Base classes of our lists in Django admin: read-only, searched by uuid, and with a capped count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import display_for_value, unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from jobsearch.vacancies.models import Vacancy

MAX_COUNTED = 10_000
MAX_AT_ONCE = 500  # rows of one action
if TYPE_CHECKING:  # generic in the type stubs only
    _Paginator = Paginator[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _Paginator, _ModelAdmin = Paginator, admin.ModelAdmin


def annotate_ad_titles(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `ad_title` to rows whose primary key is an ad's uuid: null where no ad is stored."""
    titles = Vacancy.objects.filter(pk=OuterRef("pk")).values("title")
    annotated: QuerySet[Any] = rows.annotate(ad_title=Subquery(titles))
    return annotated


def get_ad_title(row: models.Model) -> str:
    """The title of the row's ad; its uuid where there is none."""
    return getattr(row, "ad_title", "") or str(row.pk)


class CappedCount(int):
    """A count that stopped at its limit, shown as ">10 000".

    Django groups the digits from the right, so the sign in front stays, and no template has to be copied for this.
    """

    def __str__(self) -> str:
        return f">{int(self)}"


class CappedPaginator(_Paginator):
    """Counts at most `MAX_COUNTED` rows: page 101 is never read, and a count of a large table takes a scan of it."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, models.QuerySet):
            return len(rows)
        counted = rows.order_by()[: MAX_COUNTED + 1].count()
        return counted if counted <= MAX_COUNTED else CappedCount(MAX_COUNTED)


class ReadOnlyAdmin(_ModelAdmin):
    """A list that cannot be edited. What an administrator may do with its rows are actions."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # their counts are one query per choice
    list_per_page = 50
    actions_on_top = True  # without an action bar, Django writes an inline <style>, which our CSP refuses
    empty_value_display = "–"
    list_title: Any = ""
    """Title of the list, in the menu too. Without one it is the model's plural."""
    empty_text: Any = _("Ingenting her ennå.")
    delete_explanation: Any = _("Dette slettes, og kan ikke hentes tilbake:")
    add_label: Any = ""
    """Text of the button that adds a row; required where rows may be added."""

    class Media:
        css = {"all": ["admin_dashboard/dashboard.css"]}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether the list may be filtered by a parameter: only by what its filters offer.

        Django also allows every other column of the table, shown or not. With `?password__startswith=` or
        `?token__startswith=`, the number of rows would reveal a secret sign by sign.
        """
        offered = {one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in self.get_list_filter(request)}
        return lookup in offered or lookup.partition("__")[0] in offered

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row with a key; None also for a key with a NUL, which PostgreSQL refuses in a text."""
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Django's own title asks the user to select a row.
        context = {"title": self.get_list_title(), "empty_text": self.empty_text}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        context: dict[str, Any] = {
            "list_title": self.get_list_title(),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        if object_id is None:
            context["title"] = self.add_label
        elif row := self.get_object(request, unquote(object_id)):
            context["subtitle"] = self.get_row_title(row)
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**self._describe_row(request, object_id), "delete_explanation": self.delete_explanation}
        return super().delete_view(request, object_id, {**context, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().history_view(request, object_id, {**self._describe_row(request, object_id), **(extra_context or {})})

    def _describe_row(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        row = self.get_object(request, unquote(object_id))
        return {"list_title": self.get_list_title(), "row_title": self.get_row_title(row) if row else ""}

    def get_row_title(self, row: Any) -> str:
        """The title of a row's page."""
        return str(row)

    def get_list_title(self) -> str:
        return str(self.list_title or capfirst(self.opts.verbose_name_plural))

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any) -> HttpResponse | None:
        """Runs an action; 400 where a selected key cannot be one of this table. Django raises ValueError or OverflowError."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(key, None)
        except ValidationError:
            raise BadRequest("_selected_action") from None
        return super().response_action(request, queryset, *args)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def format_time(time: dt.datetime | None) -> str:
    """A time in the local time zone, for a column that is a method: a row's page shows what a method returns as it is."""
    return display_for_value(time, "–")


class UuidSearchMixin:
    """Searches by primary key: finds nothing where the search term is not a uuid."""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        uuid = as_uuid(search_term)
        return (queryset.filter(pk=uuid) if uuid else queryset.none()), False


def as_uuid(text: str) -> UUID | None:
    """Parses a search term as a UUID; None where it is not one."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def log_by_uuid(request: HttpRequest, model: type[models.Model], uuids: list[UUID], message: str) -> None:
    """Writes an action to the admin's history under the uuid alone: a title would remain there after the ad is masked."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=int(request.user.pk or 0),  # never None: the admin is for staff only
            content_type=kind,
            object_id=str(uuid),
            object_repr=str(uuid),
            action_flag=CHANGE,
            change_message=message,
        )
        for uuid in uuids
    )
