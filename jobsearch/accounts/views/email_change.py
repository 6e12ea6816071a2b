"""Change of the account's e-mail address: the new address, then the code that was sent to it."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jobsearch.core.private_pages import private_page
from jobsearch.saved.forms import add_mail_error
from jobsearch.web.views import errors

from ..email_change import resume_change, start_change
from ..forms import CodeForm, EmailForm
from ..limits import count_attempt
from ..login_codes import AddressTaken
from ..mails import CODE_MINUTES, AddressRefused, MailServerDown

_FORM_METHODS = ["GET", "HEAD", "POST"]


class NewEmailForm(EmailForm):
    """The new address."""

    def __init__(self, *args: Any, current: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.current = current
        self.fields["email"].label = gettext_lazy("Ny e-postadresse")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.current.lower():
            self.add_error("email", _("Dette er adressen du har nå."))
        return email


@private_page
@login_required
@require_http_methods(_FORM_METHODS)
@reauthentication_required()  # type: ignore[untyped-decorator]  # allauth's decorators are untyped
def change_email(request: HttpRequest) -> HttpResponse:
    """Form for the new address; POST sends a code to it. The answer is the same whether another account has it."""
    user: Any = request.user
    form = NewEmailForm(request.POST if request.method == "POST" else None, current=user.email)
    if form.is_valid():
        if not count_attempt(request, "change_email"):
            return errors.too_many_requests(request)
        try:
            start_change(request, user, form.cleaned_data["email"])
        except (AddressRefused, MailServerDown) as error:
            add_mail_error(form, error)
        else:
            return HttpResponseRedirect(reverse("accounts:confirm_email"))
    return render(request, "account/email_change.html", {"form": form, "address": user.email})


@private_page
@login_required
@require_http_methods(_FORM_METHODS)
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Form for the code; the right one changes the address."""
    process = resume_change(request, request.user)  # type: ignore[arg-type]  # login_required
    if process is None:
        return HttpResponseRedirect(reverse("accounts:change_email"))
    form = CodeForm(request.POST if request.method == "POST" else None, code=process.code)
    if form.is_valid():
        try:
            process.finish()
        except AddressTaken:
            messages.error(request, _("Adressen er nettopp tatt i bruk av en annen konto."))
        else:
            messages.success(request, _("E-postadressen er byttet."))
        return HttpResponseRedirect(reverse("accounts:overview"))
    if form.is_bound and not process.record_invalid_attempt():
        messages.error(request, _("For mange feil koder. Be om en ny kode."))
        return HttpResponseRedirect(reverse("accounts:change_email"))
    context = {"form": form, "email": process.state["email"], "minutes": CODE_MINUTES}
    return render(request, "account/confirm_email_code.html", context)
