"""Password change, and session length after login."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import PasswordChangeView
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from jobsearch.web.forms import ChangePasswordForm


class PasswordChange(PasswordChangeView):
    """Password change form. It requires the old password, and ends the user's other sessions."""

    template_name = "web/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("accounts:overview")
    extra_context = {"site_name": settings.SITE_NAME}  # Django's view sets it to the host name

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A user without a password has no old one to type, and chooses a first one."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_set_password")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Saves the new password and shows a message."""
        response = super().form_valid(form)
        messages.success(self.request, _("Passordet er byttet. Andre steder du var logget inn, er du nå logget ut."))
        return response


@receiver(user_logged_in)
def shorten_staff_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Ends an administrator's session after a working day (STAFF_SESSION_SECONDS) instead of SESSION_COOKIE_AGE."""
    if user.is_staff:
        request.session.set_expiry(settings.STAFF_SESSION_SECONDS)
