"""Forms of saved searches and subscriptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jobsearch.saved.mail.addresses import normalise_address
from jobsearch.saved.mail.mails import AddressRefused, MailServerDown

from .frequencies import Frequency
from .models import NAME_LENGTH, NOTE_LENGTH


class AddressField(forms.EmailField):
    """E-mail address, normalised.

    Its length counts with the domain in ASCII, as it is stored: that of 200 Chinese letters has 600 characters, which
    PostgreSQL refuses.
    """

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        address = normalise_address(text) if text else ""
        if self.max_length is not None and len(address) > self.max_length:
            raise ValidationError(
                self.error_messages.get("max_length", self.error_messages["invalid"]), params={"limit_value": self.max_length}
            )
        return address


class OwnAddressField(AddressField):
    """The visitor's own e-mail address, which the browser may fill in."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        return {**super().widget_attrs(widget), **attributes}


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


class SearchForm(NameForm):
    """Name and note of a saved search."""

    note = forms.CharField(
        label=_("Notat (bare du ser det)"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Notatet kan ha høyst %(limit_value)d tegn.")},
    )


class SubscribeForm(forms.Form):
    """Address and frequency of a subscription by mail."""

    email = OwnAddressField(
        label=_("E-postadresse"),
        max_length=254,
        error_messages={
            "required": _("Skriv e-postadressen din."),
            "invalid": _("Skriv en e-postadresse, som navn@eksempel.no."),
            "max_length": _("E-postadressen kan ha høyst %(limit_value)d tegn."),
        },
    )
    frequency = forms.ChoiceField(
        label=_("Hvor ofte"),
        choices=Frequency.choices,
        initial=Frequency.DAILY,
        error_messages={"required": _("Velg hvor ofte."), "invalid_choice": _("Velg hvor ofte.")},
    )


class InviteForm(forms.Form):
    """Address of a colleague who is invited to a saved search."""

    email = AddressField(
        label=_("Kollegaens e-postadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": _("Skriv e-postadressen til kollegaen."),
            "invalid": _("Skriv en e-postadresse, som navn@eksempel.no."),
            "max_length": _("E-postadressen kan ha høyst %(limit_value)d tegn."),
        },
    )


class FrequencyForm(forms.Form):
    """Frequency of one subscription."""

    frequency = forms.ChoiceField(label=_("Hvor ofte"), choices=Frequency.choices)


def add_mail_error(form: forms.Form, error: AddressRefused | MailServerDown) -> int:
    """Adds the error of a mail that was not sent to the form; returns the status of its page."""
    if isinstance(error, AddressRefused):
        form.add_error("email", _("E-postserveren tar ikke imot denne adressen. Sjekk at den er riktig."))
        return 422
    form.add_error(None, _("Vi får ikke sendt e-post akkurat nå. Prøv igjen om litt."))
    return 503
