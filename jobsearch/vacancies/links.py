"""Validation of URLs from outside: http, https, mailto and tel links, with hosts as browsers resolve them.

A host stays in Unicode if all its letters can be registered under .no (Norid's list), otherwise it becomes punycode: the
Cyrillic "аrbeidsplassen.nav.no" is stored and shown as "xn--rbeidsplassen-v1k.nav.no". Numeric hosts, user names, uncommon
ports and mail headers other than a subject are refused: no employer needs them, and each has been used to hide the target of
a link.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qs, quote, unquote, urlsplit

import idna

from jobsearch.core import characters
from jobsearch.core.text_values import decode_references

LENGTH = 2000  # characters that browsers and proxies support
_READ = 3 * LENGTH
_SUBJECT_LENGTH = 150
_HOST_LENGTH = 253
_PORTS = {None, 80, 443, 8000, 8080, 8443}
# https://www.norid.no/en/om-domenenavn/regelverk-for-no/vedlegg-f/: the letters of domain names under .no
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.áàäčçđéèêŋńñóòôöšŧüžæøå")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}", re.ASCII)
_BARE = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}(?::\d{1,5})?(?:[/?#]\S*)?")
_LOCAL_PART = re.compile(r"[\w.+'%&=~!$*-]{1,64}")
_PHONE = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_PHONE_SEPARATORS = str.maketrans("", "", " \u00a0.-/()")
_REFUSED = frozenset("\"'<>`\\")


def sanitise_link(value: str) -> str:
    """A safe http, https or mailto URL, or "" for anything else, such as `javascript:`.

    `www.example.no` and plain e-mail addresses, which employers write too, get the missing scheme.
    """
    value = characters.clean_text(decode_references(value[:_READ])).strip()
    if not value or len(value) > LENGTH or not _REFUSED.isdisjoint(value) or any(one.isspace() for one in value):
        return ""
    scheme, colon, rest = value.partition(":")
    if colon and scheme.lower() == "mailto":
        return _clean_mail_url(rest)
    if "@" in value and (found := _clean_mail_url(value)):
        return found
    if _BARE.fullmatch(value):
        value = f"https://{value}"
    return _clean_web_url(value)


def sanitise_href(value: str) -> str:
    """A safe URL for a link inside an ad's text: as `sanitise_link`, and tel links."""
    value = value[:_READ].strip()
    if value[:4].lower() != "tel:":
        return sanitise_link(value)
    number = unquote(characters.clean_text(decode_references(value[4:]))).translate(_PHONE_SEPARATORS)
    return f"tel:{number}" if _PHONE.fullmatch(number) else ""


def get_host(url: str) -> str:
    """The host of a web link as shown to people, without "www." ("jobbnorge.no", "blåbær.no"); "" for other links."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return _display_host(host).removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def has_mixed_scripts(url: str) -> bool:
    """Whether the host has letters of several alphabets, as a look-alike of a known host has (homograph attack)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return len({unicodedata.name(one, "").partition(" ")[0] for one in _decode_host(host) if one.isalpha()}) > 1


def _clean_web_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or port not in _PORTS:
        return ""
    given = parts.hostname or ""
    host = _clean_host(given)
    if not host:
        return ""
    if host == given:
        return value
    return parts._replace(netloc=f"{host}:{port}" if port else host).geturl()


def _clean_mail_url(value: str) -> str:
    address, _, headers = value.partition("?")
    local, _, host = unquote(address).rpartition("@")
    host = _clean_host(host)
    if not host or not _LOCAL_PART.fullmatch(local):
        return ""
    subject = ""
    if headers:
        given = parse_qs(headers.replace("&amp;", "&"), max_num_fields=50, separator="&") if headers.count("&") < 50 else {}
        subject = " ".join(characters.clean_text(next(iter(given.get("subject", [])), "")).split())[:_SUBJECT_LENGTH]
    link = f"mailto:{quote(local, safe=_SAFE_LOCAL)}@{host}"
    return f"{link}?subject={quote(subject, safe='')}" if subject else link


_SAFE_LOCAL = "+'&=~!$*æøåÆØÅ"


def _clean_host(host: str) -> str:
    """The host in lower case as it is stored, or "" if it cannot be registered under a public domain."""
    host = host.lower().rstrip(".")
    if not host or len(host) > _HOST_LENGTH:
        return ""
    encoded = host
    if not host.isascii():
        try:
            encoded = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    labels = encoded.split(".")
    if len(labels) < 2 or len(encoded) > _HOST_LENGTH or not _TOP.fullmatch(labels[-1]):
        return ""  # a single label is a machine in a local network; a last label with digits is a form of an IPv4 address
    if not all(map(_LABEL.fullmatch, labels)):
        return ""
    return host if _LETTERS.issuperset(host) else encoded


def _display_host(host: str) -> str:
    decoded = _decode_host(host)
    return decoded if _LETTERS.issuperset(decoded) else host


def _decode_host(host: str) -> str:
    if "xn--" not in host:
        return host
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host
