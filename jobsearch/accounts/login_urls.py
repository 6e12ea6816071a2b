"""URLs of login, and of allauth's pages that are in use, under the names by which allauth finds them.

allauth's own `urls.py` is not included: it would add pages without a template of ours, such as sign-up by password.
"""

from django.contrib.auth.views import LogoutView
from django.urls import path

from jobsearch.core import converters  # noqa: F401 - registers `key`
from jobsearch.web.views.password import PasswordChange

from .views import login, security

urlpatterns = [
    path("admin/login/", login.log_in_to_admin, name="admin_login"),  # before Django admin's own
    path("logg-inn/", login.log_in, name="login"),
    path("logg-inn/", login.log_in, name="account_login"),
    path("logg-inn/kode/", login.request_code, name="account_request_login_code"),
    path("logg-inn/kode/bekreft/", login.confirm_code, name="account_confirm_login_code"),
    path("logg-inn/passnokkel/", security.passkey_login, name="mfa_login_webauthn"),
    path("logg-inn/trinn-2/", security.second_step, name="mfa_authenticate"),
    path("logg-inn/stengt/", security.account_inactive, name="account_inactive"),
    path("logg-ut/", LogoutView.as_view(), name="logout"),
    path("logg-ut/", LogoutView.as_view(), name="account_logout"),
    path("passord/", PasswordChange.as_view(), name="password_change"),
    path("passord/", PasswordChange.as_view(), name="account_change_password"),
    path("konto/passord/", security.set_password, name="account_set_password"),
    path("konto/bekreft/passord/", security.confirm_by_password, name="account_reauthenticate"),
    path("konto/bekreft/kode/", security.request_confirmation_code, name="account_request_reauthentication_code"),
    path("konto/bekreft/kode/svar/", security.confirm_by_code, name="account_confirm_reauthentication_code"),
    path("konto/bekreft/trinn-2/", security.confirm_by_second_step, name="mfa_reauthenticate"),
    path("konto/bekreft/passnokkel/", security.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("konto/sikkerhet/", security.security, name="mfa_index"),
    path("konto/passnokler/", security.list_passkeys, name="mfa_list_webauthn"),
    path("konto/passnokler/ny/", security.add_passkey, name="mfa_add_webauthn"),
    path("konto/passnokler/<key:pk>/navn/", security.rename_passkey, name="mfa_edit_webauthn"),
    path("konto/passnokler/<key:pk>/fjern/", security.remove_passkey, name="mfa_remove_webauthn"),
    path("konto/kodeapp/", security.activate_app, name="mfa_activate_totp"),
    path("konto/kodeapp/fjern/", security.deactivate_app, name="mfa_deactivate_totp"),
    path("konto/reservekoder/", security.show_recovery_codes, name="mfa_view_recovery_codes"),
    path("konto/reservekoder/fil/", security.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("konto/reservekoder/nye/", security.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
