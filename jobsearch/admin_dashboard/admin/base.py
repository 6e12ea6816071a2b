"""Base classes of our lists in Django admin: read-only, searched by uuid, and with a capped count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import display_for_value
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst

MAX_COUNTED = 10_000
Admin = TypeVar("Admin", bound="admin.ModelAdmin[Any]")
if TYPE_CHECKING:  # generic in the type stubs only
    _Paginator = Paginator[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _Paginator, _ModelAdmin = Paginator, admin.ModelAdmin


class CappedCount(int):
    """A count that stopped at its limit, shown as ">10 000". Django groups the digits from the right, so the sign in front
    stays, and no template has to be copied for this."""

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

    class Media:
        css = {"all": ["admin_dashboard/dashboard.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)  # Django's own title asks the user to select a row
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def named(say: Callable[[str], str] | None = None, /, **labels: Any) -> Callable[[type[Admin]], type[Admin]]:
    """Gives an admin class a column `its_<field>` for each field, under a name that a person reads.

    The tables' fields are named for programmers; and only what is not a field may have a name of its own in admin. `say`
    puts what is stored into the reader's words.
    """

    def decorate(cls: type[Admin]) -> type[Admin]:
        for field, label in labels.items():
            setattr(cls, f"its_{field}", _column(field, label, say))
        cls.readonly_fields = [*cls.readonly_fields, *(f"its_{field}" for field in labels)]
        return cls

    return decorate


def its(fields: str) -> tuple[str, ...]:
    """The columns that `named` gave to these fields."""
    return tuple(f"its_{field}" for field in fields.split())


def _column(field: str, label: Any, say: Callable[[str], str] | None) -> Callable[[Any, models.Model], Any]:
    @admin.display(description=label, ordering=field)
    def column(self: Any, row: models.Model) -> Any:
        chosen = getattr(row, f"get_{field}_display", None)
        value = chosen() if chosen else getattr(row, field)
        value = say(value) if say and value else value
        # A row's own page shows what a column returns as it is, so times would be UTC's and to the microsecond.
        return "–" if value == "" else display_for_value(value, "–")

    return column


def filtered_by(field: str, label: Any) -> tuple[str, type[admin.FieldListFilter]]:
    """A filter on a field with choices, under a name that a person reads."""

    class Named(admin.ChoicesFieldListFilter):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.title = label

    return field, Named


def format_time(time: dt.datetime | None) -> str:
    """A time in the local time zone, for a column that is a method: a row's page shows what a method returns as it is."""
    return display_for_value(time, "–")


class UuidSearchMixin:
    """Searches by primary key where the search term is a uuid, else in `word_search_fields`."""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if uuid := as_uuid(search_term):
            return queryset.filter(pk=uuid), False
        words = getattr(self, "word_search_fields", ())
        if not search_term.strip():
            return queryset, False
        found = models.Q()
        for name in words:
            found |= models.Q(**{f"{name}__icontains": search_term.strip()})
        return (queryset.filter(found) if found else queryset.none()), False


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def log_by_uuid(request: HttpRequest, model: type[models.Model], uuids: list[UUID], message: str) -> None:
    """Writes an action to the admin's history under the bare uuid: a title would stay there after the ad is masked."""
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
