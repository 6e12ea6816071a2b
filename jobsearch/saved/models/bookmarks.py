"""Models of what a user keeps of single ads: bookmarks, reminders of deadlines, hidden ads, recent searches.

No table holds a text of an ad: titles are read from the ad's own row, which loses them when its retention ends.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobsearch.saved.bookmark_states import State

from .outgoing_mail import OutgoingMail

BOOKMARK_NOTE_LENGTH = 2000
PARAMS_LENGTH = 2000  # bytes of a recent search's parameters; PostgreSQL cannot index a text of more than 2,700


class Bookmark(models.Model):
    """Ad that a user has bookmarked, how far their application has come, and their own note."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks")
    vacancy_uuid = models.UUIDField(db_index=True)
    """No foreign key: the bookmark and its note outlive the ad's row."""

    state = models.CharField(_("tilstand"), max_length=10, choices=State, default=State.INTERESTED)
    note = models.TextField(_("notat"), max_length=BOOKMARK_NOTE_LENGTH, blank=True)
    created = models.DateTimeField(_("lagret"), default=timezone.now)

    class Meta:
        verbose_name = _("bokmerke")
        verbose_name_plural = _("bokmerker")
        constraints = [models.UniqueConstraint(fields=["owner", "vacancy_uuid"], name="bookmark_once_an_ad")]
        indexes = [models.Index(fields=["owner", "state", "-created"], name="bookmark_on_board")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BookmarkSettings(models.Model):
    """What a user has chosen for all their bookmarks. Without a row, the defaults."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="bookmark_settings")
    remind = models.BooleanField(_("påminnelser"), default=False)
    language = models.CharField(_("språk"), max_length=8)
    """Of reminders: that of the page on which they were chosen."""

    refusals = models.PositiveSmallIntegerField(_("avvist på rad"), default=0)
    retry_at = models.DateTimeField(_("neste forsøk"), null=True)
    """No reminder before this moment: the mail server has refused the last one."""

    reminder_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    """In the link of each reminder that stops them."""

    calendar_key = models.UUIDField(unique=True, null=True, editable=False)
    """In the signed address of the calendar; None while there is none. A new key makes the old address invalid."""

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReminderMail(OutgoingMail):
    """Mail with deadlines."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("påminnelse om frister")
        verbose_name_plural = _("påminnelser om frister")
        indexes = [models.Index(fields=["state", "created"], name="reminder_mail_by_state")]


class Reminder(models.Model):
    """A deadline of which a user has been reminded, or may have been: once, also if the bookmark is removed and made again."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    vacancy_uuid = models.UUIDField(db_index=True)
    deadline = models.DateField(db_index=True)
    mail = models.ForeignKey(ReminderMail, models.CASCADE, related_name="reminders")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "vacancy_uuid", "deadline"], name="reminder_once_a_deadline")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class HiddenItem(models.Model):
    """Ad or employer that a user has hidden from their own results."""

    class Kind(models.TextChoices):
        AD = "ad"
        EMPLOYER = "employer"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hidden_items")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=260)
    """The ad's uuid, or the employer's key in the index: the organisation number, or the name where there is none."""

    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "value"], name="hidden_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RecentSearch(models.Model):
    """One of the latest searches of a user, for the list below the empty search field."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recent_searches")
    params = models.CharField(max_length=PARAMS_LENGTH)
    """Canonical parameters, without page and order."""

    used = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "params"], name="recent_search_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"
