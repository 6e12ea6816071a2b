"""Tokens, and the bodies of errors."""

from __future__ import annotations

import base64
import json
import re
import socket

import pytest

from jobsearch.demo.feed_server import FakeFeed
from jobsearch.demo.feed_server.tokens import Tokens


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_public_token_is_prose_a_colon_a_newline_and_a_jwt(feed, client):
    reply = client.ask("/api/publicToken", token=None)
    assert reply.headers["content-type"] == "text/plain;charset=utf-8"
    prose, token = reply.body.decode().split("\n")
    assert prose.endswith(":")
    assert re.fullmatch(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", token)
    told = claims(token)
    assert (told["iss"], told["aud"]) == ("nav-no", "feed-api-v2")
    assert told["exp"] - told["iat"] == 35 * 86_400
    assert "kid" in told
    assert client.ask("/api/v1/feed", Authorization=f"Bearer {token}").status == 404  # let in; the feed is empty


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer   {}"])
def test_bearer_is_read_in_any_case_and_with_any_spaces(feed, client, form):
    feed.publish()
    assert client.ask("/api/v1/feed", Authorization=form.format(feed.token)).status == 200


def test_every_cause_of_401_has_one_body(feed, client, clock):
    token = feed.token
    head, body, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    foreign = Tokens(clock).public()
    forms = [
        "",
        token,
        f"Basic {token}",
        "Bearer x",
        f"Bearer {token}x",
        f"Bearer {foreign}",
        f"Bearer {none}.{body}.",
        f"Bearer {head}.{body}.{signature[:-4]}",
        "Bearer Current public token for Nav Job Vacancy Feed",
        "Bearer 1.2.3",
    ]
    replies = [client.ask("/api/v1/feed", token=None)] + [client.ask("/api/v1/feed", Authorization=form) for form in forms]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    told = replies[0].json
    assert (told["title"], told["status"], told["details"]) == ("Unauthorized", 401, {})
    assert b"\n    " in replies[0].body
    assert "www-authenticate" not in replies[0].headers


def test_rotation_makes_the_old_token_invalid(feed, client):
    feed.publish()
    old = feed.token
    new = feed.tokens.rotate()
    assert old != new == feed.token
    assert client.ask("/api/v1/feed", Authorization=f"Bearer {old}").status == 401
    assert client.feed_page().status == 200


def test_two_pods_disagree_on_an_old_token_for_half_an_hour(feed, client, clock):
    feed.publish()
    old = feed.token
    feed.tokens.rotate(flapping=True)

    def statuses():
        return sorted(client.ask("/api/v1/feed", Authorization=f"Bearer {old}").status for _ in range(4))

    assert statuses() == [200, 200, 401, 401]
    clock.turn(minutes=31)
    assert statuses() == [401] * 4


def test_dead_public_token_is_handed_out_again_for_five_hours(feed, client, clock):
    feed.publish()
    dead = feed.token
    clock.turn(days=35, minutes=1)
    assert feed.token == dead
    assert client.feed_page().status == 401
    clock.turn(hours=4)
    assert feed.token == dead
    clock.turn(hours=1, minutes=1)
    assert feed.token != dead
    assert client.feed_page().status == 200


def test_public_token_can_be_let_die_at_once(feed, client):
    feed.publish()
    dead = feed.tokens.let_public_die()
    assert feed.token == dead
    assert client.feed_page().status == 401


def test_withdrawn_public_token_is_404_with_json_content_type(feed, client):
    feed.tokens.withdraw()
    reply = client.ask("/api/publicToken", token=None)
    assert (reply.status, reply.headers["content-type"]) == (404, "application/json")
    assert reply.body == b"Public token is not currently available"
    with pytest.raises(RuntimeError, match="withdraw"):
        _ = feed.token


def test_private_token_has_no_end_and_a_new_one_replaces_it(feed, client, clock):
    feed.publish()
    first = feed.tokens.private()
    assert "exp" not in claims(first)
    clock.turn(days=400)
    assert client.ask("/api/v1/feed", token=first).status == 200
    second = feed.tokens.private()
    assert client.ask("/api/v1/feed", token=first).status == 401
    assert client.ask("/api/v1/feed", token=second).status == 200
    short = feed.tokens.private("short@example.no", days=1)
    clock.turn(days=2)
    assert client.ask("/api/v1/feed", token=short).status == 401


def test_unknown_route_is_404_without_a_token(client):
    reply = client.ask("/api/v2/feed", token=None)
    assert reply.status == 404
    assert reply.json["title"] == "Endpoint GET /api/v2/feed not found"
    assert client.ask("/api/v1/feed/a/b", token=None).status == 404
    assert client.ask("/api/v1/feed", method="POST").json["title"] == "Endpoint POST /api/v1/feed not found"


def test_error_is_plain_text_for_who_accepts_html(client):
    reply = client.ask("/api/v1/feed", token=None, Accept="text/html")
    assert (reply.headers["content-type"], reply.body) == ("text/plain;charset=utf-8", b"Unauthorized")


@pytest.mark.parametrize("path", ["/api/v1/feed/xyz", "/api/v1/feedentry/xyz", "/api/v1/feedentry/1-2-3-4-g"])
def test_malformed_uuid_is_500(client, path):
    reply = client.ask(path)
    assert (reply.status, reply.json["title"]) == (500, "Server Error")


def test_unknown_uuid_is_404_and_empty(client):
    for path in ("feed", "feedentry"):
        reply = client.ask(f"/api/v1/{path}/00000000-0000-0000-0000-000000000000")
        assert (reply.status, reply.body, reply.headers["content-length"]) == (404, b"", "0")


def test_page_size_is_checked_before_the_uuid_and_after_the_token(feed, client):
    reply = client.ask("/api/v1/feed/xyz?pageSize=20000")
    assert (reply.status, reply.headers["content-type"]) == (400, "text/plain;charset=utf-8")
    assert reply.body == b"pageSize must be less than or equal to 10000"
    assert client.ask("/api/v1/feed/xyz?pageSize=20000", token=None).status == 401
    feed.publish()
    assert client.feed_page(query="?pageSize=10000").status == 200
    assert client.feed_page(query="?pageSize=-1").status == 500


def test_trailing_slash_and_upper_case_work(feed, client):
    uuid = feed.publish()
    line = client.feed_page().json["id"]
    assert client.feed_page(f"{line.upper()}/").json["id"] == line
    assert client.detail(uuid.upper()).json["uuid"] == uuid
    assert client.ask("/api/v1/feed/").status == 200


def test_head_without_token_is_200_and_says_nothing(client):
    reply = client.ask("/api/v1/feed", method="HEAD", token=None)
    assert (reply.status, reply.body) == (200, b"")
    assert client.ask("/nowhere", method="HEAD", token=None).status == 404
    assert client.ask("/api/v1/feed").status == 404  # the connection is still in step


def test_header_of_nine_kilobytes_is_431_in_html(client):
    reply = client.ask("/api/v1/feed", X_Long="x" * 9000)
    assert reply.status == 431
    assert reply.headers["content-type"].startswith("text/html")


def test_newline_in_a_header_is_400_in_html(feed):
    host, port = feed.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(b"GET /api/v1/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Current:\r\n eyJ\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400 ")


def test_openapi_is_open(client):
    assert "paths" in client.ask("/api/openapi.json", token=None).json


def test_requests_are_remembered_until_cleared(feed, client):
    feed.publish()
    client.feed_page(query="?last", X_Mark="1")
    (seen,) = feed.requests
    assert (seen.method, seen.path, seen.kind, seen.status) == ("GET", "/api/v1/feed", "page", 200)
    assert (seen.query, seen.headers["x-mark"]) == ({"last": ""}, "1")
    feed.clear_requests()
    assert feed.requests == []


def test_other_hosts_cannot_reach_it():
    with pytest.raises(ValueError, match="loopback"):
        FakeFeed(host="0.0.0.0")
