"""Reverse proxy with TLS and basic authentication, like the one before an OpenSearch in production."""

from __future__ import annotations

import contextlib
import http.client
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

USER, PASSWORD = "utlyst", "p@ss:w/rd"


def certificates(folder: Path) -> tuple[Path, Path]:
    """Creates a private CA, and a file with a server key and certificate for 127.0.0.1. Returns both paths."""
    ca, key, both, own = folder / "ca.pem", folder / "ca.key", folder / "server.pem", folder / "server"
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n")
    new = "openssl req -newkey rsa:2048 -noenc"
    for command in (
        f"{new} -x509 -days 2 -subj /CN=Test-CA -keyout {key} -out {ca}",
        f"{new} -subj /CN=opensearch -keyout {own}.key -out {own}.csr",
        f"openssl x509 -req -days 2 -in {own}.csr -CA {ca} -CAkey {key} -extfile {folder}/names -out {own}.crt",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    both.write_text((folder / "server.key").read_text() + (folder / "server.crt").read_text())
    return ca, both


@contextlib.contextmanager
def proxy(node: str, certificate: Path) -> Iterator[int]:
    """Forwards requests with the right password to the node; yields its port."""
    behind = urlsplit(node)
    allowed = f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Authorization") != allowed:
                return self._answer(401, "text/plain", b"Unauthorized")
            kept = {name: value for name in ("Content-Type", "Content-Encoding") if (value := self.headers.get(name))}
            connection = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=60)
            with contextlib.closing(connection):
                connection.request(self.command, self.path, body, kept)
                answer = connection.getresponse()
                self._answer(answer.status, answer.headers.get("Content-Type", "text/plain"), answer.read())

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _pass_on

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        block_on_close = False

        def finish_request(self, request, client_address) -> None:
            with contextlib.suppress(OSError):  # of a client that does not trust us
                request.settimeout(20)
                with context.wrap_socket(request, server_side=True) as encrypted:
                    Handler(encrypted, client_address, self)

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
