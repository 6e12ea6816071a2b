"""A problem of the site as an administrator needs it: what, since when, effect on visitors, cause, and cure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jobsearch.admin_dashboard.facts.site_facts import Facts


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity, shown by symbol, label and colour together, so that the meaning does not depend on one of them."""

    key: str
    symbol: str
    label: Any


OK = Severity("ok", "●", _("I orden"))
WATCH = Severity("watch", "▲", _("Følg med"))
BROKEN = Severity("broken", "■", _("Feil"))
UNKNOWN = Severity("unknown", "○", _("Ukjent"))
SEVERITIES = {one.key: one for one in (OK, WATCH, BROKEN, UNKNOWN)}


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem that is found now. Its texts are in the active language.

    `since` is None where the facts do not state it: the incident does. `action` is the key of a job that cures it, `link` the
    name of an admin page with its text, `commands` are for a shell. `error` is the message of a program or library, mostly in
    English. `alarm`: also sent to ADMINS and the webhook while it is not an error yet; errors always are.
    """

    code: str
    severity: Severity
    title: str
    effect: str
    cause: str
    cure: str
    since: dt.datetime | None = None
    action: str = ""
    link: tuple[str, str] | None = None
    commands: Sequence[str] = ()
    error: str = ""
    alarm: bool = False

    @property
    def is_alarm(self) -> bool:
        return self.alarm or self.severity is BROKEN


Check = Callable[[Facts], Problem | None]
"""Looks for one problem. Returns None where it is not there, and where that cannot be known."""
