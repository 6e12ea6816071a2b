"""Alarms: an e-mail to ADMINS and one webhook, once when an incident begins and once when it ends.

They hold the problem's texts, which name settings and times, and no visitor's, advertiser's or contact's data.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import mail_admins
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jobsearch.admin_dashboard.models import Incident
from jobsearch.admin_dashboard.problems import Problem
from jobsearch.admin_dashboard.time_formats import format_date_time
from jobsearch.core import failures

from .incidents import claim_alarm, release_alarm

log = logging.getLogger(__name__)
WEBHOOK_SECONDS = 10
MAX_ALARMS_A_ROUND = 20


def send_alarms(problems: Mapping[str, Problem], now: dt.datetime) -> int:
    """Sends the alarms that are due; returns their number. Sends none, and keeps none, where no recipient is set."""
    if not settings.ADMINS and not settings.ALERT_WEBHOOK_URL:
        return 0
    sent = 0
    while sent < MAX_ALARMS_A_ROUND and (incident := claim_alarm(now)):
        if not _send(incident, problems.get(incident.code)):
            release_alarm(incident)
            break  # the others wait for the next round
        sent += 1
    return sent


def _send(incident: Incident, problem: Problem | None) -> bool:
    """Sends one alarm to both recipients. Returns whether at least one has received it."""
    message = build_message(incident, problem)
    has_mail = bool(settings.ADMINS) and _mail(message)
    has_webhook = bool(settings.ALERT_WEBHOOK_URL) and _post(message)
    log.warning("Alarm %s %s: mail %s, webhook %s", incident.code, message["state"], has_mail, has_webhook)
    return has_mail or has_webhook


def build_message(incident: Incident, problem: Problem | None) -> dict[str, Any]:
    """The alarm as the webhook gets it, in the site's language. Every value is a text, or null."""
    ended = incident.ended
    subject = _("Løst: %(title)s") if ended else "%(title)s"
    return {
        "site": settings.SITE_URL,
        "incident": incident.pk,
        "code": incident.code,
        "state": "ended" if ended else "started",
        "severity": incident.severity,
        "title": subject % {"title": incident.title},
        "started": incident.started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds") if ended else None,
        "effect": problem.effect if problem else "",
        "cause": problem.cause if problem else "",
        "error": problem.error if problem else "",
        "cure": problem.cure if problem else "",
        "commands": list(problem.commands) if problem else [],
        "url": settings.SITE_URL + reverse("admin:index"),
    }


def _mail(message: Mapping[str, Any]) -> bool:
    started = format_date_time(dt.datetime.fromisoformat(message["started"]))
    lines = [message["title"], "", _("Siden %(time)s") % {"time": started}]
    if message["state"] == "started":
        lines += ["", _("Virkning: %(text)s") % {"text": message["effect"]}]
        lines += [_("Årsak: %(text)s") % {"text": message["cause"]}]
        lines += [_("Feilmelding: %(text)s") % {"text": message["error"]}] if message["error"] else []
        lines += [_("Løsning: %(text)s") % {"text": message["cure"]}]
        lines += ["", *message["commands"]]
    lines += ["", message["url"]]
    try:
        mail_admins(message["title"], "\n".join(lines))
    except (smtplib.SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", "")
        failures.note_failure(failures.MAIL, f"The mail server of EMAIL_URL: {type(error).__name__} {code}".rstrip())
        return False
    return True


def _post(message: Mapping[str, Any]) -> bool:
    """Posts the alarm as JSON. Without redirects: the address may hold a secret, and a redirect would lead elsewhere."""
    import requests  # 3 MB in a web process, which otherwise sends none

    try:
        with requests.post(
            settings.ALERT_WEBHOOK_URL, json=message, timeout=WEBHOOK_SECONDS, allow_redirects=False, stream=True
        ) as response:
            status = response.status_code
    except (requests.RequestException, OSError) as error:
        failures.note_failure(failures.WEBHOOK, type(error).__name__)  # its text has the address, which may hold a secret
        return False
    if not 200 <= status < 300:
        failures.note_failure(failures.WEBHOOK, f"HTTP {status}")
        return False
    failures.note_success(failures.WEBHOOK)
    return True


def use_site_language() -> translation.override:
    """Context manager: the site's language is active, in which alarms and incidents are written."""
    return translation.override(settings.LANGUAGE_CODE)
