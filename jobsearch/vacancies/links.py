"""Validation of addresses from outside: http, https, e-mail and telephone links, their hosts as browsers resolve them.

A host is kept in Unicode where it has only letters that Norid registers under .no, else in punycode: the Cyrillic
"аrbeidsplassen.nav.no" is stored and shown as "xn--rbeidsplassen-v1k.nav.no". Numeric hosts, user names, uncommon ports and
headers of e-mails (but a subject) make no link: no employer needs them, and each has been used to hide where a link leads.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qs, quote, unquote, urlsplit

import idna

from jobsearch.core import characters
from jobsearch.core.text_values import decode_references

LENGTH = 2000  # characters; what browsers and proxies carry
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
    """An http, https or mailto address, or "" where there is none: `javascript:` and the like never become links.

    Employers write `www.example.no` and plain e-mail addresses too: those get the scheme that is meant.
    """
    value = characters.clean_text(decode_references(value[:_READ])).strip()
    if not value or len(value) > LENGTH or not _REFUSED.isdisjoint(value) or any(one.isspace() for one in value):
        return ""
    scheme, colon, rest = value.partition(":")
    if colon and scheme.lower() == "mailto":
        return _mail(rest)
    if "@" in value and (found := _mail(value)):
        return found
    if _BARE.fullmatch(value):
        value = f"https://{value}"
    return _web(value)


def sanitise_href(value: str) -> str:
    """What an ad's text may link to: as `safe_link`, and telephone numbers."""
    value = value[:_READ].strip()
    if value[:4].lower() != "tel:":
        return sanitise_link(value)
    number = unquote(characters.clean_text(decode_references(value[4:]))).translate(_PHONE_SEPARATORS)
    return f"tel:{number}" if _PHONE.fullmatch(number) else ""


def get_host(url: str) -> str:
    """The host that a web link leads to, as people know it ("jobbnorge.no", "blåbær.no"); "" for any other link."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return _shown(host).removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def has_mixed_scripts(url: str) -> bool:
    """Whether the link's host is written in letters of several alphabets, as a look-alike of a known address is."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return len({unicodedata.name(one, "").partition(" ")[0] for one in _decoded(host) if one.isalpha()}) > 1


def _web(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc or port not in _PORTS:
        return ""
    given = parts.hostname or ""
    host = _registrable(given)
    if not host:
        return ""
    if host == given:
        return value
    return parts._replace(netloc=f"{host}:{port}" if port else host).geturl()


def _mail(value: str) -> str:
    address, _, headers = value.partition("?")
    local, _, host = unquote(address).rpartition("@")
    host = _registrable(host)
    if not host or not _LOCAL_PART.fullmatch(local):
        return ""
    subject = ""
    if headers:
        given = parse_qs(headers.replace("&amp;", "&"), max_num_fields=50, separator="&") if headers.count("&") < 50 else {}
        subject = " ".join(characters.clean_text(next(iter(given.get("subject", [])), "")).split())[:_SUBJECT_LENGTH]
    link = f"mailto:{quote(local, safe=_SAFE_LOCAL)}@{host}"
    return f"{link}?subject={quote(subject, safe='')}" if subject else link


_SAFE_LOCAL = "+'&=~!$*æøåÆØÅ"


def _registrable(host: str) -> str:
    """The host in lower case as it is kept, or "" where it is none that is registered under a public domain."""
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
        return ""  # one name is a machine of a local network; a last label with digits is an IPv4 address in some form
    if not all(map(_LABEL.fullmatch, labels)):
        return ""
    return host if _LETTERS.issuperset(host) else encoded


def _shown(host: str) -> str:
    decoded = _decoded(host)
    return decoded if _LETTERS.issuperset(decoded) else host


def _decoded(host: str) -> str:
    if "xn--" not in host:
        return host
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host
