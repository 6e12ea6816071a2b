"""Changing one's own password, and how long a login lasts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import PasswordChangeView
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from jobsearch.web.forms import ChangePasswordForm


class PasswordChange(PasswordChangeView):
    """Asks for the old password; every other session of the user ends."""

    template_name = "web/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("saved:list")
    extra_context = {"site_name": settings.SITE_NAME}  # Django's own here is the host's name

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Passordet er byttet. Andre steder du var logget inn, er du nå logget ut."))
        return response


@receiver(user_logged_in)
def shorten_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """An administrator's login lasts a working day; others' last as SESSION_COOKIE_AGE says."""
    if user.is_staff:
        request.session.set_expiry(settings.STAFF_SESSION_SECONDS)
