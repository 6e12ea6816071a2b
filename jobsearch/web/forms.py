"""Logging in. The words are ours; how it is done is Django's."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from .attempts import CountedLogin


class LoginForm(CountedLogin):
    username = UsernameField(
        label=_("Brukernavn"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Skriv brukernavnet ditt.")},
    )
    password = forms.CharField(
        label=_("Passord"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Skriv passordet ditt.")},
    )
    error_messages = {
        "invalid_login": _("Feil brukernavn eller passord."),
        "inactive": _("Feil brukernavn eller passord."),  # whether a person has an account is nobody's business
    }
