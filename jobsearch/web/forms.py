"""Login and password forms: Django's, with texts of this site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Login form with texts of this site."""

    username = UsernameField(
        label=_("E-postadresse eller brukernavn"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Skriv e-postadressen eller brukernavnet ditt.")},
    )
    password = forms.CharField(
        label=_("Passord"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Skriv passordet ditt.")},
    )
    error_messages = {
        "invalid_login": _("Feil brukernavn eller passord."),
        "inactive": _("Feil brukernavn eller passord."),  # the same sentence: it must not reveal whether an account exists
    }


class ChangePasswordForm(PasswordChangeForm):
    """Password change form with texts of this site. The rules for the new password are in `AUTH_PASSWORD_VALIDATORS`."""

    field_order = ["old_password", "new_password1", "new_password2"]
    error_messages = {
        "password_incorrect": _("Det gamle passordet er feil."),
        "password_mismatch": _("De to nye passordene er ikke like."),
    }
    LABELS = {
        "old_password": _("Gammelt passord"),
        "new_password1": _("Nytt passord"),
        "new_password2": _("Nytt passord igjen"),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in self.LABELS.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = _("Fyll ut dette feltet.")
        self.fields["new_password1"].help_text = _("Minst 12 tegn. Gjerne flere ord etter hverandre.")
