"""Slow clients do not block other visitors: gunicorn alone, and behind nginx and Caddy with the shipped configuration."""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from jobsearch.core import gunicorn_worker
from tests.deployment import hostile_clients
from tests.deployment.composition import ROOT
from tests.deployment.hostile_clients import Address, ask, attacking
from tests.servers import processes
from tests.servers.live import LiveSite
from tests.servers.ports import HOST, free_port, listens, wait_until

FOLDER = ROOT / "docs" / "deployment"
FRONTS = ["gunicorn", "nginx", "caddy"]
MAX_WAIT = 2.0  # seconds that a visitor may wait
ATTACK_SECONDS = gunicorn_worker.DISCARD_SECONDS  # and the one before the first question: refused clients have come back
PAGE = "/om/"
Answer = tuple[int, float]


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Address]:
    folder = tmp_path_factory.mktemp("slow")
    shutil.copy(sqlite_template, folder / "db.sqlite3")
    database = f"sqlite:///{folder / 'db.sqlite3'}"
    site = LiveSite(folder, database=database, feed="http://127.0.0.1:9", fork=False, TRUSTED_PROXIES=HOST)
    try:
        address = Address(HOST, int(site.web().rpartition(":")[2]))
        ask(address, PAGE)  # the first page imports modules
        yield address
        assert "Traceback" not in site.log("web")
    finally:
        site.stop()


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, gunicorn: Address) -> Iterator[Address]:
    """The shipped configuration with addresses and paths of this test, without TLS."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    text = (FOLDER / "nginx.conf").read_text().replace("127.0.0.1:8000", f"{gunicorn.host}:{gunicorn.port}")
    text = re.sub(r"listen 80;|listen \[::\]:80;|listen \[::\]:443 ssl http2;|ssl_\w+ [^;]+;", "", text)
    text = text.replace("listen 443 ssl http2;", f"listen {HOST}:{port};").replace("/var/log/nginx", str(folder))
    text = text.replace("server_name jobb.example.no;\n    access_log off;", f"listen {HOST}:{free_port()}; access_log off;")
    folders = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}"
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;"
        f"events {{ worker_connections 768; }}\nhttp {{ {folders}\n{text}\n}}\n"
    )
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")]
    yield from _front([*command, "-e", str(folder / "error.log")], folder, port)


@pytest.fixture(scope="module")
def caddy(tmp_path_factory: pytest.TempPathFactory, gunicorn: Address) -> Iterator[Address]:
    """The shipped configuration with addresses of this test, without TLS and without Caddy's admin port."""
    folder, port = tmp_path_factory.mktemp("caddy"), free_port()
    text = (FOLDER / "Caddyfile").read_text().replace("127.0.0.1:8000", f"{gunicorn.host}:{gunicorn.port}")
    text = text.replace("jobb.example.no {", f"http://:{port} {{").replace("{\n", "{\n\tadmin off\n\tauto_https off\n", 1)
    (folder / "Caddyfile").write_text(text)
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    yield from _front(command, folder, port)


def _front(command: list[str], folder: Path, port: int) -> Iterator[Address]:
    env = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PATH": "/usr/bin:/bin"}
    process = processes.start(command, folder / "log", env=env)
    try:
        wait_until(lambda: process.poll() is not None or listens(port), 20, f"the proxy, see {folder / 'log'}")
        assert process.poll() is None, (folder / "log").read_text()
        yield Address(HOST, port)
    finally:
        processes.stop(process)


@pytest.fixture(params=FRONTS)
def front(request: pytest.FixtureRequest) -> Address:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def ask_during_attack(
    gunicorn: Address, nginx: Address, caddy: Address
) -> Callable[[hostile_clients.Kind], dict[Address, list[Answer]]]:
    """What visitors of each front get during an attack: of all fronts at once, since an attack takes time."""

    @cache
    def ask_all(kind: hostile_clients.Kind) -> dict[Address, list[Answer]]:
        answers: dict[Address, list[Answer]] = {gunicorn: [], nginx: [], caddy: []}
        with ExitStack() as attacks:
            for front in answers:
                attacks.enter_context(attacking(kind, front, 8))
            until = time.monotonic() + ATTACK_SECONDS
            while time.monotonic() < until:
                for front, of_front in answers.items():
                    of_front.append(ask(front, PAGE))
                time.sleep(0.8)  # two fifths of what a visitor may wait
        return answers

    return ask_all


@pytest.mark.parametrize("kind", hostile_clients.KINDS, ids=lambda kind: kind.__name__)
def test_pages_are_served_while_clients_hold_connections(front, kind, ask_during_attack):
    answers = ask_during_attack(kind)[front]
    assert {status for status, _ in answers} == {200}
    assert max(seconds for _, seconds in answers) < MAX_WAIT


def test_pages_are_served_despite_hundreds_of_incomplete_requests(gunicorn):
    """More connections than the process keeps: the oldest are closed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    number = 600
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    clients = []
    try:
        for _ in range(number):
            client = socket.create_connection((gunicorn.host, gunicorn.port), timeout=10)
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            clients.append(client)
        answers = [ask(gunicorn, PAGE) for _ in range(5)]
    finally:
        for client in clients:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {status for status, _ in answers} == {200}
    assert max(seconds for _, seconds in answers) < MAX_WAIT


MEGABYTES = 40
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.bin"\r\n\r\n',
    *[b"a" * 1_000_000] * MEGABYTES,
    b"\r\n--x--\r\n",
)


@pytest.mark.parametrize("path", ["/sprak/", "/logg-inn/", "/admin/login/", "/"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"])
def test_large_body_is_rejected_by_content_length(front, path, kind):
    """413 before a byte of the body is sent."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {MEGABYTES * 10**6}\r\n\r\n"
    with socket.create_connection((front.host, front.port), timeout=5) as client:
        client.sendall(head.encode() + (b"a" if front.port else b""))
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_large_post_sent_completely_is_rejected_without_harm(front, kind):
    length = sum(map(len, MULTIPART))
    with attacking(
        lambda to, over: ask(to, "/sprak/", "POST", iter(MULTIPART), Content_Type=kind, Content_Length=str(length)), front, 2
    ):
        answers = [ask(front, PAGE) for _ in range(10)]
    assert {status for status, _ in answers} == {200}
    assert max(seconds for _, seconds in answers) < MAX_WAIT
    status, _ = ask(front, "/sprak/", "POST", iter(MULTIPART), Content_Type=kind, Content_Length=str(length))
    assert status in {413, 0}, "0: refused while it was being sent"


def test_large_post_without_content_length_is_rejected(front):
    status, seconds = ask(front, "/sprak/", "POST", iter(MULTIPART), Content_Type="text/plain", Transfer_Encoding="chunked")
    assert status in {411, 413, 0, 502}
    assert seconds < 10
    assert ask(front, PAGE)[0] == 200


def test_form_of_maximum_size_is_accepted(front):
    body = b"a=" + b"b" * (gunicorn_worker.MAX_BODY - 2)
    status, _ = ask(front, "/sprak/", "POST", body, Content_Type="application/x-www-form-urlencoded")
    assert status == 403, "read to its end, and refused for its missing CSRF token"


def test_content_length_one_byte_over_the_limit_is_rejected(gunicorn):
    assert ask(gunicorn, "/sprak/", "POST", b"b" * (gunicorn_worker.MAX_BODY + 1))[0] == 413


@pytest.mark.parametrize("size", [9_000, 40_000, 1_000_000])
def test_long_header_or_address_is_rejected(front, size):
    assert ask(front, PAGE, X_Long="a" * size)[0] in {400, 413, 414, 431, 0}
    assert ask(front, "/?q=" + "a" * size)[0] in {400, 414, 431, 0}
    assert ask(front, PAGE)[0] == 200


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "script_name", "PATH_INFO", "REMOTE_ADDR"])
@pytest.mark.parametrize("value", ["/nosuch", "/om", "//host.example", "x", ""])
def test_headers_do_not_change_the_sites_address(front, name, value):
    """Caddy forwards header names with an underscore; nginx drops them."""
    request = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((front.host, front.port), timeout=10) as client:
        client.sendall(request.encode())
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b'href="/static/' in received and b'action="/sprak/"' in received


def test_pipelined_requests_are_answered_in_order(gunicorn):
    post = hostile_clients.FORM + b"Content-Length: 3\r\n\r\na=b"
    get = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.create_connection((gunicorn.host, gunicorn.port), timeout=10) as client:
        client.sendall(get + post + get[:20])
        time.sleep(0.3)
        client.sendall(get[20:] + b"\x00junk\r\n\r\n")
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"200", b"403", b"200", b"400"]


def test_expect_100_continue_is_answered_once(gunicorn):
    with socket.create_connection((gunicorn.host, gunicorn.port), timeout=10) as client:
        client.sendall(hostile_clients.FORM + b"Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a=b")
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    assert received.startswith(b"HTTP/1.1 403 ")
    assert b"100 Continue" not in received


def test_slow_reader_gets_the_whole_response(gunicorn):
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.settimeout(10)
        client.connect((gunicorn.host, gunicorn.port))
        client.sendall(b"GET /static/django_htmx/htmx-2.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        received = b""
        while chunk := client.recv(1500):
            received += chunk
            time.sleep(0.001)
    head, _, body = received.partition(b"\r\n\r\n")
    assert len(body) == int(re.search(rb"Content-Length: (\d+)", head)[1]) > 50_000
