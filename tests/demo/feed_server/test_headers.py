"""Headers of pages: ETag, Last-Modified, conditional requests, compression and framing."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from jobsearch.demo.feed_server.time_formats import format_http_date, format_iso, parse_http_date, to_micros

TEN_OCLOCK = "Thu, 24 Sep 2026 10:00:00 GMT"  # less than a second before the first line


def publish(feed, count, clock=None, **step):
    for _ in range(count):
        feed.publish()
        if clock:
            clock.advance(**step)


def test_etag_is_the_unquoted_id_of_the_last_line_shown(feed, client):
    publish(feed, 3)
    page = client.feed_page()
    assert page.headers["etag"] == page.json["next_id"]
    assert len(page.headers["etag"]) == 36


def test_last_modified_is_oslo_time_truncated_to_seconds(feed, client, clock):
    publish(feed, 1)
    assert client.feed_page().headers["last-modified"] == "Thu, 24 Sep 2026 12:00:00 +0200"
    assert format_http_date(to_micros(datetime(2026, 1, 2, 23, 30, 59, 999999, tzinfo=UTC))) == "Sat, 3 Jan 2026 00:30:59 +0100"


def test_times_have_as_many_fraction_digits_as_needed():
    assert format_iso(to_micros(datetime(2026, 8, 28, 7, 52, 32, 292770, tzinfo=UTC))) == "2026-08-28T09:52:32.29277+02:00"
    assert format_iso(to_micros(datetime(2026, 1, 28, 7, 52, 0, tzinfo=UTC))) == "2026-01-28T08:52:00+01:00"


def test_detail_has_neither_etag_nor_last_modified(feed, client):
    headers = client.detail(feed.publish()).headers
    assert "etag" not in headers
    assert "last-modified" not in headers


def test_if_none_match_alone_is_answered_304_without_body(feed, client):
    publish(feed, 2)
    etag = client.feed_page().headers["etag"]
    reply = client.feed_page(If_None_Match=etag)
    assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", etag)
    assert "content-length" not in reply.headers


def test_if_none_match_is_only_the_unquoted_id(feed, client):
    publish(feed, 2)
    etag = client.feed_page().headers["etag"]
    for form in (f'"{etag}"', f"W/{etag}", "*", f"{etag}, {etag}", etag.upper()):
        assert client.feed_page(If_None_Match=form).status == 200, form


def test_the_etag_of_a_last_page_of_two_lines_hides_an_appended_line(feed, client):
    publish(feed, 2)
    page = client.feed_page()
    publish(feed, 1)
    assert client.feed_page(page.json["id"], If_None_Match=page.headers["etag"]).status == 304
    publish(feed, 1)
    assert client.feed_page(page.json["id"], If_None_Match=page.headers["etag"]).status == 200


def test_the_services_own_304_has_no_etag(feed, client):
    publish(feed, 2)
    first = client.feed_page().json["id"]
    reply = client.feed_page(first, If_None_Match=first, If_Modified_Since="Fri, 25 Sep 2026 10:00:00 GMT")
    assert reply.status == 304
    assert "etag" not in reply.headers


def test_a_full_page_skips_lines_if_both_headers_are_echoed(feed, client, clock):
    publish(feed, 1003, clock, seconds=10)
    page = client.feed_page()
    reply = client.feed_page(page.json["id"], If_None_Match=page.headers["etag"], If_Modified_Since=page.headers["last-modified"])
    assert reply.status == 200
    assert reply.titles == ["Ad 1", "Ad 1000", "Ad 1001", "Ad 1002"]


def test_a_growing_page_with_both_headers_echoed_is_304(feed, client, clock):
    publish(feed, 5, clock, seconds=10)
    page = client.feed_page()
    # Besides the last line shown, only the withheld line is newer.
    tail = client.feed_page(page.json["next_id"])
    reply = client.feed_page(tail.json["id"], If_None_Match=tail.headers["etag"], If_Modified_Since=tail.headers["last-modified"])
    assert reply.status == 304


def test_if_modified_since_after_the_last_line_shortens_a_last_page(feed, client, clock):
    publish(feed, 3, clock, seconds=10)
    tail = client.feed_page().json["next_id"]
    assert client.feed_page(tail).titles == ["Ad 2", "Ad 3"]
    cut = client.feed_page(tail, If_Modified_Since="Thu, 24 Sep 2026 11:00:00 GMT")
    assert cut.titles == ["Ad 2"]
    assert cut.headers["etag"] == tail


def test_last_modified_plus_a_second_skips_a_line_silently(feed, client, clock):
    publish(feed, 2, clock, seconds=10)
    first = client.feed_page().json["id"]
    publish(feed, 1, clock, seconds=10)
    assert client.feed_page(first, If_Modified_Since="Thu, 24 Sep 2026 10:00:11 GMT").titles == ["Ad 1", "Ad 3"]


def test_if_modified_since_starts_at_the_first_newer_line_in_feed_order(feed, client, clock):
    start = clock.now
    for number, minute in ((1, 0), (2, 30), (3, 10), (4, 40)):
        feed.publish(number, at=start + timedelta(minutes=minute))
    assert client.feed_page(If_Modified_Since="Thu, 24 Sep 2026 10:05:00 GMT").titles == ["Ad 2", "Ad 3"]
    assert client.feed_page(If_Modified_Since="Thu, 24 Sep 2026 10:20:00 GMT").titles == ["Ad 2", "Ad 4"]


def test_if_modified_since_is_strict_but_truncated(feed, client):
    publish(feed, 1)
    assert client.feed_page(If_Modified_Since=TEN_OCLOCK).titles == ["Ad 1"]


def test_if_modified_since_without_newer_lines_is_an_empty_404(feed, client):
    publish(feed, 2)
    reply = client.feed_page(If_Modified_Since="Fri, 25 Sep 2026 10:00:00 GMT")
    assert (reply.status, reply.body) == (404, b"")


@pytest.mark.parametrize(
    "text",
    [
        TEN_OCLOCK,
        "Thu, 24 Sep 2026 11:00:00 +0100",
        "Thu, 24 Sep 2026 10:00:00 -0000",
        "tHU, 24 sEP 2026 10:00:00 gmt",
        "24 Sep 2026 10:00:00 GMT",
        "Thu, 24 Sep 2026 10:00 GMT",
    ],
)
def test_if_modified_since_is_parsed(text):
    assert parse_http_date(text) == to_micros(datetime(2026, 9, 24, 10, tzinfo=UTC))


def test_if_modified_since_with_a_one_digit_day_is_parsed():
    assert parse_http_date("Fri, 4 Sep 2026 10:00:00 GMT") == to_micros(datetime(2026, 9, 4, 10, tzinfo=UTC))


IGNORED = [
    "Fri, 24 Sep 2026 10:00:00 GMT",
    "Thu, 24 Sep 2026 10:00:00 UTC",
    "Thu, 24 Sep 2026 10:00:00 Z",
    "Thu, 24 Sep 2026 10:00:00 +00:00",
    "Thu, 24 Sep 2026 10:00:00 CET",
    "Thu,24 Sep 2026 10:00:00 GMT",
    "Thursday, 24-Sep-26 10:00:00 GMT",
    "Thu Sep 24 10:00:00 2026",
    "2026-09-24T10:00:00Z",
    "Thu, 24 Sep 26 10:00:00 GMT",
    "tor., 24 sep. 2026 10:00:00 GMT",
    "Thu, 24 Sep 2026 25:00:00 GMT",
    "",
]


@pytest.mark.parametrize("text", IGNORED)
def test_if_modified_since_in_other_forms_is_ignored(text):
    assert parse_http_date(text) is None


def test_an_ignored_if_modified_since_gives_the_oldest_page(feed, client):
    publish(feed, 2)
    assert client.feed_page(If_Modified_Since="Sat, 25 Sep 2026 10:00:00 GMT").titles == ["Ad 1", "Ad 2"]


def test_gzip_is_used_if_accepted_and_vary_is_never_sent(feed, client):
    publish(feed, 20)
    plain = client.feed_page()
    packed = client.feed_page(Accept_Encoding="br, gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "vary" not in packed.headers
    for encodings in ("br", "deflate", "zstd", "identity", "gzip;q=0"):
        assert "content-encoding" not in client.feed_page(Accept_Encoding=encodings).headers


def test_a_large_page_is_chunked_and_a_small_one_has_its_length(feed, client):
    publish(feed, 2)
    small = client.feed_page()
    assert small.headers["content-length"] == str(len(small.body))
    with feed.batch():
        publish(feed, 200)
    for encoding in ("identity", "gzip"):
        large = client.feed_page(Accept_Encoding=encoding)
        assert large.headers["transfer-encoding"] == "chunked"
        assert "content-length" not in large.headers


def test_json_has_no_charset_and_keys_in_the_servers_order(feed, client):
    publish(feed, 1)
    page = client.feed_page()
    assert page.headers["content-type"] == "application/json"
    keys = ["version", "title", "home_page_url", "feed_url", "description", "next_url", "id", "next_id", "items"]
    assert list(page.json) == keys
    item = page.json["items"][0]
    assert list(item) == ["id", "url", "title", "content_text", "date_modified", "_feed_entry"]
    assert list(item["_feed_entry"]) == ["uuid", "status", "title", "businessName", "municipal", "sistEndret"]
    assert item["content_text"] == "Stillingsannonse"


def test_the_connection_is_kept_alive(feed, client):
    publish(feed, 1)
    client.feed_page()
    kept = client.connection.sock
    for _ in range(3):
        client.feed_page()
    assert client.connection.sock is kept
