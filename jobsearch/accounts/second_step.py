"""The second step of a login (code app, passkeys, recovery codes), for administrators: who has one, and its removal.

A user who has lost the telephone and the recovery codes cannot log in, and so cannot remove the step.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from .adapter import AccountAdapter

CODE_APP, PASSKEY, RECOVERY_CODES = (
    str(kind) for kind in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES)
)


def count_steps(user: User) -> dict[str, int]:
    """The number of code apps, passkeys and sets of recovery codes of a user, without those that the user does not have."""
    types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {kind: types.count(kind) for kind in (CODE_APP, PASSKEY, RECOVERY_CODES) if kind in types}


def remove_second_step(user: User) -> bool:
    """Removes all of them, and sends the user a mail about it. Returns whether there were any.

    Afterwards the user logs in with a code by e-mail, or the password.
    """
    removed, _models = Authenticator.objects.filter(user=user).delete()
    if removed:
        AccountAdapter().send_notification_mail("account/email/second_step_removed", user)
    return bool(removed)
