"""Invalid values of environment variables: an error that names the variable and the remedy, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from jobsearch import env as environment
from jobsearch import env_databases
from tests.deployment.composition import ROOT

WORDS = """
æøå 9e9 -1 0x10 http:// https:// http://:80 http://host:0 http://host:99999 http://host:-1 http://host:port http://[::1 http://[zz]
http://user:pa/ss@host/ http://user:p@ss@host:9200 http://:p@host http://höst http://a..b http://- http://1.2.3.4.5 http://h?x http://h#f
postgres:// postgres://host postgres://u:p@h:0/db postgres://u:p@h:99999/db postgres://u:p/w@h/db postgres://u:p#w@h/db
postgres://u:p?w@h/db postgres://u:p@h/db?sslmode=nonsense postgres://u:p@h/db?foo=bar mysql://u:p@h/db sqlite: sqlite:// sqlite:///
sqlite:///%00 sqlite:////tmp sqlite:////proc/x/db sqlite:////etc/passwd/x redis:// redis://:0 redis://h:0 redis://h:99999/0 redis://h/x
redis://h/-1 redis://:p/w@h:6379/0 redis://:p#w@h:6379/0 redis://h:6379/0?socket_timeout=abc redis://h:6379/99999999999999999999
filesystem:// filesystem:/// filesystem://%00 filesystem:////proc/x embedded:// embedded://%00 dummy:// smtp:// smtp://u:p@h:0
smtp://u:p@h:99999 smtp+tls://u:p@h:abc smtp://u:p/w@h:25 1.2.3.4/99 ::1/129 300.1.1.1 ftp://h //h http:h unix:///x {} $HOME ${X}
"""
VALUES = [
    *WORDS.split(),
    "http://a b",
    "http://host\nx",
    "x" * 100_000,
    "9" * 5000,
    "http://" + "a" * 300,
    "\udcff",
    "a\x7fb",
    "٣٣٣",
]
READERS = {
    "http_url": lambda: environment.http_url("X", "http://localhost:8000"),
    "origin": lambda: [environment.origin("X", value) for value in environment.names("X", [])],
    "host_names": lambda: environment.host_names("X", []),
    "mail_addresses": lambda: environment.mail_addresses("X", []),
    "networks": lambda: environment.networks("X"),
    "number": lambda: environment.number("X", 5, least=0, most=10),
    "flag": lambda: environment.flag("X", False),
    "database": lambda: env_databases.database("X", "sqlite:///var/db.sqlite3"),
    "search_url": lambda: environment.search_url("X", "embedded://var/index"),
    "broker_url": lambda: environment.broker_url("X", "filesystem://var/broker"),
    "cache": lambda: environment.cache("X", "locmem://"),
    "email": lambda: environment.email("X", "filemail://var/mail"),
    "secret_key": lambda: environment.secret_key("X"),
}


@pytest.fixture(autouse=True)
def var(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)
    monkeypatch.setattr(environment, "VAR_DIR", tmp_path / "var")


@pytest.mark.parametrize("reader", READERS)
def test_value_is_accepted_or_rejected_with_a_sentence(monkeypatch, reader):
    for value in VALUES:
        monkeypatch.setenv("X", value)
        try:
            READERS[reader]()
        except ImproperlyConfigured as error:
            assert str(error).startswith("X: ")
            assert len(str(error)) < 450
            assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("reader", "values"),
    [
        ("http_url", "http://host:0 http://a..b http://höst http://:p@host http://1.2.3.4.5 http://h?x http://- æøå".split()),
        ("origin", "http://user:p@host http://h?x http://h#f http://h/path jobb.example.no".split()),
        ("host_names", "https://jobb.example.no jobb.example.no:8000 jobb.example.no/ a..b høst -".split()),
        ("mail_addresses", ["kari", "@example.no", "kari@", "kari@example.no\nBcc: alle@example.no"]),
        (
            "database",
            "postgres://u:p@h:0/db postgres://u:p@h/db?foo=bar postgres://u:p@h/db?sslmode=no sqlite:///%00 sqlite:////tmp".split(),
        ),
        ("search_url", "http://u:p/w@h:9200 http://u:p@w@h:9200 http://h?x http://h/x http://h:0 http://a,https://b".split()),
        ("broker_url", "redis://h/x redis://h/-1 redis://h?x=1 filesystem://%00 amqp://h redis://:p#w@h/0".split()),
        ("cache", "redis://h/x redis://h/-1 redis://h?x=1 memcached://h".split()),
        ("email", "smtp:// smtp://h:0 smtp://h:99999 smtp://u:p/w@h:25 pigeon://h filemail:// filemail://%00".split()),
        ("secret_key", ["a", "a" * 64, "ab" * 40, "short but with many letters"]),
    ],
)
def test_invalid_values_are_rejected(monkeypatch, reader, values):
    for value in values:
        monkeypatch.setenv("X", value)
        with pytest.raises(ImproperlyConfigured, match=r"^X: "):
            READERS[reader]()


@pytest.mark.parametrize(
    ("reader", "values"),
    [
        ("http_url", "https://jobb.example.no https://jobb.example.no/stillinger http://[::1]:8000 http://127.0.0.1:80".split()),
        ("host_names", "jobb.example.no .example.no * [::1] 10.1.2.3 my_container".split()),
        ("mail_addresses", ["post@example.no", "Utlyst <post@example.no>", "jobsearch@localhost"]),
        ("database", "postgres://u:p%2Fw%40@h:5432/db postgres://u:p@h/db?sslmode=require postgres://u:p@[::1]/db".split()),
        ("search_url", "https://u:p%2Fw@one:9200,two:9200 http://one:9200/ embedded:///srv/index".split()),
        ("broker_url", "redis://:p%2Fw@h:6379/0 rediss://h redis://h:6379/15".split()),
        ("email", "smtp+tls://u:p%2Fw@h:587 smtp://localhost consolemail:// filemail://var/mail".split()),
        ("secret_key", ["0123456789abcdef" * 4]),
    ],
)
def test_valid_values_are_accepted(monkeypatch, reader, values):
    for value in values:
        monkeypatch.setenv("X", value)
        READERS[reader]()


def test_mails_without_a_server_are_files_that_only_this_user_reads(monkeypatch, tmp_path):
    monkeypatch.delenv("X", raising=False)
    found = READERS["email"]()
    assert found["EMAIL_FILE_PATH"] == str(tmp_path / "var/mail")
    assert (tmp_path / "var/mail").stat().st_mode & 0o777 == 0o700


def test_error_contains_no_password(monkeypatch):
    for url in ("redis://:hemmelig@h/x", "http://u:hemmelig@h?x", "postgres://u:hemmelig@h:0/db", "smtp://u:hemmelig@:25"):
        monkeypatch.setenv("X", url)
        for reader in ("broker_url", "cache", "http_url", "database", "search_url", "email"):
            try:
                READERS[reader]()
            except ImproperlyConfigured as error:
                assert "hemmelig" not in str(error)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00SITE_URL", b"SITE_URL=\xe5"])
def test_env_file_that_is_not_text_is_rejected(tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="UTF-8"):
        environment.read_dotenv(tmp_path / ".env")


def check_deploy(**settings: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "JOBSEARCH_READ_DOTENV": "0", "SECRET_KEY": "0123456789abcdef" * 4, **settings}
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)


def test_deployment_check_has_no_warnings(tmp_path):
    kept = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "SEARCH_URL": f"embedded://{tmp_path}/index",
        "CELERY_BROKER_URL": f"filesystem://{tmp_path}/broker",
    }
    kept["PRIVACY_CONTACT"] = "personvern@example.no"  # without it, a warning says that /personvern/ names no address
    answer = check_deploy(SITE_URL="https://jobb.example.no", ALLOWED_HOSTS="jobb.example.no", **kept)
    assert answer.returncode == 0, answer.stderr
    assert "WARNING" not in answer.stderr


def test_rejected_start_prints_the_sentence_last(tmp_path):
    answer = check_deploy(SECRET_KEY="a")
    assert answer.returncode != 0
    assert "SECRET_KEY: it is shorter than 32 characters" in answer.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("reader", ["secret_key", "number", "flag", "search_url", "mail_addresses"])
@pytest.mark.parametrize("value", ["abcdefghijklmnopqrstuvwxyz0123456789\udcff", "\udcc3(", "a\udc80@b.no"])
def test_invalid_utf_8_is_rejected(monkeypatch, reader, value):
    """As a secret key it would be accepted, and then fail in each request that signs something."""
    monkeypatch.setenv("X", value)
    monkeypatch.setenv("SECRET_KEY", value)
    with pytest.raises(ImproperlyConfigured, match="it is not UTF-8 text"):
        READERS[reader]()
