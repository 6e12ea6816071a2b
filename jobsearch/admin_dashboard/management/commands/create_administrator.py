"""`manage.py create_administrator`: creates the first superuser, who may use Django admin."""

from __future__ import annotations

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction


class Command(BaseCommand):
    """Creates a superuser, with a typed or a generated password."""

    help = (
        "Creates an administrator. In a terminal it asks for a password; with an empty answer, or without a terminal, it "
        "generates one and prints it once. An existing user is not changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="administrator", help="default: administrator")
        parser.add_argument("--email", default="", help="where errors and forgotten passwords are mailed")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from the first line of stdin")

    def handle(self, *, username: str, email: str, password_stdin: bool, **options: Any) -> None:
        users = get_user_model().objects
        existing = users.filter(username=username).first()
        if existing is not None:
            if existing.is_superuser and existing.is_active:
                self.stdout.write(self._exists_message(username))
                return
            raise CommandError(
                f"{username} is there already, but is no active administrator. Choose another --username, or let an "
                "administrator change that user in the admin."
            )

        user = get_user_model()(username=username, email=users.normalize_email(email), is_staff=True, is_superuser=True)
        given = self._read_stdin() if password_stdin else self._ask_in_terminal()
        password = given or secrets.token_urlsafe(15)
        user.set_password(password)
        try:
            user.full_clean()
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("No user was made. " + " ".join(error.messages)) from None
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:  # another process has just created the same user
            self.stdout.write(self._exists_message(username))
            return
        self.stdout.write(f"{username} is an administrator now and can log in at /admin/.")
        if not given:
            self.stdout.write(f"The password is {password}\nIt is shown only now, and not stored.")

    @staticmethod
    def _exists_message(username: str) -> str:
        cure = f"`manage.py changepassword {username}` sets a new password."
        return f"{username} is an administrator already; nothing is changed. {cure}"

    @staticmethod
    def _read_stdin() -> str:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("--password-stdin was given, but the first line of stdin is empty. Write the password to it.")
        return password

    @staticmethod
    def _ask_in_terminal() -> str:
        """The password that was typed twice; empty where one is to be generated."""
        if not sys.stdin.isatty():
            return ""
        password = getpass.getpass("Password (empty: one is generated): ")
        if password and getpass.getpass("Repeat the password: ") != password:
            raise CommandError("The two passwords differ. No user was made; try again.")
        return password
