"""Pages: the withheld last line, the growing last page, hidden lines, late commits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobsearch.demo.feed_server import FakeFeed, pages


def publish(feed: FakeFeed, count: int) -> None:
    with feed.batch():
        for _ in range(count):
            feed.publish()


def ids(feed: FakeFeed) -> list[str]:
    with feed.store.reading() as connection:
        return [row[0] for row in connection.execute("SELECT id FROM line ORDER BY seq")]


@pytest.mark.parametrize(
    ("followers", "shown", "next_position"),
    [(0, 1, None), (1, 2, None), (2, 2, 1), (3, 3, 2), (4, 4, 3)],
)
def test_last_follower_is_withheld_and_next_id_is_the_last_line_shown(feed, client, followers, shown, next_position):
    publish(feed, 1 + followers)
    lines = ids(feed)
    page = client.feed_page()
    assert page.titles == [f"Ad {number}" for number in range(1, shown + 1)]
    assert page.headers["etag"] == lines[shown - 1]
    wanted = None if next_position is None else lines[next_position]
    assert page.json["next_id"] == wanted
    assert page.json["next_url"] == (wanted and f"/api/v1/feed/{wanted}")
    assert page.json["id"] == lines[0]
    assert page.json["feed_url"] == f"/api/v1/feed/{lines[0]}"


def test_page_at_998_to_1003_rows_and_etag_fixed_from_1001(feed, client):
    publish(feed, 997)
    shown, etags = [], []
    for _ in range(6):
        feed.publish()
        page = client.feed_page()
        shown.append(len(page.json["items"]))
        etags.append(page.headers["etag"])
    assert shown == [997, 998, 999, 1000, 1000, 1000]
    assert etags[3] == etags[4] == etags[5] == ids(feed)[999]
    assert len(set(etags)) == 4


def test_walk_of_3504_rows_shows_1000_1000_1000_506_2(feed, client):
    publish(feed, 3504)
    sizes, seen, page_id = [], [], None
    while True:
        page = client.feed_page(page_id).json
        sizes.append(len(page["items"]))
        seen += [item["id"] for item in page["items"]]
        if page["next_id"] is None:
            break
        page_id = page["next_id"]
    assert sizes == [1000, 1000, 1000, 506, 2]
    assert len(set(seen)) == 3504


def test_a_line_appended_to_a_last_page_of_two_changes_only_next_id(feed, client):
    publish(feed, 2)
    before = client.feed_page()
    feed.publish()
    after = client.feed_page()
    assert before.headers["etag"] == after.headers["etag"]
    assert before.titles == after.titles
    assert (before.json["next_id"], after.json["next_id"]) == (None, after.headers["etag"])
    assert client.feed_page(after.json["next_id"]).titles == ["Ad 2", "Ad 3"]


def test_last_is_one_line_for_any_value(feed, client):
    publish(feed, 5)
    for query in ("?last", "?last=true", "?last=false"):
        page = client.feed_page(query=query)
        assert page.titles == ["Ad 5"]
        assert page.json["next_id"] is None


@pytest.mark.parametrize(("query", "shown"), [("0", 1), ("1", 2), ("2", 2), ("3", 3), ("x", 10), ("", 10), ("2&pageSize=9", 2)])
def test_page_size_limits_followers(feed, client, query, shown):
    publish(feed, 11)
    assert len(client.feed_page(query=f"?pageSize={query}").json["items"]) == shown


def test_page_size_one_never_has_a_next_page(feed, client):
    publish(feed, 11)
    assert client.feed_page(query="?pageSize=1").json["next_id"] is None


def test_unknown_parameters_are_ignored(feed, client):
    publish(feed, 11)
    assert len(client.feed_page(query="?size=3&page=2").json["items"]) == 10


def test_lines_of_finn_or_without_source_are_hidden(feed, client):
    publish(feed, 2)
    hidden = feed.append_line("00000000-0000-0000-0000-00000000000f", source="FINN")
    without_source = feed.append_line("00000000-0000-0000-0000-00000000000f", source=None)
    publish(feed, 2)
    assert client.feed_page().titles == ["Ad 1", "Ad 2", "Ad 3"]
    assert client.feed_page(hidden).status == 404
    assert client.feed_page(without_source).status == 404
    feed.append_line("00000000-0000-0000-0000-00000000000f", source="FINN")
    assert client.feed_page(query="?last").titles == ["Ad 4"]


def test_without_a_visible_first_line_there_is_no_first_page(feed, client):
    feed.append_line("00000000-0000-0000-0000-00000000000f", source="FINN")
    publish(feed, 2)
    assert client.feed_page().status == 404
    assert client.feed_page(query="?last").status == 200


def test_empty_feed_is_404(client):
    assert client.feed_page().status == 404
    assert client.feed_page(query="?last").status == 404


def test_a_late_commit_appears_before_a_line_that_was_read(feed, client):
    publish(feed, 2)
    late = feed.late_commit("publish", 50)
    feed.publish(60)
    feed.publish(61)
    assert client.feed_page().titles == ["Ad 1", "Ad 2", "Ad 60"]
    late.commit()
    assert client.feed_page().titles == ["Ad 1", "Ad 2", "Ad 50", "Ad 60"]
    with feed.late_commit("expire", late.uuid):
        feed.publish(62)
    assert feed.last_line_status(late.uuid) == "INACTIVE"


def test_a_late_commit_has_the_time_of_its_start(feed, client, clock):
    feed.publish()
    late = feed.late_commit("publish", 50)
    clock.advance(minutes=3)
    feed.publish(60)
    late.commit()
    times = [item["date_modified"] for item in client.items()]
    assert times == sorted(times)
    assert times[0] == times[1]


def test_late_commit_with_a_later_time_is_found_by_if_modified_since(feed, client, clock):
    feed.publish(1)
    late = feed.late_commit("publish", 2, at=clock.now + timedelta(hours=2))
    feed.publish(3)
    late.commit()
    feed.publish(4, at=clock.now + timedelta(hours=1))
    page = client.feed_page(If_Modified_Since="Thu, 24 Sep 2026 11:30:00 GMT")
    assert page.titles == ["Ad 2"]


def test_a_batch_has_one_time_and_becomes_visible_together(feed, client, clock):
    feed.publish()
    with feed.batch():
        for _ in range(3):
            feed.publish()
            clock.advance(seconds=1)
        assert client.feed_page().titles == ["Ad 1"]
    items = client.items()
    assert len(items) == 3
    assert items[1]["date_modified"] == items[2]["date_modified"]


def test_a_failed_batch_leaves_no_line_but_a_gap(feed, client):
    feed.publish()
    with pytest.raises(RuntimeError), feed.batch():
        feed.publish()
        raise RuntimeError
    feed.publish(9)
    assert client.feed_page().titles == ["Ad 1", "Ad 9"]


def test_line_and_detail_times_differ_also_in_precision(feed, client):
    uuid = feed.publish()
    line = client.items()[0]
    assert line["date_modified"] == line["_feed_entry"]["sistEndret"] == "2026-09-24T12:00:00.12345+02:00"
    assert client.detail(uuid).json["sistEndret"] == "2026-09-24T11:59:54.093+02:00"


def test_no_operation_scans_the_whole_feed(feed):
    """A scan of a million lines would take seconds. Checks SQLite's query plan of the executed statements."""
    publish(feed, 30)
    line = pages.find_first_line(feed.store)
    statements: list[str] = []
    with feed.store.writing() as writer, feed.store.reading() as reader:
        for connection in (writer, reader):
            connection.set_trace_callback(statements.append)
    feed.change(feed.publish())
    pages.build_page(feed.store, line, since=1)
    pages.find_first_line_after(feed.store, 1)
    pages.find_last_line(feed.store)
    feed.last_line_status("x")
    with feed.store.writing() as writer, feed.store.reading() as reader:
        for connection in (writer, reader):
            connection.set_trace_callback(None)
        executed = [text for text in statements if text.startswith(("SELECT", "UPDATE"))]
        plans = {text: [row[3] for row in reader.execute(f"EXPLAIN QUERY PLAN {text}")] for text in executed}
    assert len(plans) >= 8
    for text, (plan, *_) in plans.items():
        # The newest line is searched from the end of the feed, up to the first match.
        assert plan.startswith("SEARCH") or text.endswith("ORDER BY seq DESC LIMIT 1"), (text, plan)
        assert "peak<" not in plan, (text, plan)
