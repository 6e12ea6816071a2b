"""What our lists in Django admin have in common: they show and search, they never change a row, and they never count for long."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts at most `MOST_COUNTED` rows: nobody turns to page 101, and a count of a large table takes a scan of it."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[:MOST_COUNTED].count()
        return len(rows)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the program writes and a person only looks at. What may be done with them are actions."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # their counts are one query a choice
    list_per_page = 50
    actions_on_top = True  # without any action bar, Django writes an inline <style>, which our policy refuses

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class UuidSearchMixin:
    """Searches by uuid where the words are one, with the index of the primary key; else as the list's `search_fields` say."""

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
    """Notes an administrator's deed in admin's history under the bare uuid: a title in it would outlive a masked ad."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=request.user.pk,
            content_type=kind,
            object_id=str(uuid),
            object_repr=str(uuid),
            action_flag=CHANGE,
            change_message=message,
        )
        for uuid in uuids
    )
