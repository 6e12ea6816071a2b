"""Parsers of the feed's messages: no network, no database."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.client.parsing import (
    DetailFormatError,
    FeedLine,
    InactiveDetail,
    PageFormatError,
    RejectedLine,
    parse_detail,
    parse_json,
    parse_line,
    parse_page,
    parse_time,
)
from jobsearch.vacancies.ad_data import VacancyData

AD = uuid.UUID("11111111-1111-4111-8111-111111111111")
PAGE = "22222222-2222-4222-8222-222222222222"


def line(**entry) -> dict:
    values = {"uuid": str(AD), "status": "ACTIVE", "title": "Kokk", "businessName": "Kro", "municipal": "OSLO",
              "sistEndret": "2026-08-28T09:52:32.29277+02:00"}  # fmt: skip
    return {"id": str(AD), "_feed_entry": {**values, **entry}}


def page(*items, **envelope) -> dict:
    return {"id": PAGE, "next_id": None, "items": list(items), **envelope}


def detail(**content) -> dict:
    return {"uuid": str(AD), "status": "ACTIVE", "ad_content": {"expires": "2026-12-31T00:00:00+01:00", **content}}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-08-28T09:52:32.29277+02:00", "2026-08-28T07:52:32.292770Z"),
        ("2026-08-28T09:52:32+02:00", "2026-08-28T07:52:32Z"),
        ("2026-08-28T09:52+02:00", "2026-08-28T07:52:00Z"),
        ("2026-08-28T09:52:32.123456789+02:00", "2026-08-28T07:52:32.123456Z"),
        ("2026-08-28T09:52:32.1Z", "2026-08-28T09:52:32.100000Z"),
        ("2026-08-28T09:52:32.+0200", "2026-08-28T07:52:32Z"),
        ("2026-01-28T09:52:32", "2026-01-28T08:52:32Z"),
        ("2026-08-28", "2026-08-27T22:00:00Z"),
        ("+12026-08-28T00:00:00Z", "9998-12-31T00:00:00Z"),
        ("9999-12-31T23:59:59-12:00", "9998-12-31T00:00:00Z"),
    ],
)
def test_a_time_is_parsed_with_any_fraction_and_offset(text, moment):
    assert parse_time(text) == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "2026-02-30", "0001-01-01T00:00:00Z", "28.08.2026",
                                  "2026-08-28T25:00:00Z", "2026-08-28T09:52:32+99:00", None, 20260828, ["2026"]])  # fmt: skip
def test_an_invalid_time_is_none(text):
    assert parse_time(text) is None


@given(st.text(max_size=40))
def test_parse_time_accepts_any_text(text):
    moment = parse_time(text)
    assert moment is None or moment.astimezone(dt.UTC) + dt.timedelta(days=1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["uuid", "id", "status", "_feed_entry", "items", "ad_content", "expires", "employer", "contactList", "x"]
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_parse_page_accepts_or_rejects_any_json(payload):
    try:
        assert parse_page(payload).id
    except PageFormatError as error:
        assert error.reason


@given(JSON, JSON)
def test_parse_detail_accepts_or_rejects_any_json(payload, content):
    for message in (payload, {"uuid": str(AD), "status": "ACTIVE", "ad_content": content}):
        try:
            assert isinstance(parse_detail(AD, message), VacancyData | InactiveDetail)
        except DetailFormatError as error:
            assert error.reason


def test_a_valid_line():
    read = parse_line(line())
    assert isinstance(read, FeedLine)
    assert (read.uuid, read.status, read.title, read.masked) == (AD, "ACTIVE", "Kokk", False)


@pytest.mark.parametrize(
    ("entry", "masked"),
    [
        ({"title": "...", "businessName": ""}, True),
        ({"title": "?", "businessName": "?", "municipal": "?"}, True),
        ({"title": "", "businessName": ""}, True),
        ({"title": None, "businessName": None}, True),
        ({"title": "Kokk", "businessName": "?"}, False),
        ({"title": "?", "businessName": "Kro"}, False),
        ({"title": "Kokk", "businessName": ""}, False),
    ],
)
def test_a_line_is_masked_if_it_withdraws_title_and_employer(entry, masked):
    assert parse_line(line(status="INACTIVE", **entry)).masked == masked
    assert not parse_line(line(status="ACTIVE", **entry)).masked


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (None, "not an object"),
        ({"id": str(AD)}, "no _feed_entry"),
        ({"_feed_entry": {"status": "ACTIVE"}}, "no uuid of an ad"),
        ({"_feed_entry": {"uuid": "x" * 36, "status": "ACTIVE"}}, "no uuid of an ad"),
        (line(status=None), "no status"),
        (line(status=""), "no status"),
        (line(status=1), "no status"),
    ],
)
def test_an_invalid_line_is_rejected_with_a_reason(item, reason):
    read = parse_line(item)
    assert isinstance(read, RejectedLine)
    assert read.reason == reason


def test_an_invalid_line_does_not_affect_the_others():
    read = parse_page(page(line(), None, line(status="INACTIVE")))
    assert [item.status for item in read.lines] == ["ACTIVE", "INACTIVE"]
    assert [item.position for item in read.rejected] == [1]


def test_a_page_of_invalid_lines_only_is_rejected():
    """If NAV renamed the status field, every ad would otherwise be deactivated or lost."""
    with pytest.raises(PageFormatError):
        parse_page(page(*[line(status=None)] * 5))
    assert parse_page(page(line(status=None))).rejected  # a last page may consist of a single invalid line


@pytest.mark.parametrize("payload", [None, [], {}, {"items": []}, {"id": "x", "items": []}, page(next_id="../x"),
                                     page(next_id=1), {"id": PAGE, "items": {}}])  # fmt: skip
def test_an_invalid_page_is_rejected(payload):
    with pytest.raises(PageFormatError):
        parse_page(payload)


def test_the_content_is_read_from_either_key():
    documented = detail(title="Kokk")
    other = {**documented, "json": documented["ad_content"]}
    del other["ad_content"]
    assert parse_detail(AD, documented) == parse_detail(AD, other)


@pytest.mark.parametrize("message", [
    {"uuid": str(AD), "status": "INACTIVE"},
    {"uuid": str(AD), "status": "INACTIVE", "ad_content": None},
    {"uuid": str(AD), "status": "ACTIVE"},
    {"uuid": str(AD), "status": "ACTIVE", "ad_content": None},
    {**detail(), "status": "INACTIVE"},
    {**detail(), "status": "PAUSED"},
])  # fmt: skip
def test_an_ad_without_content_or_not_active_is_inactive(message):
    assert parse_detail(AD, message) == InactiveDetail(AD)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ([], "shape"),
        ({**detail(), "uuid": PAGE}, "uuid"),
        (detail(uuid=PAGE), "uuid"),
        ({"status": "ACTIVE", "ad_content": {"expires": "2026-12-31"}}, "uuid"),
        ({"uuid": str(AD), "ad_content": {}}, "status"),
        ({**detail(), "ad_content": "x"}, "shape"),
        (detail(expires=None), "expires"),
        (detail(expires="yesterday"), "expires"),
    ],
)
def test_an_invalid_detail_is_rejected_with_a_reason(message, reason):
    with pytest.raises(DetailFormatError) as caught:
        parse_detail(AD, message)
    assert caught.value.reason == reason


def test_the_raw_copy_has_no_contacts():
    read = parse_detail(AD, detail(contactList=[{"name": "Kari"}], title="Kokk"))
    assert "contactList" not in read.raw
    assert read.raw["title"] == "Kokk"
    assert [person.name for person in read.contacts] == ["Kari"]


def test_values_that_databases_refuse_are_removed():
    read = parse_json(rb'{"a\u0000": ["b\u0000c", "\ud83d", "\ud83d\ude00", NaN, 1e999, 1.5, Infinity]}')
    assert read == {"a": ["bc", "?", "\N{GRINNING FACE}", None, None, 1.5, None]}


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff\xfe{", b"[" * 100_000, b"9" * 10_000])
def test_invalid_json_is_a_value_error(body):
    with pytest.raises(ValueError):
        parse_json(body)
