"""Abstract model of a mail that is recorded before it is sent: after a crash it is not sent again."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """A recorded mail. The row is written before the mail is sent, and changed when the server has answered."""

    class State(models.TextChoices):
        SENDING = "sending", _("Sendes nå")
        SENT = "sent", _("Sendt")
        POSTPONED = "postponed", _("Avvist for en tid, sendes senere")
        REFUSED = "refused", _("Avvist av e-postserveren")
        UNKNOWN = "unknown", _("Uvisst om den ble sendt")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.SENDING)
    created = models.DateTimeField(_("opprettet"), db_index=True)
    error = models.CharField(_("feil"), max_length=100, blank=True)
    """Kind of the exception and the server's code, without its text, which may repeat the address."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    def mark(self, state: State, error: str = "") -> None:
        """Stores what has become of the mail. Does nothing where the row is deleted."""
        type(self)._base_manager.filter(pk=self.pk).update(state=state, error=error)

    @classmethod
    def mark_unfinished(cls) -> int:
        """Marks the mails that an ended run was sending: they may have been sent. Returns their number."""
        return cls._base_manager.filter(state=cls.State.SENDING).update(state=cls.State.UNKNOWN, error="interrupted")
