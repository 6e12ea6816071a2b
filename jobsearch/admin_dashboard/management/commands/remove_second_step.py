"""`manage.py remove_second_step`: lets a user log in who has lost code app, passkeys and recovery codes."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from jobsearch.accounts.second_step import remove_second_step

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Removes the second step of a user's login."""

    help = (
        "Removes code app, passkeys and recovery codes of a user, who then logs in with a code by e-mail or the password, and "
        "gets a mail about it. For the only administrator; others ask an administrator to do it under Brukere in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name or e-mail address")

    def handle(self, *, user: str, **options: Any) -> None:
        found = list(User.objects.filter(Q(username=user) | Q(email__iexact=user))[:2])
        if len(found) != 1:
            raise CommandError("There is no such user." if not found else "There are several such users: give the user name.")
        if not remove_second_step(found[0]):
            self.stdout.write("The user has no second step; nothing is changed.")
            return
        log.warning("The second step of user %s was removed by a command.", found[0].pk)
        self.stdout.write("The second step is removed. The user logs in with a code by e-mail, or the password.")
