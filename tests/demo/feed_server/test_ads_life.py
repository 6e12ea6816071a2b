"""Operations on ads, and the lines and details that result from them."""

from __future__ import annotations

import pytest


def last_entry(client):
    return client.feed_page(query="?last").json["items"][0]["_feed_entry"]


def fields(entry):
    return entry["status"], entry["title"], entry["businessName"], entry["municipal"]


def test_published_ad_has_real_fields_and_content(feed, client):
    uuid = feed.publish(7)
    assert fields(last_entry(client)) == ("ACTIVE", "Ad 7", "Firm 7", "OSLO")
    detail = client.detail(uuid).json
    assert list(detail) == ["uuid", "ad_content", "sistEndret", "status"]
    assert detail["status"] == "ACTIVE"
    assert detail["ad_content"]["employer"]["orgnr"] is None


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("expire", ("INACTIVE", "Ad 7", "Firm 7", "OSLO")),
        ("stop", ("INACTIVE", "...", "", "OSLO")),
        ("dir_cleanup", ("INACTIVE", "?", "?", "?")),
    ],
)
def test_a_closed_ad_is_masked_depending_on_the_cause_and_has_no_content(feed, client, operation, expected):
    uuid = feed.publish(7)
    getattr(feed, operation)(uuid)
    assert fields(last_entry(client)) == expected
    reply = client.detail(uuid)
    assert list(reply.json) == ["uuid", "sistEndret", "status"]
    assert reply.json["status"] == "INACTIVE"
    assert 105 <= len(reply.body) <= 112
    assert feed.read_active_ads() == {}
    assert feed.last_line_status(uuid) == "INACTIVE"


def test_a_change_appends_a_line_and_keeps_old_lines(feed, client):
    uuid = feed.publish(7)
    feed.change(uuid)
    feed.change(uuid, title="Another")
    feed.publish(8)
    assert client.feed_page().titles == ["Ad 7", "Ad 7 r1", "Another"]
    assert client.detail(uuid).json["ad_content"]["title"] == "Another"


def test_a_reactivated_ad_is_active_with_a_future_expiry(feed, client, clock):
    uuid = feed.publish(7)
    clock.advance(days=40)
    feed.expire(uuid)
    feed.reactivate(uuid)
    assert last_entry(client)["status"] == "ACTIVE"
    assert client.detail(uuid).json["ad_content"]["expires"] > "2026-11-03"
    assert list(feed.read_active_ads()) == [uuid]


def test_an_ad_that_becomes_finn_keeps_its_active_line_while_its_detail_is_404(feed, client):
    uuid = feed.publish(7)
    feed.become_finn(uuid)
    assert last_entry(client)["status"] == "ACTIVE"
    assert feed.last_line_status(uuid) == "ACTIVE"
    reply = client.detail(uuid)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (404, b"", "application/json")
    assert feed.read_active_ads() == {}


def test_a_stop_without_administrator_changes_nothing(feed, client):
    uuid = feed.publish(7)
    feed.stop_unnoticed(uuid)
    assert last_entry(client)["status"] == "ACTIVE"
    assert "ad_content" in client.detail(uuid).json
    assert uuid in feed.read_active_ads()


def test_a_silent_edit_changes_the_detail_without_a_line(feed, client):
    uuid = feed.publish(7)
    feed.edit_silently(uuid, title="Edited")
    assert last_entry(client)["title"] == "Ad 7"
    assert client.detail(uuid).json["ad_content"]["title"] == "Edited"
    feed.close_silently(uuid)
    assert last_entry(client)["status"] == "ACTIVE"
    assert client.detail(uuid).json["status"] == "INACTIVE"


def test_a_detail_can_be_active_without_content_or_fail_until_the_next_edit(feed, client):
    uuid = feed.publish(7)
    feed.active_without_content(uuid)
    assert list(client.detail(uuid).json) == ["uuid", "sistEndret", "status"]
    assert client.detail(uuid).json["status"] == "ACTIVE"
    assert feed.read_active_ads() == {}
    feed.detail_fails_for_good(uuid)
    assert client.detail(uuid).status == 500
    feed.change(uuid)
    assert client.detail(uuid).status == 200
    assert uuid in feed.read_active_ads()


def test_given_content_is_sent_unchanged_even_if_malformed(feed, client, ads, clock):
    content = ads.compose(1, published=clock.now, expires=clock.now, updated=clock.now)
    content |= {"title": "x" * 600, "expires": "soon", "description": "a\x00b", "contactList": None, "positioncount": 3}
    uuid = feed.publish(content)
    assert client.detail(uuid).json["ad_content"] == content
    assert feed.read_active_ads() == {uuid: content}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"title": None, "employer": {"name": None}, "workLocations": []}, ("ACTIVE", "?", "?", "?")),
        ({"title": "", "employer": {"name": ""}, "workLocations": [{"municipal": ""}]}, ("ACTIVE", "", "", "")),
        (
            {"title": "A", "employer": {"name": "B"}, "workLocations": [{"municipal": None}, {"municipal": "BERGEN"}]},
            ("ACTIVE", "A", "B", "?"),
        ),
    ],
)
def test_a_line_shows_null_as_question_mark_and_keeps_empty_texts(feed, client, content, expected):
    feed.publish(1, **content)
    assert fields(last_entry(client)) == expected


def test_active_ads_agree_with_the_details(feed, client):
    uuids = [feed.publish() for _ in range(5)]
    feed.stop(uuids[0])
    feed.change(uuids[1], title="Other")
    truth = feed.read_active_ads()
    assert set(truth) == set(uuids[1:])
    assert all(client.detail(uuid).json["ad_content"] == content for uuid, content in truth.items())


def test_an_invalid_operation_names_the_correct_one(feed):
    uuid = feed.publish()
    feed.expire(uuid)
    with pytest.raises(ValueError, match="reactivate"):
        feed.change(uuid)
    with pytest.raises(KeyError, match="publish"):
        feed.stop("00000000-0000-0000-0000-000000000000")


def test_expiry_uses_the_values_of_the_closing_message(feed, client):
    uuid = feed.publish(7)
    feed.expire(uuid, title="Last words")
    assert fields(last_entry(client)) == ("INACTIVE", "Last words", "Firm 7", "OSLO")
    assert "ad_content" not in client.detail(uuid).json


def test_a_new_ad_of_source_dir_is_inactive_and_one_of_finn_is_hidden(feed, client):
    uuid = feed.publish(7, source="DIR")
    assert fields(last_entry(client)) == ("INACTIVE", "Ad 7", "Firm 7", "OSLO")
    assert "ad_content" not in client.detail(uuid).json
    hidden = feed.publish(8, source="FINN")
    assert last_entry(client)["title"] == "Ad 7"
    assert client.detail(hidden).status == 404
    assert feed.read_active_ads() == {}


def test_a_store_without_path_leaves_no_file(ads):
    from jobsearch.demo.feed_server import Store

    store = Store(ads=ads)
    folder = store.path.parent
    store.publish()
    assert folder.exists()
    store.close()
    store.close()
    assert not folder.exists()


def test_the_line_of_a_generated_ad_agrees_with_its_content(clock):
    """Headlines are generated without the content, and must have the same values."""
    from jobsearch.demo.feed_server import ads
    from jobsearch.demo.feed_server.store import derive_line_fields, fill_line_fields

    dates = {"published": clock.now, "expires": clock.now, "updated": clock.now}
    for number in range(1, 200):
        for revision in (0, 1, 3):
            content = ads.compose(number, **dates, revision=revision)
            assert content["uuid"] == ads.uuid_for(number)
            assert derive_line_fields(content) == fill_line_fields(ads.headline(number, revision=revision))
