"""Guessing passwords is slowed down, on each cache there is; a cache that is down keeps nobody out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches
from django.test import Client

from jobsearch import environment
from jobsearch.web import attempts
from tests.servers.ports import free_port
from tests.servers.redis import OwnRedis, Redis
from tests.web.support import PASSWORD

PAGES = ["/logg-inn/", "/admin/login/"]


@pytest.fixture
def on(settings, monkeypatch):
    """Puts the site on the cache at an address, as CACHE_URL does."""

    def use(url: str, prefix: str = "") -> None:
        monkeypatch.setenv("CACHE_URL", url)
        found = environment.cache("CACHE_URL", "locmem://")
        settings.CACHES = {"default": found | ({"KEY_PREFIX": prefix} if prefix else {})}

    return use


@pytest.fixture(params=["locmem", "redis"])
def counting(request, on, redis_server: Redis) -> Iterator[None]:
    on("locmem://") if request.param == "locmem" else on(redis_server.url, redis_server.prefix)
    yield
    cache.delete_many([attempts._key(name, "127.0.0.1") for name in ("rita", "admin", "nobody")])


def tried(page: str, name: str = "rita", password: str = "feil", address: str = "127.0.0.1") -> str:
    """ "in", "wrong" or "paused"."""
    answer = Client().post(page, {"username": name, "password": password, "next": "/om/"}, REMOTE_ADDR=address)
    if answer.status_code == 302:
        return "in"
    assert answer.status_code == 200
    return "paused" if "Vent et kvarter" in answer.content.decode() else "wrong"


@pytest.mark.parametrize("page", PAGES)
def test_after_ten_wrong_passwords_the_right_one_waits_too(counting, admin_user, page):
    name = admin_user.get_username()
    assert {tried(page, name) for _ in range(attempts.MOST)} == {"wrong"}
    assert tried(page, name) == tried(page, name, "password") == "paused"
    assert tried(page, name, "password", address="203.0.113.7") == "in", "the owner comes in from elsewhere"
    cache.delete(attempts._key(name, "127.0.0.1"))  # a quarter of an hour later
    assert tried(page, name, "password") == "in"


def test_a_right_password_ends_the_count(counting, recruiter):
    for _ in range(3):
        assert {tried("/logg-inn/") for _ in range(attempts.MOST - 1)} == {"wrong"}
        assert tried("/logg-inn/", password=PASSWORD) == "in"


def test_both_doors_are_counted_together(counting, admin_user):
    name = admin_user.get_username()
    for _ in range(attempts.MOST // 2):
        assert {tried(page, name) for page in PAGES} == {"wrong"}
    assert {tried(page, name) for page in PAGES} == {"paused"}


def test_an_unknown_name_is_paused_like_a_known_one(counting, recruiter):
    for name in ("rita", "nobody"):
        assert [tried("/logg-inn/", name) for _ in range(attempts.MOST + 1)][-2:] == ["wrong", "paused"]


def test_the_count_ends_by_itself_and_holds_nobodys_name(on, own_redis: OwnRedis, recruiter):
    on(own_redis.url)
    tried("/logg-inn/")
    client = caches["default"]._cache.get_client()
    keys = client.keys("*login-*")
    assert len(keys) == 1
    assert all(0 < client.ttl(key) <= attempts.PAUSE_SECONDS for key in keys)
    assert not any(b"rita" in key or b"127.0.0.1" in key for key in keys)


def test_without_its_cache_the_site_still_lets_people_in_and_says_so(on, recruiter, caplog):
    on(f"redis://127.0.0.1:{free_port()}/0")
    assert {tried("/logg-inn/") for _ in range(attempts.MOST + 1)} == {"wrong"}
    assert tried("/logg-inn/", password=PASSWORD) == "in"
    assert "CACHE_URL does not answer" in caplog.text
    assert "rita" not in caplog.text
