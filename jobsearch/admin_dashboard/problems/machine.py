"""Problems of what the site depends on besides the feed: disk, mail server, webhook, backups."""

from __future__ import annotations

import datetime as dt

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jobsearch.admin_dashboard.facts.site_facts import Facts
from jobsearch.admin_dashboard.time_formats import format_date_time
from jobsearch.core import failures

from .base import BROKEN, WATCH, Problem

_GB = 1024**3
BACKUP_OLD = dt.timedelta(hours=36)
"""A backup each night is at most 24 hours old, and some take hours."""


def check_disk(facts: Facts) -> Problem | None:
    """The disk is nearly full: the smaller of a share and an amount, because 5 % of a large disk is plenty."""
    disk = facts.disk
    if disk is None or disk.free >= min(disk.total // 10, 5 * _GB):
        return None
    full = disk.free < min(disk.total // 20, 2 * _GB)
    return Problem(
        "disk-full",
        BROKEN if full else WATCH,
        _("Disken er nesten full: %(free)s ledig") % {"free": filesizeformat(disk.free)},
        effect=_("Når den er full, kan ingenting lagres: annonser blir stående, og innlogging og varsler slutter å virke."),
        cause=_("%(folder)s er på en disk med %(total)s.") % {"folder": disk.folder, "total": filesizeformat(disk.total)},
        cure=_("Finn hva som fyller den, slett gamle sikkerhetskopier og logger, eller gjør disken større."),
        commands=(f"du -xh --max-depth=2 {disk.folder} | sort -h | tail", "journalctl --vacuum-size=200M", "docker system df"),
        alarm=True,
    )


def check_mail(facts: Facts) -> Problem | None:
    """The mail server does not answer or refuses us."""
    failure = facts.failures.get(failures.MAIL)
    if failure is None:
        return None
    return Problem(
        "mail-refused",
        BROKEN,
        _("E-post blir ikke sendt"),
        effect=_("Koder og lenker på e-post kommer ikke fram. Varsler om nye stillinger venter, ingen går tapt."),
        cause=_("E-postserveren i EMAIL_URL svarer ikke, eller avviser e-posten vår."),
        error=failure.detail,
        cure=_("Sjekk EMAIL_URL og DEFAULT_FROM_EMAIL, og at serveren svarer. Det som venter, sendes av seg selv etterpå."),
        since=failure.since,
        commands=(".venv/bin/python manage.py sendtestemail --admins", ".venv/bin/python manage.py send_alerts"),
    )


def check_webhook(facts: Facts) -> Problem | None:
    """The webhook for alarms fails."""
    failure = facts.failures.get(failures.WEBHOOK)
    if failure is None:
        return None
    return Problem(
        "webhook-failing",
        WATCH,
        _("Alarmer når ikke mottakeren i ALERT_WEBHOOK_URL"),
        effect=_("Ingen for de besøkende. Alarmer sendes bare på e-post til ADMINS, om den er satt."),
        cause=_("Mottakeren svarer ikke, eller svarer med en feil."),
        error=failure.detail,
        cure=_("Sjekk adressen i ALERT_WEBHOOK_URL. Mottakeren skal svare med en kode fra 200 til 299 innen ti sekunder."),
        since=failure.since,
    )


def check_backup(facts: Facts) -> Problem | None:
    """The newest backup is too old, or there is none where BACKUP_PATH says that there should be."""
    backup = facts.backup
    if backup is None or (backup.made and facts.now - backup.made < BACKUP_OLD):
        return None
    cause = _("BACKUP_PATH er %(path)s, og der er ingen filer.") % {"path": backup.path}
    if backup.made:
        cause = _("Den nyeste filen i %(path)s er fra %(time)s.") % {
            "path": backup.path,
            "time": format_date_time(backup.made),
        }
    return Problem(
        "backup-old",
        WATCH,
        _("Det er for lenge siden siste sikkerhetskopi"),
        effect=_("Ingen nå. Går disken tapt, mister vi brukere og lagrede søk som kom til etter kopien. NAV har annonsene."),
        cause=cause,
        cure=_("Sjekk jobben som tar kopien. Framgangsmåten står i docs/operations.md."),
        since=backup.made + BACKUP_OLD if backup.made else None,
    )
