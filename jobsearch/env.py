"""Parsers of environment variables for `settings.py`: typed, with an error that says what to write instead.

Imports no Django models, because it runs before Django is set up.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from ingest.client.tokens import parse_private_token

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

_MAX_PROBLEM = 200  # characters of a refused value that are shown

_PASSWORD = re.compile(r"(?<!\S)((?>\S*?://))\S*@")  # from the first :// of a word to its last @
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_DATABASE_NUMBER = re.compile(r"/?|/[0-9]{1,4}")

env = environ.Env()
_read_variables: set[str] = set()


def refuse(name: str, problem: str, cure: str) -> ImproperlyConfigured:
    """The exception of every settings error: which variable, what is wrong with it (without a password), what to write."""
    problem = _PASSWORD.sub(r"\1…@", problem)
    problem = problem if len(problem) <= _MAX_PROBLEM else f"{problem[:_MAX_PROBLEM]}…"
    return ImproperlyConfigured(f"{name}: {problem}. {cure}")


def read_dotenv(path: Path) -> None:
    """Reads `.env` into the environment; a variable that is already set wins."""
    try:
        path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except UnicodeDecodeError:
        raise refuse(str(path), "it is not UTF-8 text", "Save it as UTF-8, or copy .env.example again.") from None
    except OSError as error:
        raise refuse(str(path), f"it cannot be read ({error.strerror})", "Let the site's user read it.") from None
    env.read_env(path)


def text(name: str, default: str) -> str:
    """The variable's text; an empty variable counts as not set, as in a copied `.env` with blank lines."""
    _read_variables.add(name)
    value = os.environ.get(name, "").strip()
    if any("\ud800" <= mark <= "\udfff" for mark in value):  # Python's surrogates for bytes that are not UTF-8
        raise refuse(name, "it is not UTF-8 text", "Write it in UTF-8.")
    return value or default


def list_read_variables() -> frozenset[str]:
    """Every variable that the settings have read: for programs that start others with an environment of their own."""
    return frozenset(_read_variables)


def flag(name: str, default: bool) -> bool:
    """A boolean setting: 1, true, yes or on; 0, false, no or off."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise refuse(name, f"{value!r} is neither yes nor no", "Write 1 or 0.")


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise refuse(name, f"{value!r} is not a whole number", f"Write a number from {least} to {most}.") from None
    if not least <= result <= most:
        raise refuse(name, f"{result} is out of range", f"Write a number from {least} to {most}.")
    return result


def choice(name: str, default: str, choices: list[str]) -> str:
    """One of several words."""
    if (value := text(name, default).lower()) in choices:
        return value
    raise refuse(name, f"{value!r} is none of its values", f"Write {' or '.join(choices)}.")


def names(name: str, default: list[str]) -> list[str]:
    """A comma-separated list, without whitespace."""
    return [part.strip() for part in text(name, ",".join(default)).split(",") if part.strip()]


def feed_token(name: str) -> str:
    """A private token for the feed, extracted from the pasted text; empty if none is set."""
    try:
        return parse_private_token(text(name, ""))
    except ValueError as error:
        raise refuse(name, str(error), "Write the token alone (it begins with eyJ), or leave it out.") from None


def host_names(name: str, default: list[str]) -> list[str]:
    """Host names as ALLOWED_HOSTS takes them: `jobb.example.no`, `.example.no` with all below it, `[::1]`, or `*`."""
    found = names(name, default)
    for host in found:
        if host != "*" and not _is_host(host.removeprefix(".").removeprefix("[").removesuffix("]")):
            cure = "Write only host names, like jobb.example.no, without https:// and port."
            raise refuse(name, f"{host!r} is not a host name", cure)
    return found


def mail_addresses(name: str, default: list[str]) -> list[str]:
    """Mail addresses, each with an optional name: `Utlyst <post@example.no>`."""
    found = names(name, default)
    for address in found:
        local, _, domain = parseaddr(address)[1].rpartition("@")
        if not local or not domain or not address.isprintable():
            raise refuse(name, f"{address!r} is not a mail address", "Write it like post@example.no.")
    return found


def http_url(name: str, default: str) -> str:
    """An http(s) origin with an optional path, without a trailing slash, credentials, query or fragment."""
    value = text(name, default).rstrip("/")
    parts = split_url(name, value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise refuse(name, f"{value!r} is not an http(s) address", f"Write it like {default}.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise refuse(name, "it holds credentials, a query or a fragment", f"Write only scheme and host, like {default}.")
    return value


def origin(name: str, value: str) -> str:
    """A URL of scheme and host only, without its final slash."""
    parts = split_url(name, value)
    extra = "@" in parts.netloc or parts.query or parts.fragment or parts.path not in {"", "/"}
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise refuse(name, f"{value!r} is not an origin", "Write scheme and host, like https://jobb.example.no.")
    return value.rstrip("/")


def webhook_url(name: str) -> str:
    """The URL of a webhook, with a path and a query, which often hold its secret; empty for none."""
    value = text(name, "")
    if not value:
        return ""
    parts = split_url(name, value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise refuse(name, "it is not an http(s) address", "Write it like https://hooks.example.no/services/T0/B0.")
    return value


def optional_path(name: str) -> Path | None:
    """A file or folder, relative to the project or absolute; None where it is not set. It may not exist yet."""
    value = text(name, "")
    return BASE_DIR / check_path(name, value) if value else None


def path_after_scheme(name: str, url: str) -> Path:
    """The path in a URL: `scheme://var/x` is relative to the project, `scheme:///srv/x` is absolute."""
    rest = unquote(url.partition("://")[2])
    if not rest.strip("/"):
        raise refuse(name, f"{url!r} names no path", "Write a path after ://, like var/data.")
    return BASE_DIR / check_path(name, rest)


def search_url(name: str, default: str) -> str:
    """The search engine's URL: `embedded://folder`, or `http(s)://` with one or several OpenSearch nodes."""
    url = text(name, default)
    scheme = url.partition(":")[0]
    if scheme == "embedded":
        path_after_scheme(name, url)
        return url
    if scheme in {"http", "https"}:
        # Several nodes: `https://user:password@one:9200,two:9200`; each is checked as an address of its own.
        credentials, _, hosts = url.partition("://")[2].rpartition("@")
        if set(credentials) & set("/?#@"):
            raise refuse(name, "its user or password holds @ / ? or #", "Write these as %40 %2F %3F %23.")
        for host in hosts.rstrip("/").split(","):
            parts = split_url(name, f"{scheme}://{host}")
            if not parts.hostname or parts.path or parts.query or parts.fragment:
                raise refuse(name, f"{host!r} is not a host", "Write https://user:password@host:9200,host:9200.")
        return url.rstrip("/")
    raise refuse(name, f"{scheme!r} is no engine", "Write embedded://var/index or http(s)://host:9200.")


def broker_url(name: str, default: str) -> str:
    """The URL of Celery's broker: `filesystem://folder` or Redis. The folder is created."""
    url = text(name, default)
    scheme = url.partition(":")[0]
    if scheme == "filesystem":
        make_private_folder(name, path_after_scheme(name, url))
        return url
    if _is_redis(name, url):
        return url
    raise refuse(name, f"{url!r} is no broker", "Write filesystem://var/broker or redis://host:6379/0.")


def cache(name: str, default: str) -> dict[str, object]:
    """Django's settings of a cache, from `locmem://` or a Redis URL."""
    url = text(name, default)
    scheme = url.partition(":")[0]
    if scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if _is_redis(name, url):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "jobsearch",  # the broker may share the server
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2, "health_check_interval": 30},
        }
    raise refuse(name, f"{url!r} is no cache", "Write locmem:// or redis://host:6379/1.")


def email(name: str, default: str) -> dict[str, object]:
    """Django's settings for mail, from an address. A server that does not answer times out after ten seconds.

    `filemail://folder` writes each mail to a file that only this user can read. The folder is created.
    """
    url, cure = text(name, default), "Write smtp+tls://user:password@host:587, or filemail://var/mail."
    if url.startswith("filemail:"):
        folder = path_after_scheme(name, url)
        make_private_folder(name, folder)
        return {"EMAIL_BACKEND": env.EMAIL_SCHEMES["filemail"], "EMAIL_FILE_PATH": str(folder)}
    parts = split_url(name, url)
    if parts.scheme.startswith("smtp") and (not parts.hostname or parts.query or parts.path.strip("/")):
        raise refuse(name, "it names no mail server, or more than one", cure)
    try:
        return {"EMAIL_TIMEOUT": 10, **env.email_url_config(url)}
    except (KeyError, ValueError, ImproperlyConfigured):
        raise refuse(name, "it is no mail address scheme", cure) from None


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks, such as those of the proxies whose `X-Forwarded-*` headers are trusted."""
    found = []
    for value in names(name, []):
        try:
            found.append(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise refuse(name, f"{value!r} is no address or network", "Write 10.0.0.0/8,127.0.0.1.") from None
    return found


def token(name: str) -> str:
    """A shared secret that a client sends in a header; empty for none."""
    given = text(name, "")
    if given and not (given.isascii() and given.isprintable() and len(given) >= 16):
        raise refuse(name, "it is shorter than 16 characters or holds others than ASCII", "Make one by openssl rand -hex 32.")
    return given


def secret_key(name: str) -> str:
    """The given key, or one generated once and kept under `var/`, readable by this user only."""
    given = text(name, "")
    if given:
        if len(given) < 32:
            raise refuse(name, "it is shorter than 32 characters", "Leave it out and one is generated under var/.")
        if len(set(given)) < 8:
            raise refuse(name, "it has fewer than 8 different characters", "Leave it out, or make one by: openssl rand -hex 32.")
        return given
    path = VAR_DIR / "secret_key"
    make_private_folder(name, path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    key = path.read_text().strip()
    if len(key) < 32:
        raise refuse(name, f"{path} is empty or cut off", "Delete that file and start again.")
    return key


def make_private_folder(name: str, path: Path) -> None:
    """Creates a folder that only this user can read, where it does not exist."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise refuse(name, f"{path} cannot be made ({error.strerror})", "Choose a folder this user may write.") from None


def split_url(name: str, url: str) -> SplitResult:
    """The parts of a URL. Refuses an invalid host or port."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port  # raises on "host:port" with words in it
    except ValueError as error:
        raise refuse(name, f"it is not an address ({error})", "See the table of settings in the README.") from None
    if not url.isprintable() or " " in url:
        raise refuse(name, "it holds a blank or a sign that cannot be seen", "Write it without, or as %20.")
    if port == 0:
        raise refuse(name, "0 is no port", "Write a port from 1 to 65535.")
    if host and not _is_host(host):
        raise refuse(name, f"{host!r} is not a host name", "Write letters, digits, dots and hyphens; xn--… for others.")
    return parts


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    if ":" in host or labels[-1].isdigit():
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True
    return len(host) < 254 and all(_LABEL.fullmatch(label) for label in labels)


def check_path(name: str, path: str) -> str:
    """The path, if all its characters can be seen."""
    if not path.isprintable():
        raise refuse(name, "its path holds a sign that cannot be seen", "Choose another path.")
    return path


def _is_redis(name: str, url: str) -> bool:
    """Whether an address is `redis[s]://[:password@]host[:port][/number]`."""
    if url.partition(":")[0] not in {"redis", "rediss"}:
        return False
    parts = split_url(name, url)
    return bool(parts.hostname and not parts.query and not parts.fragment and _DATABASE_NUMBER.fullmatch(parts.path))
