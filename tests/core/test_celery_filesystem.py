"""The broker on the file system: a full disk, half-written files and a deleted folder end no worker."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError

from jobsearch.core.celery_filesystem import Channel, Transport

QUEUE = Queue("feed", Exchange("feed"), routing_key="feed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    folder.mkdir()
    Transport.global_state.clear()  # as in a process of its own
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    with Connection(transport="jobsearch.core.celery_filesystem:Transport", transport_options=options) as made:
        yield made


def send(connection: Connection, body: str = "x") -> None:
    with connection.Producer() as producer:
        producer.publish(body, exchange=QUEUE.exchange, routing_key=QUEUE.routing_key, declare=[QUEUE])


def receive(connection: Connection) -> str | None:
    with connection.channel() as channel:
        message = QUEUE(channel).get(no_ack=True)
        return message.payload if message else None


def test_a_message_is_sent_and_received_once(connection: Connection, folder: Path) -> None:
    send(connection, "hei")
    assert (receive(connection), receive(connection)) == ("hei", None)
    assert list(folder.glob("*.*")) == []


def test_an_empty_or_broken_message_is_dropped_with_a_warning(connection, folder, caplog) -> None:
    for content in (b"", b'{"body":', b"\xff\xfe"):
        (folder / "1_x.feed.msg").write_bytes(content)
        with caplog.at_level(logging.WARNING):
            assert receive(connection) is None, content
        assert "could not be read" in caplog.text
        assert not list(folder.glob("*.msg"))
    send(connection, "next")
    assert receive(connection) == "next"


def test_a_message_that_cannot_be_written_leaves_no_file(connection, folder, monkeypatch) -> None:
    send(connection)
    receive(connection)

    def refuse(self: Path, _text: str) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(ChannelError, match="No space left"):
        send(connection)
    assert list(folder.glob("*.*")) == []


def test_a_deleted_folder_is_an_empty_queue_until_the_next_message(connection, folder) -> None:
    send(connection)
    shutil.rmtree(folder)
    assert receive(connection) is None
    with connection.channel() as channel:
        assert channel._size("feed") == 0
    send(connection, "again")
    assert receive(connection) == "again"


def test_a_half_written_list_of_queues_is_made_again(connection, folder) -> None:
    send(connection)
    receive(connection)
    for content in ("", '[["feed", '):
        (folder / "control" / "feed.exchange").write_text(content)
        send(connection, "again")
        assert receive(connection) == "again"
    (folder / "control" / "feed.exchange").write_text("")
    Transport.global_state.clear()  # the next start
    with connection.clone() as another:
        send(another, "after a start")
        assert receive(another) == "after a start"


def test_a_reader_never_sees_half_a_message(connection, folder, monkeypatch) -> None:
    seen: list[int] = []
    rename = Path.rename

    def look(self: Path, target: Path) -> Path:
        with connection.channel() as channel:
            seen.append(channel._size("feed"))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", look)
    send(connection)
    assert seen == [0]
    assert issubclass(type(connection.default_channel), Channel)
