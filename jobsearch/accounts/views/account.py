"""Account page: what the user has, language, devices, export and deletion."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobsearch.core.private_pages import private_page
from jobsearch.saved.mail.links import Purpose, build_path
from jobsearch.saved.mail.recipients import get_address
from jobsearch.saved.models import Subscriber

from ..adapter import AccountAdapter
from ..forms import LanguageForm
from ..middleware import set_language_cookie
from ..models import Preferences
from ..personal_data import delete_account, export_account
from ..sessions import end_sessions, list_sessions

_FORM_METHODS = ["GET", "HEAD", "POST"]


@private_page
@login_required
@require_safe
def show_account(request: HttpRequest) -> HttpResponse:
    """The account page."""
    user = _get_user(request)
    methods = Authenticator.objects.filter(user=user)
    subscriber = _find_subscriber(user)
    return render(
        request,
        "account/overview.html",
        {
            "address": user.email,
            "username": "" if user.email else user.get_username(),
            "sessions": list_sessions(user, request.session.session_key),
            "session_key": request.session.session_key,
            "language_form": LanguageForm(initial={"language": translation.get_language()}),
            "passkeys": sum(method.type == Authenticator.Type.WEBAUTHN for method in methods),
            "has_app": any(method.type == Authenticator.Type.TOTP for method in methods),
            "alerts": subscriber.subscriptions.count() if subscriber else 0,
            "alerts_url": build_path(Purpose.MANAGE, subscriber.pk) if subscriber else "",
        },
    )


@private_page
@login_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language with the account, and sets it in this browser."""
    form = LanguageForm(request.POST)
    response = HttpResponseRedirect(reverse("accounts:overview"))
    if form.is_valid():
        language = form.cleaned_data["language"]
        Preferences.objects.update_or_create(user=_get_user(request), defaults={"language": language})
        set_language_cookie(response, language)
        with translation.override(language):
            messages.success(request, _("Språket er valgt. Det gjelder også på andre enheter når du logger inn der."))
    return response


@private_page
@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Logs the user out on all other devices."""
    count = end_sessions(_get_user(request), but=request.session.session_key)
    text = ngettext("Du er logget ut på %(n)s annen enhet.", "Du er logget ut på %(n)s andre enheter.", count) % {"n": count}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("accounts:overview"))


@private_page
@login_required
@require_safe
@reauthentication_required()  # type: ignore[untyped-decorator]  # allauth's decorators are untyped
def export(request: HttpRequest) -> HttpResponse:
    """A JSON file with all that is stored about the user."""
    data = export_account(_get_user(request))
    response = JsonResponse(data, encoder=DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"{settings.SITE_NAME.lower()}-{timezone.localdate():%Y-%m-%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@private_page
@login_required
@require_http_methods(_FORM_METHODS)
@reauthentication_required()  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Confirmation page; POST deletes the account at once, and sends a mail that says so."""
    user = _get_user(request)
    if request.method != "POST":
        return render(request, "account/delete.html", {"address": user.email})
    address = user.email
    delete_account(user)
    logout(request)
    AccountAdapter().send_notification_mail("account/email/account_deleted", user, email=address)
    messages.success(request, _("Kontoen din er slettet."))
    return HttpResponseRedirect(reverse("web:results"))


@private_page
@login_required
@require_http_methods(_FORM_METHODS)
@reauthentication_required()  # type: ignore[untyped-decorator]
def remove_password(request: HttpRequest) -> HttpResponse:
    """Confirmation page; POST removes the password, also a forgotten one. Not where it is the only way in."""
    user = _get_user(request)
    if not user.has_usable_password() or not (get_address(user) or _has_passkey(user)):
        return HttpResponseRedirect(reverse("mfa_index"))
    if request.method != "POST":
        return render(request, "account/password_remove.html")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)  # a change of the password ends all sessions
    AccountAdapter().send_notification_mail("account/email/password_removed", user)
    messages.success(request, _("Passordet er fjernet."))
    return HttpResponseRedirect(reverse("mfa_index"))


def _has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


def _find_subscriber(user: User) -> Subscriber | None:
    address = get_address(user)
    return Subscriber.objects.filter(address=address).first() if address else None


def _get_user(request: HttpRequest) -> Any:
    """The logged-in user, for a view with `login_required`."""
    return request.user
