"""Login: by a code sent to the e-mail address, by password, or by passkey. One page has all three."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import views as auth_views
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jobsearch.core.private_pages import private_page
from jobsearch.saved.forms import add_mail_error
from jobsearch.saved.mail.limits import fold_mailbox
from jobsearch.web.forms import LoginForm
from jobsearch.web.login_throttle import is_known_browser
from jobsearch.web.views import errors

from ..forms import CodeForm, EmailForm
from ..limits import count_attempt
from ..login_codes import AddressTaken, resume_login, start_login
from ..mailbox_proof import read_proof, read_token
from ..mails import CODE_MINUTES, AddressRefused, MailServerDown

TEMPLATE = "account/login.html"


class PasswordLogin(auth_views.LoginView):
    """Login page, and login by password. A user with a second step gets to it by allauth's stages."""

    template_name = TEMPLATE
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = context.pop("form", None) or self.get_form()
        next_url = self.get_redirect_url() or (resolve_url(self.next_page) if self.next_page else "")
        return {
            **super().get_context_data(form=form, **context),
            **build_login_context(next_url=next_url, password_form=form, proof=read_token(self.request.GET)),
            # Staff have passwords: their page opens with the form.
            "show_password": form.is_bound or next_url.startswith(reverse("admin:index")),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """Continues with allauth's stages, which log the user in."""
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_redirect_url() or None)
        response: HttpResponse = perform_password_login(self.request, {"username": user.get_username()}, login)
        return response


@private_page
def log_in(request: HttpRequest) -> HttpResponseBase:
    """The login page; POST logs in by password."""
    return PasswordLogin.as_view()(request)


@private_page
def log_in_to_admin(request: HttpRequest) -> HttpResponseBase:
    """The login page at Django admin's address. A user who may not use the admin gets 403, no second login."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    return PasswordLogin.as_view(next_page=resolve_url("admin:index"))(request)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def request_code(request: HttpRequest) -> HttpResponseBase:
    """POST sends a login code to the address. The answer is the same for every address."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(get_next_redirect_url(request) or resolve_url(settings.LOGIN_REDIRECT_URL))
    if request.method != "POST":
        return HttpResponseRedirect(passthrough_next_redirect_url(request, reverse("login"), REDIRECT_FIELD_NAME))
    form = EmailForm(request.POST)
    if form.is_valid():
        address = form.cleaned_data["email"]
        proof = read_proof(request.POST, address)
        if not count_attempt(request, "request_login_code", _get_limit_key(request, address, proof)):
            return errors.too_many_codes(request)
        try:
            start_login(request, address, proof)
        except (AddressRefused, MailServerDown) as error:
            add_mail_error(form, error)
        else:
            confirm = reverse("account_confirm_login_code")
            return HttpResponseRedirect(passthrough_next_redirect_url(request, confirm, REDIRECT_FIELD_NAME))
    next_url = get_next_redirect_url(request) or ""
    context = {"form": form, **build_login_context(next_url=next_url, email_form=form, proof=read_token(request.POST))}
    return render(request, TEMPLATE, context)


@private_page
@login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="login")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_code(request: HttpRequest) -> HttpResponseBase:
    """Form for the code; the right one logs in, and makes the account where there is none."""
    process = resume_login(request._login_stage)  # type: ignore[attr-defined]
    if process is None:
        messages.info(request, _("Koden er for gammel. Be om en ny."))
        return HttpResponseRedirect(reverse("login"))
    email = process.state["email"]
    form = CodeForm(request.POST if request.method == "POST" else None, code=process.code)
    if form.is_bound:
        if not count_attempt(request, "confirm_login_code", _get_limit_key(request, email, process.state.get("proof", ""))):
            return errors.too_many_codes(request)
        if form.is_valid():
            try:
                return process.finish(get_next_redirect_url(request))
            except AddressTaken:
                form.add_error(None, _("Denne adressen kan ikke brukes til å logge inn."))
        elif not process.record_invalid_attempt():
            messages.error(request, _("For mange feil koder. Be om en ny kode."))
            return HttpResponseRedirect(passthrough_next_redirect_url(request, reverse("login"), REDIRECT_FIELD_NAME))
    context = {"form": form, "email": email, "next": get_next_redirect_url(request) or "", "minutes": CODE_MINUTES}
    context["proof"] = process.state.get("proof", "")
    return render(request, "account/confirm_login_code.html", context)


class PasskeyLogin(LoginWebAuthnView):  # type: ignore[misc]  # allauth's classes are untyped
    """Login by passkey. GET returns the challenge to the script; allauth has `next` here in no form."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        from allauth.mfa.webauthn.internal.flows import perform_passwordless_login

        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = perform_passwordless_login(self.request, authenticator, login)
        return response


def build_login_context(
    *, next_url: str, email_form: EmailForm | None = None, password_form: Any = None, proof: str = ""
) -> dict[str, Any]:
    """What the login page shows; each form is empty unless given. `proof`: the token of a login mail's link."""
    return {
        "site_name": settings.SITE_NAME,  # Django's own here is the host's name
        "email_form": email_form or EmailForm(),
        "password_form": password_form or LoginForm(),
        "next": next_url,
        "proof": proof,
        "reason": _name_reason(next_url),
        "signup_open": settings.SIGNUP_OPEN,
    }


def _name_reason(next_url: str) -> str:
    """Which page the visitor wanted, where the login page says so."""
    reasons = [
        ("invitation", reverse("saved:invitation", args=["x"]).removesuffix("x/")),
        ("searches", reverse("saved:list")),
        ("account", reverse("accounts:overview")),
    ]
    return next((reason for reason, path in reasons if next_url.startswith(path)), "")


def _get_limit_key(request: HttpRequest, address: str, proof: str) -> str:
    """The key that limits count an address by: one for all addresses of a mailbox, such as "kari+jobb@…".

    A browser that has logged in to the account counts by itself, and so does one that comes from a link in a login mail: others
    cannot use up the attempts of the mailbox's owner.
    """
    mailbox = fold_mailbox(address)
    if is_known_browser(request, address):
        return f"{mailbox} known"
    return f"{mailbox} proven" if proof else mailbox
