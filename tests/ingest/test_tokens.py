"""Token: found in surrounding text, and renewed by one thread for all."""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from ingest.client.tokens import TokenProvider, TokenUnchanged, find_token, parse_private_token, read_token_expiry
from jobsearch import env

ONE, TWO = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2ln"


@pytest.mark.parametrize(
    "prose",
    ["{}", "Current public token for Nav Job Vacancy Feed:\n{}", "token: {}.\nValid for 35 days", '"{}"', "<p>{}</p>", "{}\r\n"],
)
def test_the_token_is_found_in_any_text(prose):
    assert find_token(prose.format(ONE).encode()) == ONE


@pytest.mark.parametrize("prose", ["", "Public token is not currently available", "eyJhbGci.only-two", "a.b.c", "\xff\xfe"])
def test_a_text_without_a_token_gives_none(prose):
    assert find_token(prose.encode("latin-1")) is None


def test_one_thread_renews_for_all():
    requests = []

    def fetch() -> str:
        requests.append(1)
        return TWO

    tokens = TokenProvider(fetch, cached=ONE)
    renewed: list[str] = []
    threads = [threading.Thread(target=lambda: renewed.append(tokens.renew(ONE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (renewed, requests) == ([TWO] * 8, [1])


def test_an_expired_token_is_requested_again_once_per_run():
    requests = []

    def fetch() -> str:
        requests.append(1)
        return ONE

    tokens = TokenProvider(fetch, cached=ONE)
    for _ in range(3):
        with pytest.raises(TokenUnchanged):
            tokens.renew(ONE)
    assert requests == [1]


def test_a_private_token_is_never_replaced():
    tokens = TokenProvider(lambda: TWO, private=ONE, cached=TWO)
    assert tokens.get_token() == ONE
    with pytest.raises(TokenUnchanged):
        tokens.renew(ONE)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "Bearer {}",
        "bearer   {}",
        "BEARER\t{}\n",
        "Authorization: Bearer {}",
        '"Bearer {}"',
        "'{}'",
        "\u201cBearer {}\u201d",
        "\u00ab{}\u00bb",
        "token={}",
        " {}\r\n",
        "Current public token for Nav Job Vacancy Feed:\n{}",
        "Hei!\n\nHer er tokenet: {}.\nHilsen NAV",
    ],
)
def test_a_private_token_is_found_in_the_text_pasted_with_it(text):
    assert parse_private_token(text.format(ONE)) == ONE


def test_a_token_broken_over_lines_is_joined():
    assert parse_private_token(f"Bearer {ONE[:30]}\n  {ONE[30:]}") == ONE


def test_an_opaque_token_is_accepted_unchanged():
    assert parse_private_token("Bearer an_opaque-token.1") == "an_opaque-token.1"
    assert parse_private_token("  ") == ""


@pytest.mark.parametrize("text", ["Bearer", '""', "no token here", "t\u00f8ken", "eyJ \x00"])
def test_a_text_that_is_not_a_token_is_refused(text):
    with pytest.raises(ValueError):
        parse_private_token(text)


def _jwt(payload: object) -> str:
    return f"eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip('=')}.c2ln"


def test_the_expiry_is_read_from_the_token():
    assert read_token_expiry(_jwt({"exp": 1_800_000_000})) == dt.datetime(2027, 1, 15, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "a.b", _jwt({}), _jwt([]), _jwt({"exp": None}), _jwt({"exp": "soon"}), _jwt({"exp": 1e300}),
     _jwt({"exp": -1e18}), _jwt({"exp": [1]}), "a." + "A" * 9000 + ".c", "a.!!!.c"],
)  # fmt: skip
def test_a_token_without_expiry_gives_none(token):
    assert read_token_expiry(token) is None


def test_an_invalid_token_is_a_configuration_error(monkeypatch):
    monkeypatch.setenv("NAV_FEED_TOKEN", f"Bearer {ONE}")
    assert env.feed_token("NAV_FEED_TOKEN") == ONE
    monkeypatch.setenv("NAV_FEED_TOKEN", "ask Kari for it")
    with pytest.raises(ImproperlyConfigured, match=r"NAV_FEED_TOKEN: it is not a token.*begins with eyJ"):
        env.feed_token("NAV_FEED_TOKEN")
