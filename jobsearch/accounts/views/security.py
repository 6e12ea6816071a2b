"""allauth's pages of passwords, passkeys, code apps and confirmation: private, and with a message where mail cannot be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account_views
from allauth.account.views import ConfirmReauthenticationCodeView, RequestReauthenticationCodeView
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from jobsearch.core.private_pages import private_page

from ..forms import RequestConfirmationCodeForm
from ..mails import AddressRefused, MailServerDown
from .login import PasskeyLogin

View = Callable[..., HttpResponseBase]


class RequestConfirmationCode(RequestReauthenticationCodeView):  # type: ignore[misc]  # allauth's classes are untyped
    """Sends a code with which the user confirms who they are."""

    form_class = RequestConfirmationCodeForm  # ACCOUNT_FORMS has no name for it

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().form_valid(form)
        except (AddressRefused, MailServerDown):
            form.add_error(None, _("Vi får ikke sendt e-post akkurat nå. Prøv igjen om litt."))
            response = self.form_invalid(form)
        return response


class ConfirmByCode(ConfirmReauthenticationCodeView):  # type: ignore[misc]
    """Form for that code."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "email": self._process.state.get("email", "")}


def _for_users(view: View) -> View:
    """Only for logged-in users, with our login page for others, and kept in no cache."""
    return private_page(login_required(view))


# At login: the second step, the passkey, and the page of a disabled account.
second_step = private_page(mfa_views.authenticate)
passkey_login = private_page(PasskeyLogin.as_view())
account_inactive = private_page(account_views.account_inactive)

# Confirmation of who the user is, before a sensitive page.
confirm_by_password = _for_users(account_views.reauthenticate)
request_confirmation_code = _for_users(RequestConfirmationCode.as_view())
confirm_by_code = _for_users(ConfirmByCode.as_view())
confirm_by_second_step = _for_users(mfa_views.reauthenticate)
confirm_by_passkey = _for_users(passkey_views.reauthenticate_webauthn)

# On the account page.
set_password = _for_users(account_views.password_set)
security = _for_users(mfa_views.index)
list_passkeys = _for_users(passkey_views.list_webauthn)
add_passkey = _for_users(passkey_views.add_webauthn)
rename_passkey = _for_users(passkey_views.edit_webauthn)
remove_passkey = _for_users(passkey_views.remove_webauthn)
activate_app = _for_users(totp_views.activate_totp)
deactivate_app = _for_users(totp_views.deactivate_totp)
show_recovery_codes = _for_users(recovery_views.view_recovery_codes)
download_recovery_codes = _for_users(recovery_views.download_recovery_codes)
generate_recovery_codes = _for_users(recovery_views.generate_recovery_codes)
