"""Forms of login and account: those of allauth with fields and texts of this site, and forms of this app."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.db import DatabaseError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from jobsearch.core.json_values import sanitise_json
from jobsearch.saved.forms import OwnAddressField

NAME_LENGTH = 60  # of a passkey
_LONGEST_CODE = 40  # typed with spaces and dashes
_REQUIRED = _("Fyll ut dette feltet.")
_NO_PLACEHOLDER = {"placeholder": ""}


class EmailForm(forms.Form):
    """An e-mail address, normalised."""

    email = OwnAddressField(
        label=_("E-postadresse"),
        max_length=254,
        error_messages={
            "required": _("Skriv e-postadressen din."),
            "invalid": _("Skriv en hel e-postadresse, som navn@eksempel.no."),
            "max_length": _("Adressen er for lang."),
        },
    )


def _make_code_field(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=label,
        max_length=_LONGEST_CODE,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": _("Skriv koden."), "max_length": _("Koden er feil. Sjekk at du har skrevet alle sifrene.")},
    )


class CodeForm(account_forms.BaseConfirmCodeForm):  # type: ignore[misc]  # allauth's classes are untyped
    """A code that was sent by mail."""

    code = _make_code_field(_("Kode"))


class ConfirmPasswordForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The user's own password, before a sensitive page."""

    password = forms.CharField(
        label=_("Passord"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Skriv passordet ditt.")},
    )


class RequestConfirmationCodeForm(account_forms.RequestReauthenticationCodeForm):  # type: ignore[misc]
    """Which of the user's addresses gets the code; without a choice where there is one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        recipient = self.fields["recipient"]
        recipient.label = _("Send koden til")
        if len(recipient.choices) == 1:
            recipient.widget = forms.HiddenInput()
            recipient.initial = recipient.choices[0][0]


class ChoosePasswordForm(account_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password. The rules are in `AUTH_PASSWORD_VALIDATORS`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in {"password1": _("Nytt passord"), "password2": _("Nytt passord igjen")}.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.error_messages["required"] = _REQUIRED
            field.widget.attrs.update(_NO_PLACEHOLDER)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("De to nye passordene er ikke like."))
        return cleaned


class SecondStepForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """A code of the user's app, or a recovery code, at login."""

    code = _make_code_field(_("Kode fra appen, eller en reservekode"))


class ConfirmSecondStepForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """A code of the user's app, or a recovery code, before a sensitive page."""

    code = _make_code_field(_("Kode fra appen, eller en reservekode"))


class ActivateAppForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a code app."""

    code = _make_code_field(_("Kode fra appen"))


class _CredentialDecoder(json.JSONDecoder):
    """Decoder without NaN and infinite numbers, which PostgreSQL does not store as JSON. A passkey has no fractions."""

    def __init__(self) -> None:
        super().__init__(parse_float=str, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


class CredentialField(forms.JSONField):
    """A passkey's answer as JSON. Never shown again: it answers one challenge.

    Django's field catches JSONDecodeError only: "[" repeated 30,000 times raises RecursionError, and a number of 5,000 digits
    ValueError.
    """

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(decoder=_CredentialDecoder, **options)

    def to_python(self, value: Any) -> Any:
        try:
            answer = sanitise_json(super().to_python(value))  # PostgreSQL stores no NUL
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("Passnøkkelen kunne ikke brukes.")) from None
        if answer is not None and not isinstance(answer, dict):
            # allauth would store 0 and false unchecked as a passkey: every later page of passkeys would fail.
            raise forms.ValidationError(_("Passnøkkelen kunne ikke brukes."))
        return answer

    def bound_data(self, data: Any, initial: Any) -> Any:
        return InvalidJSONInput("")


class CredentialMixin:
    """Mixin that reads a passkey's answer, which anyone can send: what cannot be read is a refused passkey.

    allauth passes it to fido2, which raises a KeyError for `{"id": 1}`, and other exceptions for other texts.
    """

    def clean_credential(self) -> Any:
        """The passkey that the answer proves."""
        return self._read(getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"]))  # type: ignore[attr-defined]

    def clean(self) -> Any:
        return self._read(super().clean)  # type: ignore[misc]

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (forms.ValidationError, DatabaseError):
            raise
        except Exception:
            raise forms.ValidationError(_("Passnøkkelen kunne ikke brukes.")) from None


class SecondStepPasskeyForm(CredentialMixin, webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey at the second step of a login."""

    credential = CredentialField()


class ConfirmPasskeyForm(CredentialMixin, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey before a sensitive page."""

    credential = CredentialField()


class LoginPasskeyForm(CredentialMixin, webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey that logs in alone."""

    credential = CredentialField()


class AddPasskeyForm(CredentialMixin, webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Always one that can log in alone: a key for the second step only is more than users expect to choose."""

    name = forms.CharField(label=_("Navn på passnøkkelen"), required=False, max_length=NAME_LENGTH)
    credential = CredentialField()
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """The name of a passkey."""

    name = forms.CharField(label=_("Navn på passnøkkelen"), max_length=NAME_LENGTH, error_messages={"required": _REQUIRED})


class LanguageForm(forms.Form):
    """The language of the pages and mails."""

    language = forms.ChoiceField(label=_("Velg språk"), choices=settings.LANGUAGES)
