"""States of a bookmark: how far the application for the job has come."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Columns of the board, in order."""

    INTERESTED = "interested", _("Interessert")
    APPLIED = "applied", _("Søkt")
    INTERVIEW = "interview", _("Intervju")
    OFFER = "offer", _("Tilbud")
    REJECTED = "rejected", _("Avslag")
