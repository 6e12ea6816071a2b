"""Fixtures of saved searches and subscriptions: a logged-in recruiter, an SMTP server, and subscriptions that are confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone

from jobsearch.saved.mail import recipients
from jobsearch.saved.models import Subscriber, Subscription
from tests.saved.smtp_server import Mailbox, run_server
from tests.web.support import (  # noqa: F401 - fixtures
    ads,
    engine_down,
    module_site,
    own_ads,
    own_index,
    recruiter,
)

KARI = "kari@example.no"
RITA = "rita@example.no"


@pytest.fixture
def logged_in(client, recruiter) -> Client:  # noqa: F811 - the fixture
    client.force_login(recruiter)
    return client


@pytest.fixture
def confirmed(monkeypatch, recruiter) -> None:  # noqa: F811 - the fixture
    """The recruiter has a confirmed address."""
    monkeypatch.setattr(recipients, "get_address", lambda user: RITA if user.pk == recruiter.pk else "")


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    """A running SMTP server, to which the site sends."""
    box = Mailbox()
    with run_server(box) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10
        yield box


@pytest.fixture
def subscribe(db) -> Callable[..., Subscription]:
    """A confirmed subscription, made an hour ago."""

    def make(params: str = "q=sykepleier", frequency: str = "instant", address: str = KARI, **fields) -> Subscription:
        subscriber, _created = Subscriber.objects.get_or_create(address=address, defaults={"language": "nb"})
        fields = {"created": timezone.now() - dt.timedelta(hours=1)} | fields
        return Subscription.objects.create(subscriber=subscriber, params=params, frequency=frequency, **fields)

    return make
