"""Sent mails of the demo: reads the files of Django's mail backend `filebased`, which sends nothing."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

MOST_SHOWN = 100
_MOST_FILES, _MOST_BYTES = 200, 2_000_000
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # written by Django after each message; one file holds those of one connection


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that the site has sent. `key` identifies it in addresses."""

    key: str
    subject: str
    recipient: str
    date: str
    text: str
    html: str


def list_sent_mails(folder: Path) -> list[SentMail]:
    """The latest mails, the newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)[:_MOST_FILES]
    found: list[SentMail] = []
    for file in files:
        found += reversed(_read_file(file))
        if len(found) >= MOST_SHOWN:
            break
    return found[:MOST_SHOWN]


def _read_file(file: Path) -> list[SentMail]:
    with file.open("rb") as opened:
        content = opened.read(_MOST_BYTES)
    parts = [part for part in content.split(_SEPARATOR) if part.strip()]
    return [_parse_mail(f"{file.stem}-{number}", part) for number, part in enumerate(parts)]


def _parse_mail(key: str, content: bytes) -> SentMail:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - for the type checker: the policy decides the class
    return SentMail(
        key,
        str(message["subject"] or ""),
        str(message["to"] or ""),
        str(message["date"] or ""),
        _read_part(message, "plain"),
        _read_part(message, "html"),
    )


def _read_part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
