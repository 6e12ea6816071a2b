"""Forms that ask for a job's arguments. `cleaned_data` has JSON values only, which are stored with the job."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_UUID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}(?![0-9a-fA-F])")


class SinceForm(forms.Form):
    """Form for the day from which the feed is read again: within the backfill, because the database has nothing older."""

    since = forms.DateField(label=_("Fra og med"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        self.earliest = self.today - dt.timedelta(days=settings.FEED_BACKFILL_DAYS)
        self.fields["since"].initial = self.today - dt.timedelta(days=7)
        self.fields["since"].widget.attrs.update(min=self.earliest.isoformat(), max=self.today.isoformat())
        self.fields["since"].help_text = gettext("Tidligst %(days)s dager tilbake.") % {"days": settings.FEED_BACKFILL_DAYS}

    def clean_since(self) -> str:
        since: dt.date = self.cleaned_data["since"]
        if not self.earliest <= since <= self.today:
            raise ValidationError(
                gettext("Velg en dag fra %(first)s til %(last)s.")
                % {"first": self.earliest.strftime("%d.%m.%Y"), "last": self.today.strftime("%d.%m.%Y")}
            )
        return since.isoformat()


class AdForm(forms.Form):
    """Form for one ad, by its uuid or by an address that contains it."""

    uuid = forms.CharField(label=_("Annonsens uuid eller adresse"), max_length=500)

    def clean_uuid(self) -> str:
        found = {str(UUID(uuid)) for uuid in _UUID.findall(self.cleaned_data["uuid"])}
        if len(found) != 1:
            raise ValidationError(gettext("Skriv uuid-en til én annonse, for eksempel fra adressen til annonsen."))
        return found.pop()


class PauseForm(forms.Form):
    """Form for the length of a pause."""

    hours = forms.TypedChoiceField(
        label=_("Hvor lenge"),
        coerce=int,
        choices=[(1, _("1 time")), (4, _("4 timer")), (12, _("12 timer")), (24, _("24 timer"))],
        widget=forms.RadioSelect,
        initial=1,
    )
