"""Tokens, and the status, headers and body of errors."""

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


def test_the_public_token_is_text_with_colon_a_newline_and_a_jwt(feed, client):
    reply = client.get("/api/publicToken", token=None)
    assert reply.headers["content-type"] == "text/plain;charset=utf-8"
    prose, token = reply.body.decode().split("\n")
    assert prose.endswith(":")
    assert re.fullmatch(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", token)
    body = claims(token)
    assert (body["iss"], body["aud"]) == ("nav-no", "feed-api-v2")
    assert body["exp"] - body["iat"] == 35 * 86_400
    assert "kid" in body
    assert client.get("/api/v1/feed", Authorization=f"Bearer {token}").status == 404  # accepted; the feed is empty


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer   {}"])
def test_bearer_is_accepted_in_any_case_and_with_any_spaces(feed, client, form):
    feed.publish()
    assert client.get("/api/v1/feed", Authorization=form.format(feed.token)).status == 200


def test_every_cause_of_401_has_the_same_body(feed, client, clock):
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
    replies = [client.get("/api/v1/feed", token=None)] + [client.get("/api/v1/feed", Authorization=form) for form in forms]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    body = replies[0].json
    assert (body["title"], body["status"], body["details"]) == ("Unauthorized", 401, {})
    assert b"\n    " in replies[0].body
    assert "www-authenticate" not in replies[0].headers


def test_rotation_makes_the_old_token_invalid(feed, client):
    feed.publish()
    old = feed.token
    new = feed.tokens.rotate()
    assert old != new == feed.token
    assert client.get("/api/v1/feed", Authorization=f"Bearer {old}").status == 401
    assert client.feed_page().status == 200


def test_one_of_two_pods_accepts_an_old_token_for_half_an_hour(feed, client, clock):
    feed.publish()
    old = feed.token
    feed.tokens.rotate(flapping=True)

    def statuses():
        return sorted(client.get("/api/v1/feed", Authorization=f"Bearer {old}").status for _ in range(4))

    assert statuses() == [200, 200, 401, 401]
    clock.advance(minutes=31)
    assert statuses() == [401] * 4


def test_an_expired_public_token_is_handed_out_for_five_hours(feed, client, clock):
    feed.publish()
    expired = feed.token
    clock.advance(days=35, minutes=1)
    assert feed.token == expired
    assert client.feed_page().status == 401
    clock.advance(hours=4)
    assert feed.token == expired
    clock.advance(hours=1, minutes=1)
    assert feed.token != expired
    assert client.feed_page().status == 200


def test_the_public_token_can_be_expired_at_once(feed, client):
    feed.publish()
    expired = feed.tokens.expire_public()
    assert feed.token == expired
    assert client.feed_page().status == 401


def test_a_withdrawn_public_token_is_404_with_json_content_type(feed, client):
    feed.tokens.withdraw()
    reply = client.get("/api/publicToken", token=None)
    assert (reply.status, reply.headers["content-type"]) == (404, "application/json")
    assert reply.body == b"Public token is not currently available"
    with pytest.raises(RuntimeError, match="withdraw"):
        _ = feed.token


def test_a_private_token_has_no_expiry_and_a_new_one_replaces_it(feed, client, clock):
    feed.publish()
    first = feed.tokens.private()
    assert "exp" not in claims(first)
    clock.advance(days=400)
    assert client.get("/api/v1/feed", token=first).status == 200
    second = feed.tokens.private()
    assert client.get("/api/v1/feed", token=first).status == 401
    assert client.get("/api/v1/feed", token=second).status == 200
    short = feed.tokens.private("short@example.no", days=1)
    clock.advance(days=2)
    assert client.get("/api/v1/feed", token=short).status == 401


def test_unknown_route_is_404_without_a_token(client):
    reply = client.get("/api/v2/feed", token=None)
    assert reply.status == 404
    assert reply.json["title"] == "Endpoint GET /api/v2/feed not found"
    assert client.get("/api/v1/feed/a/b", token=None).status == 404
    assert client.get("/api/v1/feed", method="POST").json["title"] == "Endpoint POST /api/v1/feed not found"


def test_an_error_is_plain_text_if_html_is_accepted(client):
    reply = client.get("/api/v1/feed", token=None, Accept="text/html")
    assert (reply.headers["content-type"], reply.body) == ("text/plain;charset=utf-8", b"Unauthorized")


@pytest.mark.parametrize("path", ["/api/v1/feed/xyz", "/api/v1/feedentry/xyz", "/api/v1/feedentry/1-2-3-4-g"])
def test_malformed_uuid_is_500(client, path):
    reply = client.get(path)
    assert (reply.status, reply.json["title"]) == (500, "Server Error")


def test_unknown_uuid_is_404_and_empty(client):
    for path in ("feed", "feedentry"):
        reply = client.get(f"/api/v1/{path}/00000000-0000-0000-0000-000000000000")
        assert (reply.status, reply.body, reply.headers["content-length"]) == (404, b"", "0")


def test_page_size_is_checked_before_the_uuid_and_after_the_token(feed, client):
    reply = client.get("/api/v1/feed/xyz?pageSize=20000")
    assert (reply.status, reply.headers["content-type"]) == (400, "text/plain;charset=utf-8")
    assert reply.body == b"pageSize must be less than or equal to 10000"
    assert client.get("/api/v1/feed/xyz?pageSize=20000", token=None).status == 401
    feed.publish()
    assert client.feed_page(query="?pageSize=10000").status == 200
    assert client.feed_page(query="?pageSize=-1").status == 500


def test_trailing_slash_and_upper_case_work(feed, client):
    uuid = feed.publish()
    line = client.feed_page().json["id"]
    assert client.feed_page(f"{line.upper()}/").json["id"] == line
    assert client.detail(uuid.upper()).json["uuid"] == uuid
    assert client.get("/api/v1/feed/").status == 200


def test_head_without_token_is_200_and_empty(client):
    reply = client.get("/api/v1/feed", method="HEAD", token=None)
    assert (reply.status, reply.body) == (200, b"")
    assert client.get("/nowhere", method="HEAD", token=None).status == 404
    assert client.get("/api/v1/feed").status == 404  # the connection is still usable


def test_header_of_nine_kilobytes_is_431_in_html(client):
    reply = client.get("/api/v1/feed", X_Long="x" * 9000)
    assert reply.status == 431
    assert reply.headers["content-type"].startswith("text/html")


def test_newline_in_a_header_is_400_in_html(feed):
    host, port = feed.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(b"GET /api/v1/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Current:\r\n eyJ\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400 ")


def test_openapi_needs_no_token(client):
    assert "paths" in client.get("/api/openapi.json", token=None).json


def test_requests_are_logged_until_cleared(feed, client):
    feed.publish()
    client.feed_page(query="?last", X_Mark="1")
    (logged,) = feed.requests
    assert (logged.method, logged.path, logged.kind, logged.status) == ("GET", "/api/v1/feed", "page", 200)
    assert (logged.query, logged.headers["x-mark"]) == ({"last": ""}, "1")
    feed.clear_requests()
    assert feed.requests == []


def test_only_a_loopback_address_is_accepted():
    with pytest.raises(ValueError, match="loopback"):
        FakeFeed(host="0.0.0.0")
