"""Admin class of the schedules. It replaces the library's, which also edits crontabs, arguments and queues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from jobsearch.admin_dashboard.report_texts import format_duration
from jobsearch.admin_dashboard.schedules import get_default, get_schedule, is_allowed

from .base import ReadOnlyAdmin

for _model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(_model)

_EXPIRES_AFTER = 5  # seconds; a message that waits longer than its interval is a second wake-up for the same work


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Form for how often a task runs, and whether it does."""

    seconds = forms.IntegerField(label=_("Hvert … sekund"), min_value=1, max_value=1_000_000)

    class Meta:
        model = PeriodicTask
        fields = ["enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schedule = get_schedule(self.instance.task)
        self.fields["seconds"].initial = count_seconds(self.instance)
        self.fields["seconds"].help_text = gettext("Fra %(least)s til %(most)s. Standard er %(default)s.") % {
            "least": format_duration(schedule.least),
            "most": format_duration(schedule.most),
            "default": format_duration(get_default(self.instance.task) or schedule.least),
        }
        self.fields["enabled"].label = gettext("I bruk")
        if not schedule.may_stop:
            self.fields["enabled"].help_text = gettext("Kan ikke slås av: nettstedet må gjøre dette for å følge NAVs vilkår.")

    def clean_seconds(self) -> int:
        seconds: int = self.cleaned_data["seconds"]
        if not is_allowed(self.instance.task, seconds):
            schedule = get_schedule(self.instance.task)
            raise ValidationError(
                gettext("Velg fra %(least)s til %(most)s sekunder.") % {"least": schedule.least, "most": schedule.most}
            )
        return seconds

    def clean_enabled(self) -> bool:
        enabled: bool = self.cleaned_data["enabled"]
        if not enabled and not get_schedule(self.instance.task).may_stop:
            raise ValidationError(gettext("Denne kan ikke slås av."))
        return enabled

    def save(self, commit: bool = True) -> PeriodicTask:
        row: PeriodicTask = self.instance
        seconds = self.cleaned_data["seconds"]
        if seconds != count_seconds(row):
            # Not get_or_create: the table may have the same interval twice.
            found = IntervalSchedule.objects.filter(every=seconds, period=IntervalSchedule.SECONDS).first()
            row.interval = found or IntervalSchedule.objects.create(every=seconds, period=IntervalSchedule.SECONDS)
            row.crontab = row.solar = row.clocked = None
            row.expire_seconds = max(seconds, _EXPIRES_AFTER) if row.expire_seconds else None
        return super().save(commit)


def count_seconds(row: PeriodicTask) -> int | None:
    """The interval of a row in seconds; None for a crontab of an earlier version."""
    return int(row.schedule.run_every.total_seconds()) if row.interval else None


@admin.register(PeriodicTask)
class ScheduleAdmin(ReadOnlyAdmin):
    """Schedules, shown by what they do."""

    form = ScheduleForm
    list_title = _("Tidsplanen")
    list_display = ["what", "every", "default", "enabled", "last_run_at"]
    list_display_links = ["what"]
    fields = ["what", "explanation", "seconds", "enabled", "last_run_at"]
    readonly_fields = ["what", "explanation", "last_run_at"]
    ordering = ["task", "name"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("django_celery_beat.change_periodictask")

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("interval", "crontab", "solar", "clocked")
            .exclude(name="celery.backend_cleanup")
        )

    def get_row_title(self, row: PeriodicTask) -> str:
        return self.what(row)

    @admin.display(description=_("hva"), ordering="task")
    def what(self, row: PeriodicTask) -> str:
        return str(get_schedule(row.task).label or row.name)

    @admin.display(description=_("hva det gjør"))
    def explanation(self, row: PeriodicTask) -> str:
        return str(get_schedule(row.task).explanation or row.task)

    @admin.display(description=_("hvor ofte"))
    def every(self, row: PeriodicTask) -> str:
        seconds = count_seconds(row)
        return format_duration(seconds) if seconds is not None else str(row.schedule)

    @admin.display(description=_("standard"))
    def default(self, row: PeriodicTask) -> str:
        seconds = get_default(row.task)
        return format_duration(seconds) if seconds is not None else "–"
