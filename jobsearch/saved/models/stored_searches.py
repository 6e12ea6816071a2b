"""Models of stored searches: saved searches of users, and subscriptions by mail with what they have sent.

Stored are canonical parameters, not a compiled query: the results page reads the same parameters, so both always find the same
ads.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jobsearch.saved.frequencies import Frequency
from jobsearch.search import api as search
from jobsearch.search.search_query import read_addresses

from .outgoing_mail import OutgoingMail

NAME_LENGTH, NOTE_LENGTH = 80, 500
_PRESENTATION_PARAMS = {"sort", "size", "page", "since", "saved"}  # how hits are shown, not which
_MAX_SHOWN = 100  # characters shown of parameters that cannot be read


def compute_digest(params: str) -> str:
    """Unique key of a saved search among those of its owner. A hash: PostgreSQL cannot index a text of 8 kB."""
    return hashlib.sha256(params.encode()).hexdigest()


def canonicalise(query: search.SearchQuery) -> search.SearchQuery:
    """The search as it is stored: without what belongs to one look at it."""
    return query.replace(page=1, since=0, saved=0)


def compute_digests(query: search.SearchQuery) -> list[str]:
    """The digests of the saved searches that open as this page: in its order, and in that of relevance for date order."""
    query = canonicalise(query)
    orders = {query.sort, "relevance"} if query.sort == "published" else {query.sort}
    return [compute_digest(query.replace(sort=sort).urlencode()) for sort in orders]


class SavedSearchManager(models.Manager["SavedSearch"]):
    """Manager of saved searches."""

    def find_same(self, owner_id: int, query: search.SearchQuery) -> models.QuerySet[SavedSearch]:
        """The owner's saved searches with the parameters of `query`.

        Also one saved in order of relevance where `query` is in date order: opening it changes the order.
        """
        return self.filter(owner_id=owner_id, digest__in=compute_digests(query))

    def mark_seen(self, owner_id: int, query: search.SearchQuery, now: dt.datetime) -> None:
        """Sets the last look of the owner's saved search with these parameters to `now`: later ads count as new.

        Does nothing where the owner has saved no such search.
        """
        self.find_same(owner_id, query).filter(last_looked__lt=now).update(last_looked=now)


class StoredSearch(models.Model):
    """Abstract model of a search that is stored as its canonical parameters (`params`); `digest` is their hash."""

    params = models.TextField(_("parametre"), blank=True, help_text=_("Adressens del etter ?, kanonisk og uten side"))
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = compute_digest(self.params)
        super().save(*args, **kwargs)

    @cached_property
    def parsed(self) -> tuple[search.SearchQuery, list[search.Problem]]:
        """The parameters parsed as the results page parses them, and the errors found in them."""
        return search.SearchQuery.from_address(self.params)

    @cached_property
    def query(self) -> search.SearchQuery:
        """The search to run. Parameters that cannot be read give a query that finds nothing, never one that finds all ads."""
        query, problems = self.parsed
        blocked = any(problem.blocks for problem in problems)
        if blocked or (not (query.q or query.chosen) and self._has_filters):
            return search.SearchQuery(unreadable=(("published", self.params[:_MAX_SHOWN]),))
        return canonicalise(query)

    @property
    def unreadable(self) -> str:
        """The parameters (their first 100 characters) of a search that cannot be run; "" for one that can."""
        return self.params[:_MAX_SHOWN] if self.query.unreadable == (("published", self.params[:_MAX_SHOWN]),) else ""

    @staticmethod
    def parse_all(rows: Sequence[StoredSearch]) -> None:
        """Parses the parameters of all rows with as many database queries as for one."""
        for row, parsed in zip(rows, read_addresses([row.params for row in rows]), strict=True):
            row.parsed = parsed

    @property
    def _has_filters(self) -> bool:
        return bool(
            set(QueryDict(self.params)) - _PRESENTATION_PARAMS
        )  # cannot raise TooManyFieldsSent: such parameters are blocked before


class SavedSearch(StoredSearch):
    """Saved search of one user. `params` and `digest` are unique for the owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("navn"), max_length=NAME_LENGTH)
    note = models.CharField(_("notat"), max_length=NOTE_LENGTH, blank=True)
    created = models.DateTimeField(_("lagret"), auto_now_add=True)
    last_looked = models.DateTimeField(_("sist sett på"), default=timezone.now)
    pinned = models.BooleanField(_("festet øverst"), default=False)
    position = models.PositiveSmallIntegerField(_("plass"), default=0)
    """0 until the owner moves a search: then all have one, and a search saved later comes first."""

    objects = SavedSearchManager()

    class Meta:
        verbose_name = _("lagret søk")
        verbose_name_plural = _("lagrede søk")
        ordering = ["-pinned", "position", "name", "pk"]
        permissions = [("invite_colleagues", _("Kan dele lagrede søk med kolleger"))]
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="saved_search_once_a_person")]

    def __str__(self) -> str:
        return f"#{self.pk}"  # neither name nor parameters: what people search for must not get into logs and admin history


class Subscriber(models.Model):
    """E-mail address with at least one subscription. Deleted with the last of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.EmailField(_("e-postadresse"), unique=True)
    """In lower case, so that an address is one subscriber however it is typed."""

    language = models.CharField(_("språk"), max_length=8)
    created = models.DateTimeField(_("opprettet"), default=timezone.now)
    last_sign = models.DateTimeField(_("sist i bruk"), default=timezone.now, db_index=True)
    """Last activity: a link of a mail was opened, or the address's account was used."""

    pause_announced = models.DateTimeField(_("pause varslet"), null=True)
    paused = models.DateTimeField(_("satt på pause"), null=True)
    """No subscription sends after this moment, until the visitor continues them."""

    class Meta:
        verbose_name = _("abonnent")
        verbose_name_plural = _("abonnenter")

    def __str__(self) -> str:
        return str(self.pk)  # no address: this text gets into logs and into the admin's history


class SubscriptionRequest(StoredSearch):
    """Request for a subscription, waiting for the address to confirm it. Deleted after a day, confirmed or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.EmailField(_("e-postadresse"))
    language = models.CharField(_("språk"), max_length=8)
    frequency = models.CharField(_("hyppighet"), max_length=8, choices=Frequency)
    created = models.DateTimeField(_("opprettet"), default=timezone.now, db_index=True)
    confirmed = models.DateTimeField(_("bekreftet"), null=True)

    class Meta:
        verbose_name = _("ubekreftet abonnement")
        verbose_name_plural = _("ubekreftede abonnementer")

    def __str__(self) -> str:
        return str(self.pk)


class SubscriptionManager(models.Manager["Subscription"]):
    """Manager of subscriptions."""

    def list_active(self) -> models.QuerySet[Subscription]:
        """The subscriptions that send mail."""
        return self.exclude(frequency=Frequency.OFF).filter(subscriber__paused=None)


class Subscription(StoredSearch):
    """Confirmed subscription to the new ads of a search, by mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    frequency = models.CharField(_("hyppighet"), max_length=8, choices=Frequency, db_index=True)
    created = models.DateTimeField(_("opprettet"), default=timezone.now)
    last_sent = models.DateTimeField(_("sist sendt"), null=True)
    refusals = models.PositiveSmallIntegerField(_("avvist på rad"), default=0)
    retry_at = models.DateTimeField(_("neste forsøk"), null=True)
    """No mail before this moment: the mail server has refused the last one."""

    resumed = models.DateTimeField(_("fortsatt"), null=True)
    """End of the last pause: ads first seen before it do not count as new."""

    objects = SubscriptionManager()

    class Meta:
        verbose_name = _("abonnement")
        verbose_name_plural = _("abonnementer")
        constraints = [models.UniqueConstraint(fields=["subscriber", "digest"], name="subscription_once_an_address")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def news_since(self) -> dt.datetime:
        """The moment after which an ad counts as new."""
        return self.resumed or self.created


class AlertMail(OutgoingMail):
    """A mail with new ads."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="mails")
    ads = models.PositiveIntegerField(_("annonser"))

    class Meta:
        verbose_name = _("e-post med nye stillinger")
        verbose_name_plural = _("e-poster med nye stillinger")
        indexes = [models.Index(fields=["state", "created"], name="alert_mail_by_state")]


class AlertMatch(models.Model):
    """New ad of a subscription: waiting, or in the mail that it was sent by. One row for an ad and a search, ever."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="matches")
    vacancy_uuid = models.UUIDField()
    first_seen = models.DateTimeField()
    mail = models.ForeignKey(AlertMail, models.SET_NULL, null=True, related_name="matches")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "vacancy_uuid"], name="alert_once_an_ad")]
        indexes = [
            models.Index(fields=["subscription", "first_seen"], name="alert_waiting", condition=models.Q(mail__isnull=True)),
            models.Index(fields=["first_seen"], name="alert_first_seen"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MatchedAd(models.Model):
    """Ad that has been compared with every subscription: an edited or re-published ad is not compared again."""

    uuid = models.UUIDField(primary_key=True)
    matched = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.uuid)


class ConfirmationMail(models.Model):
    """Confirmation mail sent within the last day, for the limits. Address and sender are keyed hashes."""

    address_hash = models.CharField(max_length=64, db_index=True)
    sender_hash = models.CharField(max_length=64, db_index=True)
    sent = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class SearchFeed(models.Model):
    """Secret address of the feed of a saved search. Deleting the row revokes it; a new row gives another address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    saved_search = models.OneToOneField(SavedSearch, models.CASCADE, related_name="feed")
    created = models.DateTimeField(_("opprettet"), default=timezone.now)

    class Meta:
        verbose_name = _("nyhetsstrøm for et lagret søk")
        verbose_name_plural = _("nyhetsstrømmer for lagrede søk")

    def __str__(self) -> str:
        return str(self.pk)
