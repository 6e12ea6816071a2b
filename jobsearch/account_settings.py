"""Settings of django-allauth, which `settings.py` imports. Forms, texts and mails are in `jobsearch/accounts`.

Only some of allauth's pages are in use: `jobsearch/accounts/login_urls.py`.
"""

ACCOUNT_ADAPTER = "jobsearch.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}  # user names: accounts from before e-mail, and those of create_administrator
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is confirmed by the code, before the account exists
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 15 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}  # digits: a phone's keyboard and autofill
# Counted in the database (jobsearch/accounts/limits.py). "key" is the e-mail address or the account.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "30/h/ip,5/15m/key,40/d/key",  # a day: others must not flood a mailbox
    "confirm_login_code": "60/h/ip,20/15m/key",
    "login_failed": "30/15m/ip,10/15m/key",
    "reauthenticate": "20/15m/user",
    "change_email": "5/h/user",
    "change_password": "10/h/user",
}
ACCOUNT_FORMS = {
    "reauthenticate": "jobsearch.accounts.forms.ConfirmPasswordForm",
    "confirm_reauthentication_code": "jobsearch.accounts.forms.CodeForm",
    "set_password": "jobsearch.accounts.forms.ChoosePasswordForm",
}
MFA_ADAPTER = "jobsearch.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: a phone's clock may be wrong
MFA_RATE_LIMITS = {"webauthn_login": "60/h/ip"}
MFA_FORMS = {
    "authenticate": "jobsearch.accounts.forms.SecondStepForm",
    "reauthenticate": "jobsearch.accounts.forms.ConfirmSecondStepForm",
    "activate_totp": "jobsearch.accounts.forms.ActivateAppForm",
    "authenticate_webauthn": "jobsearch.accounts.forms.SecondStepPasskeyForm",
    "reauthenticate_webauthn": "jobsearch.accounts.forms.ConfirmPasskeyForm",
    "login_webauthn": "jobsearch.accounts.forms.LoginPasskeyForm",
    "add_webauthn": "jobsearch.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "jobsearch.accounts.forms.RenamePasskeyForm",
}
