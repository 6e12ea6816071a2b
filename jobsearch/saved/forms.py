"""Form for the name of a saved search."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import NAME_LENGTH


class NameForm(forms.Form):
    """Name of a saved search, typed by its owner."""

    name = forms.CharField(
        label=_("Navn på søket"),
        max_length=NAME_LENGTH,
        error_messages={
            "required": _("Skriv et navn, så du kjenner søket igjen."),
            "max_length": _("Navnet kan ha høyst %(limit_value)d tegn."),
        },
    )
