"""The token in the prose, and its renewal."""

from __future__ import annotations

import threading

import pytest

from ingest.tokens import SameToken, Tokens, find_token

ONE, TWO = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2ln"


@pytest.mark.parametrize(
    "prose",
    ["{}", "Current public token for Nav Job Vacancy Feed:\n{}", "token: {}.\nValid for 35 days", '"{}"', "<p>{}</p>", "{}\r\n"],
)
def test_the_token_is_found_wherever_it_stands(prose):
    assert find_token(prose.format(ONE).encode()) == ONE


@pytest.mark.parametrize("prose", ["", "Public token is not currently available", "eyJhbGci.only-two", "a.b.c", "\xff\xfe"])
def test_where_there_is_none_none_is_found(prose):
    assert find_token(prose.encode("latin-1")) is None


def test_one_thread_renews_for_all():
    asked = []

    def fetch() -> str:
        asked.append(1)
        return TWO

    tokens = Tokens(fetch, cached=ONE)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(tokens.renew(ONE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, asked) == ([TWO] * 8, [1])


def test_a_dead_token_is_asked_for_again_once_in_a_run():
    asked = []

    def fetch() -> str:
        asked.append(1)
        return ONE

    tokens = Tokens(fetch, cached=ONE)
    for _ in range(3):
        with pytest.raises(SameToken):
            tokens.renew(ONE)
    assert asked == [1]


def test_a_token_of_ones_own_is_never_replaced():
    tokens = Tokens(lambda: TWO, private=ONE, cached=TWO)
    assert tokens.current() == ONE
    with pytest.raises(SameToken):
        tokens.renew(ONE)
