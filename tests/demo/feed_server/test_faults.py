"""Each fault does what its name says, to the requests it was meant for, until it is cleared."""

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

WITHOUT_END = 600  # seconds: a test that waited so long would be given up


@contextmanager
def cleared_later(clear: Callable[[], None]) -> Iterator[threading.Event]:
    """Calls `clear` a moment after the block began; the event tells whether it has been called."""
    cleared = threading.Event()

    def run() -> None:
        cleared.set()
        clear()

    timer = threading.Timer(0.2, run)
    timer.start()
    yield cleared
    timer.join()


@pytest.fixture
def ads_of(feed):
    return [feed.publish() for _ in range(6)]


def test_every_fault_has_a_method_and_every_method_a_name(feed):
    own = {"active", "latency", "clear", "remove", "apply"}
    assert set(FAULTS) == {name for name in vars(Faults) if not name.startswith("_")} - own


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_status_for_n_requests(feed, client, ads_of, code):
    feed.faults.status(code, on="page", times=2)
    assert [client.feed_page().status for _ in range(3)] == [code, code, 200]


def test_status_holds_until_cleared_and_only_for_its_kind(feed, client, ads_of):
    fault = feed.faults.status(503, on="detail", retry_after=7)
    assert client.detail(ads_of[0]).headers["retry-after"] == "7"
    assert client.detail(ads_of[0]).status == 503
    assert client.feed_page().status == 200
    assert client.ask("/api/publicToken", token=None).status == 200
    assert feed.faults.active == ["status"]
    fault.clear()
    assert client.detail(ads_of[0]).status == 200
    assert (fault.hits, feed.faults.active) == (2, [])


def test_fault_for_one_ad_leaves_the_others(feed, client, ads_of):
    with feed.faults.status(500, uuid=ads_of[1]):
        assert [client.detail(uuid).status for uuid in ads_of[:3]] == [200, 500, 200]
        assert client.feed_page().status == 200
    assert client.detail(ads_of[1]).status == 200


def test_fault_of_every_third_request(feed, client, ads_of):
    feed.faults.status(502, on="detail", every=3)
    assert [client.detail(ads_of[0]).status for _ in range(6)] == [200, 200, 502, 200, 200, 502]


def test_bad_token_gets_401_even_when_the_application_fails(feed, client, ads_of):
    feed.faults.status(500)
    assert client.ask("/api/v1/feed", token=None).status == 401
    assert client.feed_page().status == 500


def test_database_down_answers_first_at_once_then_slowly(feed, client, ads_of):
    fault = feed.faults.database_down(wait=WITHOUT_END)
    assert client.feed_page().status == 500
    with cleared_later(fault.clear) as cleared:
        assert client.feed_page().status == 500
        assert cleared.is_set()


def test_latency_is_per_kind_and_ends_with_clear(feed, client, ads_of):
    feed.faults.latency(page=WITHOUT_END)
    assert client.detail(ads_of[0]).status == 200
    with cleared_later(feed.faults.clear) as cleared:
        assert client.feed_page().status == 200
        assert cleared.is_set()
    assert client.feed_page().status == 200


def test_latency_lets_an_answer_wait_so_long(feed, client, ads_of):
    feed.faults.latency(page=0.2)
    started = time.perf_counter()
    assert client.feed_page().status == 200
    assert time.perf_counter() - started >= 0.2


def test_hang_lasts_until_cleared_then_the_connection_is_gone(feed, client, ads_of):
    fault = feed.faults.hang(on="page")
    with cleared_later(fault.clear) as cleared:
        with pytest.raises((http.client.HTTPException, OSError)):
            client.feed_page()
        assert cleared.is_set()
    client.connection.close()
    assert client.feed_page().status == 200


def test_stand_in_closes_at_once_though_a_request_hangs(ads):
    from jobsearch.demo.feed_server import FakeFeed

    with FakeFeed(ads=ads) as feed:
        feed.faults.hang()
        connection = http.client.HTTPConnection(feed.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/api/publicToken")
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()
    connection.close()


def test_reset_is_a_reset(feed, client, ads_of):
    feed.faults.reset(times=1)
    with pytest.raises(ConnectionResetError):
        client.feed_page()
    client.connection.close()
    assert client.feed_page().status == 200


def test_truncated_body_ends_before_its_length(feed, client, ads_of):
    feed.faults.truncated(on="page", times=1)
    with pytest.raises(http.client.IncompleteRead):
        client.feed_page()
    client.connection.close()
    assert client.feed_page().status == 200


def test_invalid_json_has_status_200_and_a_whole_body(feed, client, ads_of):
    feed.faults.invalid_json(on="detail")
    reply = client.detail(ads_of[0])
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        _ = reply.json


def test_html_with_200(feed, client, ads_of):
    feed.faults.html_with_200()
    reply = client.feed_page()
    assert (reply.status, reply.body[:15]) == (200, b"<!doctype html>")
    assert reply.headers["content-type"].startswith("text/html")


def test_wrong_content_type_over_the_right_body(feed, client, ads_of):
    right = client.feed_page().body
    feed.faults.wrong_content_type("application/octet-stream")
    reply = client.feed_page()
    assert (reply.body, reply.headers["content-type"]) == (right, "application/octet-stream")


def test_empty_body_with_200(feed, client, ads_of):
    feed.faults.empty_body()
    reply = client.feed_page()
    assert (reply.status, reply.body) == (200, b"")


def test_oversized_body_is_valid_json(feed, client, ads_of):
    feed.faults.oversized(300_000, on="page")
    reply = client.feed_page()
    assert len(reply.body) == 300_000
    assert len(reply.json["items"]) == 5


def test_gzip_bomb_is_small_on_the_wire(feed, client, ads_of):
    feed.faults.gzip_bomb(20_000_000, on="detail")
    reply = client.detail(ads_of[0])
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 100_000
    assert len(gzip.decompress(reply.body)) == 20_000_000


def test_redirect_points_to_another_host(feed, client, ads_of):
    feed.faults.redirect("http://127.0.0.2:9/x", on="page")
    reply = client.feed_page()
    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.2:9/x")


def test_foreign_next_url_beside_the_right_next_id(feed, client, ads_of):
    right = client.feed_page().json["next_id"]
    feed.faults.foreign_next_url()
    page = client.feed_page().json
    assert page["next_url"] == f"http://other.example/api/v1/feed/{right}"
    assert page["next_id"] == right


def test_next_refers_to_itself_or_in_a_circle(feed, client, ads_of):
    first = client.feed_page().json
    with feed.faults.self_referring_next():
        assert client.feed_page().json["next_id"] == first["id"]
    with feed.faults.cyclic_next(first["id"]):
        second = client.feed_page(first["next_id"]).json
        assert (second["id"], second["next_id"]) == (first["next_id"], first["id"])


def test_items_is_no_list(feed, client, ads_of):
    with feed.faults.items_not_a_list():
        assert client.feed_page().json["items"] is None
    with feed.faults.items_not_a_list({"a": 1}):
        assert client.feed_page().json["items"] == {"a": 1}


def test_page_ids_are_gone_while_the_bare_feed_answers(feed, client, ads_of):
    first = client.feed_page().json
    with feed.faults.page_gone():
        assert client.feed_page(first["id"]).status == 404
        assert client.feed_page().status == 200
    with feed.faults.page_gone(page=first["id"]):
        assert client.feed_page(first["id"]).status == 404
        assert client.feed_page(first["next_id"]).status == 200


def test_frozen_tip_hides_what_comes_later(feed, client, ads_of):
    with feed.faults.frozen_tip():
        feed.publish(99)
        assert client.feed_page(query="?last").titles == ["Ad 6"]
        assert client.feed_page().titles[-1] == "Ad 5"
    assert client.feed_page(query="?last").titles == ["Ad 99"]


def test_mass_404_takes_details_only(feed, client, ads_of):
    feed.faults.mass_404()
    assert {client.detail(uuid).status for uuid in ads_of} == {404}
    assert client.feed_page().status == 200


def test_a_detail_too_deep_for_a_parser(feed, client, ads_of):
    with feed.faults.too_deep(uuid=ads_of[0]):
        body = client.detail(ads_of[0]).body
    assert body.startswith(b'{"a":{"a":')
    assert body.endswith(b"}}")


def test_an_answer_that_drips_is_whole_in_the_end(feed, client, ads_of):
    right = client.ask("/api/publicToken", token=None)
    started = time.monotonic()
    with feed.faults.drip(0.001, on="token"):
        slow = client.ask("/api/publicToken", token=None)
    assert slow.body == right.body
    assert time.monotonic() - started > 0.2  # some three hundred bytes, the head included


def test_a_feed_that_is_built_anew_has_other_line_ids_and_the_same_lines(feed, client, ads_of):
    before, lines = client.feed_page().json, client.items()
    feed.rebuild()
    assert client.ask(f"/api/v1/feed/{before['id']}").status == 404
    assert client.items() == lines
    assert client.feed_page().json["id"] != before["id"]
    feed.rebuild(at=feed.store.clock())
    assert len({item["date_modified"] for item in client.items()}) == 1


def test_line_without_uuid(feed, client, ads_of):
    feed.faults.line_without_uuid(uuid=ads_of[2])
    items = client.items()
    assert ["id" in item for item in items] == [True, True, False, True, True]
    assert "uuid" not in items[2]["_feed_entry"]


def test_unknown_status_at_one_place_of_a_page(feed, client, ads_of):
    feed.faults.unknown_status("PAUSED", index=1)
    assert [item["_feed_entry"]["status"] for item in client.items()][:3] == ["ACTIVE", "PAUSED", "ACTIVE"]


def test_line_with_bad_dates(feed, client, ads_of):
    feed.faults.bad_dates("31.02.2026", index=-1)
    item = client.items()[-1]
    assert item["date_modified"] == item["_feed_entry"]["sistEndret"] == "31.02.2026"


def test_faults_add_up_and_are_cleared_by_name(feed, client, ads_of):
    feed.faults.unknown_status(index=0)
    feed.faults.bad_dates(index=1)
    items = client.items()
    assert items[0]["_feed_entry"]["status"] == "PAUSED"
    assert items[1]["date_modified"] == "yesterday"
    feed.faults.clear("bad_dates")
    assert feed.faults.active == ["unknown_status"]
    feed.faults.clear()
    assert feed.faults.active == []
