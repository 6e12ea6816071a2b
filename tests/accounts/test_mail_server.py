"""Mail server that fails for the mails of accounts: the login page says so, and the overview shows it."""

from __future__ import annotations

import smtplib

import pytest
from django.core import mail

from jobsearch.core import failures
from jobsearch.core.models import ServiceFailure
from tests.accounts.support import ADDRESS

REQUEST = "/logg-inn/kode/"
pytestmark = pytest.mark.django_db


def test_a_mail_server_that_is_down_is_said_and_shown_in_the_overview(client, kari, monkeypatch):
    def fail(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", fail)
        response = client.post(REQUEST, {"email": ADDRESS})
    assert response.status_code == 200 and "Vi får ikke sendt e-post akkurat nå" in response.content.decode()
    assert ServiceFailure.objects.get().name == failures.MAIL
    client.post(REQUEST, {"email": ADDRESS})
    assert len(mail.outbox) == 1 and not ServiceFailure.objects.exists()


@pytest.mark.parametrize(
    "error", [smtplib.SMTPNotSupportedError("SMTPUTF8"), smtplib.SMTPDataError(554, b"spam")], ids=["address", "content"]
)
def test_what_a_mail_server_refuses_of_one_mail_is_no_failure_of_it(client, kari, monkeypatch, error):
    """Otherwise a visitor could start an alarm by an address that the server does not support."""

    def fail(self):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    client.post(REQUEST, {"email": ADDRESS})
    assert not ServiceFailure.objects.exists()
