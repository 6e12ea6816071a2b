"""`manage.py create_administrator`: the first administrator of a new site."""

from __future__ import annotations

import getpass
import io
import re
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

GOOD = "en lang og god setning"
pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(monkeypatch):
    def run(*words: str, stdin: str = "", typed: tuple[str, ...] | None = None) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin) if typed is None else Terminal())
        answers = iter(typed or ())
        monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))
        out = io.StringIO()
        call_command("create_administrator", *words, stdout=out)
        return out.getvalue()

    return run


def the_user(name: str = "administrator"):
    return get_user_model().objects.get(username=name)


def test_password_is_generated_and_printed_once_without_a_terminal(run):
    said = run("--email", "Kari@EXAMPLE.no")
    password = re.search(r"The password is (\S+)", said)[1]
    assert said.count(password) == 1
    assert len(password) >= 20
    user = the_user()
    assert user.check_password(password)
    assert (user.is_staff, user.is_superuser, user.is_active, user.email) == (True, True, True, "Kari@example.no")


def test_password_from_stdin_is_used_and_not_printed(run):
    said = run("--username", "kari", "--password-stdin", stdin=f"{GOOD}\nanother line\n")
    assert the_user("kari").check_password(GOOD)
    assert GOOD not in said


def test_terminal_asks_for_the_password_twice(run):
    said = run(typed=(GOOD, GOOD))
    assert the_user().check_password(GOOD)
    assert GOOD not in said


def test_different_passwords_create_no_user(run):
    with pytest.raises(CommandError, match="differ"):
        run(typed=(GOOD, GOOD + "!"))
    assert not get_user_model().objects.exists()


def test_empty_answer_generates_a_password(run):
    assert "The password is" in run(typed=("",))


@pytest.mark.parametrize("weak", ["kort", "password123", "8402715093", "administrator1"])
def test_weak_password_is_rejected_with_the_reason(run, weak):
    with pytest.raises(CommandError, match=r"No user was made\. \S+"):
        run("--password-stdin", stdin=f"{weak}\n")
    assert not get_user_model().objects.exists()


def test_empty_stdin_is_rejected(run):
    with pytest.raises(CommandError, match="first line of stdin is empty"):
        run("--password-stdin", stdin="")


@pytest.mark.parametrize(("words", "wrong"), [(("--username", "a b"), "username"), (("--email", "not-an-address"), "mail")])
def test_invalid_name_or_email_creates_no_user(run, words, wrong):
    with pytest.raises(CommandError, match="No user was made"):
        run(*words)
    assert not get_user_model().objects.exists()


def test_second_run_changes_nothing_and_names_changepassword(run):
    run("--password-stdin", stdin=GOOD)
    said = run("--password-stdin", stdin="another good sentence")
    assert "administrator already; nothing is changed" in said
    assert "changepassword administrator" in said
    assert the_user().check_password(GOOD)


def test_existing_ordinary_user_does_not_become_administrator(run):
    get_user_model().objects.create_user("kari", password=GOOD)
    with pytest.raises(CommandError, match="no active administrator"):
        run("--username", "kari")
    assert not the_user("kari").is_superuser
