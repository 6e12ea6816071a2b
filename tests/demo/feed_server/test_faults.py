"""Fault injection: each fault affects the matching requests until it is cleared."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from jobsearch.demo.feed_server.faults import FAULTS, Faults

ENDLESS = 600  # seconds, more than the time-out of a test


@contextmanager
def cleared_later(clear: Callable[[], None]) -> Iterator[threading.Event]:
    """Calls `clear` 0.2 s after the start of the block; the event shows whether it was called."""
    cleared = threading.Event()

    def run() -> None:
        cleared.set()
        clear()

    timer = threading.Timer(0.2, run)
    timer.start()
    yield cleared
    timer.join()


@pytest.fixture
def ad_ids(feed):
    return [feed.publish() for _ in range(6)]


def test_the_list_of_faults_has_all_methods(feed):
    own = {"active", "latency", "clear", "remove", "apply"}
    assert set(FAULTS) == {name for name in vars(Faults) if not name.startswith("_")} - own


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_status_for_n_requests(feed, client, ad_ids, code):
    feed.faults.status(code, on="page", times=2)
    assert [client.feed_page().status for _ in range(3)] == [code, code, 200]


def test_a_status_applies_until_cleared_and_only_to_its_kind(feed, client, ad_ids):
    fault = feed.faults.status(503, on="detail", retry_after=7)
    assert client.detail(ad_ids[0]).headers["retry-after"] == "7"
    assert client.detail(ad_ids[0]).status == 503
    assert client.feed_page().status == 200
    assert client.get("/api/publicToken", token=None).status == 200
    assert feed.faults.active == ["status"]
    fault.clear()
    assert client.detail(ad_ids[0]).status == 200
    assert (fault.hits, feed.faults.active) == (2, [])


def test_a_fault_for_one_ad_does_not_affect_the_others(feed, client, ad_ids):
    with feed.faults.status(500, uuid=ad_ids[1]):
        assert [client.detail(uuid).status for uuid in ad_ids[:3]] == [200, 500, 200]
        assert client.feed_page().status == 200
    assert client.detail(ad_ids[1]).status == 200


def test_a_fault_for_every_third_request(feed, client, ad_ids):
    feed.faults.status(502, on="detail", every=3)
    assert [client.detail(ad_ids[0]).status for _ in range(6)] == [200, 200, 502, 200, 200, 502]


def test_an_invalid_token_gets_401_even_if_the_application_fails(feed, client, ad_ids):
    feed.faults.status(500)
    assert client.get("/api/v1/feed", token=None).status == 401
    assert client.feed_page().status == 500


def test_database_down_answers_first_at_once_then_slowly(feed, client, ad_ids):
    fault = feed.faults.database_down(wait=ENDLESS)
    assert client.feed_page().status == 500
    with cleared_later(fault.clear) as cleared:
        assert client.feed_page().status == 500
        assert cleared.is_set()


def test_latency_is_per_kind_and_ends_with_clear(feed, client, ad_ids):
    feed.faults.latency(page=ENDLESS)
    assert client.detail(ad_ids[0]).status == 200
    with cleared_later(feed.faults.clear) as cleared:
        assert client.feed_page().status == 200
        assert cleared.is_set()
    assert client.feed_page().status == 200


def test_latency_delays_a_response(feed, client, ad_ids):
    feed.faults.latency(page=0.2)
    started = time.perf_counter()
    assert client.feed_page().status == 200
    assert time.perf_counter() - started >= 0.2


def test_hang_lasts_until_cleared_then_the_connection_is_gone(feed, client, ad_ids):
    fault = feed.faults.hang(on="page")
    with cleared_later(fault.clear) as cleared:
        with pytest.raises((http.client.HTTPException, OSError)):
            client.feed_page()
        assert cleared.is_set()
    client.connection.close()
    assert client.feed_page().status == 200


def test_the_server_closes_at_once_while_a_request_hangs(ads):
    from jobsearch.demo.feed_server import FakeFeed

    with FakeFeed(ads=ads) as feed:
        feed.faults.hang()
        connection = http.client.HTTPConnection(feed.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/api/publicToken")
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()
    connection.close()


def test_reset_is_a_reset(feed, client, ad_ids):
    feed.faults.reset(times=1)
    with pytest.raises(ConnectionResetError):
        client.feed_page()
    client.connection.close()
    assert client.feed_page().status == 200


def test_a_truncated_body_ends_before_its_length(feed, client, ad_ids):
    feed.faults.truncated(on="page", times=1)
    with pytest.raises(http.client.IncompleteRead):
        client.feed_page()
    client.connection.close()
    assert client.feed_page().status == 200


def test_invalid_json_has_status_200_and_a_complete_body(feed, client, ad_ids):
    feed.faults.invalid_json(on="detail")
    reply = client.detail(ad_ids[0])
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        _ = reply.json


def test_html_with_200(feed, client, ad_ids):
    feed.faults.html_with_200()
    reply = client.feed_page()
    assert (reply.status, reply.body[:15]) == (200, b"<!doctype html>")
    assert reply.headers["content-type"].startswith("text/html")


def test_a_wrong_content_type_with_the_correct_body(feed, client, ad_ids):
    correct = client.feed_page().body
    feed.faults.wrong_content_type("application/octet-stream")
    reply = client.feed_page()
    assert (reply.body, reply.headers["content-type"]) == (correct, "application/octet-stream")


def test_empty_body_with_200(feed, client, ad_ids):
    feed.faults.empty_body()
    reply = client.feed_page()
    assert (reply.status, reply.body) == (200, b"")


def test_oversized_body_is_valid_json(feed, client, ad_ids):
    feed.faults.oversized(300_000, on="page")
    reply = client.feed_page()
    assert len(reply.body) == 300_000
    assert len(reply.json["items"]) == 5


def test_a_gzip_bomb_is_small_when_compressed(feed, client, ad_ids):
    feed.faults.gzip_bomb(20_000_000, on="detail")
    reply = client.detail(ad_ids[0])
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 100_000
    assert len(gzip.decompress(reply.body)) == 20_000_000


def test_redirect_points_to_another_host(feed, client, ad_ids):
    feed.faults.redirect("http://127.0.0.2:9/x", on="page")
    reply = client.feed_page()
    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.2:9/x")


def test_a_foreign_next_url_with_the_correct_next_id(feed, client, ad_ids):
    correct = client.feed_page().json["next_id"]
    feed.faults.foreign_next_url()
    page = client.feed_page().json
    assert page["next_url"] == f"http://other.example/api/v1/feed/{correct}"
    assert page["next_id"] == correct


def test_the_next_page_can_be_itself_or_in_a_cycle(feed, client, ad_ids):
    first = client.feed_page().json
    with feed.faults.self_referring_next():
        assert client.feed_page().json["next_id"] == first["id"]
    with feed.faults.cyclic_next(first["id"]):
        second = client.feed_page(first["next_id"]).json
        assert (second["id"], second["next_id"]) == (first["next_id"], first["id"])


def test_items_is_not_a_list(feed, client, ad_ids):
    with feed.faults.items_not_a_list():
        assert client.feed_page().json["items"] is None
    with feed.faults.items_not_a_list({"a": 1}):
        assert client.feed_page().json["items"] == {"a": 1}


def test_page_ids_are_gone_while_the_feed_without_id_answers(feed, client, ad_ids):
    first = client.feed_page().json
    with feed.faults.page_gone():
        assert client.feed_page(first["id"]).status == 404
        assert client.feed_page().status == 200
    with feed.faults.page_gone(page=first["id"]):
        assert client.feed_page(first["id"]).status == 404
        assert client.feed_page(first["next_id"]).status == 200


def test_a_frozen_head_hides_later_lines(feed, client, ad_ids):
    with feed.faults.frozen_head():
        feed.publish(99)
        assert client.feed_page(query="?last").titles == ["Ad 6"]
        assert client.feed_page().titles[-1] == "Ad 5"
    assert client.feed_page(query="?last").titles == ["Ad 99"]


def test_mass_404_affects_details_only(feed, client, ad_ids):
    feed.faults.mass_404()
    assert {client.detail(uuid).status for uuid in ad_ids} == {404}
    assert client.feed_page().status == 200


def test_a_detail_too_deep_for_a_parser(feed, client, ad_ids):
    with feed.faults.too_deep(uuid=ad_ids[0]):
        body = client.detail(ad_ids[0]).body
    assert body.startswith(b'{"a":{"a":')
    assert body.endswith(b"}}")


def test_a_dripping_response_is_complete_in_the_end(feed, client, ad_ids):
    correct = client.get("/api/publicToken", token=None)
    started = time.monotonic()
    with feed.faults.drip(0.001, on="token"):
        slow = client.get("/api/publicToken", token=None)
    assert slow.body == correct.body
    assert time.monotonic() - started > 0.2  # about three hundred bytes, headers included


def test_a_rebuilt_feed_has_new_line_ids_and_the_same_lines(feed, client, ad_ids):
    before, lines = client.feed_page().json, client.items()
    feed.rebuild()
    assert client.get(f"/api/v1/feed/{before['id']}").status == 404
    assert client.items() == lines
    assert client.feed_page().json["id"] != before["id"]
    feed.rebuild(at=feed.store.clock())
    assert len({item["date_modified"] for item in client.items()}) == 1


def test_line_without_uuid(feed, client, ad_ids):
    feed.faults.line_without_uuid(uuid=ad_ids[2])
    items = client.items()
    assert ["id" in item for item in items] == [True, True, False, True, True]
    assert "uuid" not in items[2]["_feed_entry"]


def test_unknown_status_at_one_place_of_a_page(feed, client, ad_ids):
    feed.faults.unknown_status("PAUSED", index=1)
    assert [item["_feed_entry"]["status"] for item in client.items()][:3] == ["ACTIVE", "PAUSED", "ACTIVE"]


def test_line_with_bad_dates(feed, client, ad_ids):
    feed.faults.bad_dates("31.02.2026", index=-1)
    item = client.items()[-1]
    assert item["date_modified"] == item["_feed_entry"]["sistEndret"] == "31.02.2026"


def test_faults_are_combined_and_cleared_by_name(feed, client, ad_ids):
    feed.faults.unknown_status(index=0)
    feed.faults.bad_dates(index=1)
    items = client.items()
    assert items[0]["_feed_entry"]["status"] == "PAUSED"
    assert items[1]["date_modified"] == "yesterday"
    feed.faults.clear("bad_dates")
    assert feed.faults.active == ["unknown_status"]
    feed.faults.clear()
    assert feed.faults.active == []
