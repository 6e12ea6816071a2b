"""Ports: a demo waits for the feed's port, which a demo that has just been stopped may still use."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError

from jobsearch.demo.management.commands import demo
from jobsearch.demo.supervisor import Supervisor, is_port_free, wait_for_free_port

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield listening


def test_a_port_is_waited_for_until_it_is_free(taken):
    port = taken.getsockname()[1]
    assert not is_port_free(port, HOST)
    assert not wait_for_free_port(port, HOST, 0.2)
    threading.Timer(0.3, taken.close).start()
    assert wait_for_free_port(port, HOST, 20)


def test_the_demo_says_that_it_waits_and_then_that_the_port_is_taken(taken, settings, monkeypatch, tmp_path):
    port = taken.getsockname()[1]
    settings.NAV_FEED_URL = f"http://{HOST}:{port}"
    monkeypatch.setattr(demo, "PORT_SECONDS", 0.2)
    printed = io.StringIO()
    command = demo.Command(stdout=printed)
    command.folder = Path(tmp_path)
    with pytest.raises(CommandError, match=f"Port {port}, which the feed of .* is taken"):
        command.start_feed(Supervisor(tmp_path / "logs"), [])
    assert printed.getvalue().startswith(f"Waiting for port {port}")
