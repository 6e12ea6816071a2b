"""Parser of DATABASE_URL for `settings.py`: Django's dictionary of SQLite or PostgreSQL."""

from __future__ import annotations

from urllib.parse import unquote

from django.core.exceptions import ImproperlyConfigured

from .env import BASE_DIR, check_path, env, make_private_folder, refuse, split_url, text

# The server ends a session that is idle in a transaction: a worker that hangs or is suspended would lock its rows, the feed's
# lease among them, without end. Waiting for a locked row ends after the same time as on SQLite.
_SESSION = "-c idle_in_transaction_session_timeout=60000"

WAIT_SECONDS, WEB_WAIT_SECONDS = 30, 5
"""How long a writer waits for a locked row. A web process waits less, because each waiting request occupies a thread; the
visitor gets a page that explains it."""

CACHE_KIB, WEB_CACHE_KIB = 8000, 2000
"""Cache of pages of each connection to SQLite. A web process has one a thread, and the system keeps the same pages."""

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def database(name: str, default: str, *, web: bool = False) -> dict[str, object]:
    """Django's dictionary for one database, from a `sqlite://` or `postgres://` URL.

    `web`: for a process that answers requests, which pools its connections to PostgreSQL and waits less for a locked row.
    """
    url = text(name, default)
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(name, url, web)
    if scheme in {"postgres", "postgresql"}:
        return _postgresql(name, url, web)
    raise refuse(
        name,
        f"{scheme!r} is not a database we run on",
        "Write sqlite:///var/db.sqlite3 or postgres://user:password@host:5432/database.",
    )


def _sqlite(name: str, url: str, web: bool) -> dict[str, object]:
    rest = unquote(url.partition("://")[2])
    # Three slashes mean an absolute path, except for the project's own var/: `sqlite:///var/db.sqlite3` is how every
    # Django project writes "var/db.sqlite3 beside manage.py". Four slashes are always absolute.
    if rest.startswith("/var/") or rest.startswith("//"):
        rest = rest[1:]
    if not rest.strip("/"):
        raise refuse(name, f"{url!r} names no file", "Write sqlite:///var/db.sqlite3.")
    path = BASE_DIR / check_path(name, rest)
    if path.is_dir():
        raise refuse(name, f"{path} is a folder", "Write the path of a file, like sqlite:///var/db.sqlite3.")
    make_private_folder(name, path.parent)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Kept by each thread that answers requests: opening costs eight statements and an empty cache (1-2 ms a request).
        "CONN_MAX_AGE": 60 if web else 0,
        "OPTIONS": {
            # A write transaction locks at BEGIN: otherwise two that read first and write later deadlock,
            # and SQLite answers "database is locked" at once, whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": _wait_seconds(web),
            # secure_delete overwrites deleted data: a closed ad's contacts must not stay in the file.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; "
                f"PRAGMA foreign_keys=ON; PRAGMA cache_size=-{WEB_CACHE_KIB if web else CACHE_KIB};"
            ),
        },
    }


def _wait_seconds(web: bool) -> int:
    return WEB_WAIT_SECONDS if web else WAIT_SECONDS


def _postgresql(name: str, url: str, web: bool) -> dict[str, object]:
    import psycopg  # 8 MB, which a site on SQLite does not need
    from psycopg import conninfo

    split_url(name, url)
    try:
        config = dict(env.db_url_config(url))
        conninfo.make_conninfo(**{key: str(value) for key, value in (config.get("OPTIONS") or {}).items()})
    except (ValueError, ImproperlyConfigured, psycopg.Error) as error:
        problem = str(error).strip().partition("\n")[0]
        raise refuse(name, f"PostgreSQL does not take it ({problem})", "Write postgres://user:password@host:5432/name.") from None
    mode = (config.get("OPTIONS") or {}).get("sslmode")
    if mode is not None and mode not in _SSL_MODES:
        raise refuse(name, f"{mode!r} is no sslmode", f"Write one of {', '.join(_SSL_MODES)}.")
    if not config.get("NAME"):
        raise refuse(name, "it names no database", "Write postgres://user:password@host:5432/database.")
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_HEALTH_CHECKS"] = True  # a connection that the server dropped is replaced, not used for a request
    session = f"{_SESSION} -c lock_timeout={_wait_seconds(web) * 1000}"
    options = {"connect_timeout": 5, "options": session, "application_name": "jobsearch", **(config.get("OPTIONS") or {})}
    if web:
        # A thread that answers a request borrows a connection. Other processes have no pool: Celery forks its processes, and
        # a forked pool would let two processes write into one connection.
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 5, "max_idle": 300}
        config["CONN_MAX_AGE"] = 0
    else:
        # Kept from one task to the next, because some run every few seconds.
        config.setdefault("CONN_MAX_AGE", 60)
    config["OPTIONS"] = options
    return config
