"""gunicorn worker that buffers requests and responses in its event loop, as waitress and nginx do.

gunicorn's own `gthread` gives a connection to a thread as soon as the first byte has arrived, and the thread waits for the
rest: four clients that each send a byte every 2 s hold a server of four threads. Here a thread gets a request when all of
it has arrived, and what a client does not read at once is kept for the event loop to send. So a thread never waits for a
client, and slow clients can take only connections and memory. Both are bounded: at the limit the connection that has
waited longest, or holds most, is closed.
"""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker

MAX_HEAD = 32 * 1024  # bytes of request line and headers; a URL may have 8,190
MAX_BODY = 64 * 1024  # bytes; no form of the site or its admin needs more, and nothing takes files
MAX_MEMORY = 64 * 1024 * 1024  # bytes of unfinished requests and unread responses in one process
HEAD_SECONDS = 10.0  # for the whole head, from the first byte or the connection on
BODY_SECONDS = 30.0  # for head and body together
UNREAD_SECONDS = 30.0  # without the client reading anything
DISCARD_SECONDS = 3.0  # for reading on after a refusal: a client that still sends would get a reset instead of the response
STOP_SECONDS = 2.0  # for connections without a request when the worker stops
CHUNK = 64 * 1024

_WAITING, _HANDLING, _SENDING, _DISCARDING, _CLOSED = range(5)


class OutputSocket:
    """Socket that gunicorn's threads write to: every write returns at once, and nothing can be read.

    What the kernel does not take is kept in `unsent`, and `on_unsent` makes the event loop send it.
    """

    def __init__(self, sock: socket.socket, on_unsent: Any) -> None:
        self._sock, self._on_unsent = sock, on_unsent
        self._lock = threading.Lock()
        self.unsent = bytearray()
        self.broken = False

    def sendall(self, data: bytes) -> None:
        with self._lock:
            if self.broken:
                raise BrokenPipeError(errno.EPIPE, "the client is gone")
            was_empty = not self.unsent
            sent = self._send(data) if was_empty else 0
            self.unsent += memoryview(data)[sent:]
            notify = was_empty and bool(self.unsent)
        if notify:
            self._on_unsent()

    def flush(self) -> int:
        """Sends what the client takes now; returns how many bytes that were. Raises OSError where the client is gone."""
        with self._lock:
            sent = self._send(bytes(memoryview(self.unsent)[:CHUNK]))
            del self.unsent[:sent]
            return sent

    def discard_unsent(self) -> None:
        with self._lock:
            self.broken = True
            self.unsent.clear()

    def _send(self, data: bytes) -> int:
        try:
            return self._sock.send(data) if data else 0
        except BlockingIOError:
            return 0
        except OSError:
            self.broken = True
            self.unsent.clear()
            raise

    def send(self, data: bytes) -> int:
        """Used by gunicorn for "100 Continue" only, which the event loop has sent already."""
        return len(data)

    def recv(self, size: int) -> bytes:
        return b""

    def gettimeout(self) -> float:
        return 0.0

    def setblocking(self, flag: bool) -> None: ...
    def settimeout(self, seconds: float | None) -> None: ...
    def shutdown(self, how: int) -> None: ...  # the event loop closes the connection when everything is sent
    def close(self) -> None: ...


class Connection:
    """One client connection, with the attributes that gunicorn's `ThreadWorker.handle` expects of its `TConn`."""

    initialized = data_ready = True  # nothing is left to wait for when a thread gets it
    is_http2 = False

    def __init__(self, worker: BufferedWorker, raw: socket.socket, client: Any, server: Any) -> None:
        raw.setblocking(False)
        self.cfg, self.raw, self.client, self.server = worker.cfg, raw, client, server
        self.sock = OutputSocket(raw, partial(worker.method_queue.defer, worker.watch, self))
        self.parser: Any = None
        self.state = _WAITING
        self.incoming = bytearray()
        self.searched = 0  # bytes of `incoming` that hold no end of the head
        self.needed = 0  # bytes of head and body, once the head is read
        self.since = self.heard = time.monotonic()  # when this state began, and when the client last took or sent something
        self.keepalive = False  # whether this one has had a response and may send another request
        self.events = 0

    def init(self) -> None:
        """Does nothing: there is neither TLS nor HTTP/2 here, both are the proxy's."""

    def enter(self, state: int) -> None:
        self.state = state
        self.since = self.heard = time.monotonic()

    def deadline(self, keepalive_seconds: float, stopping: bool) -> float:
        if self.state == _WAITING:
            if not self.incoming and (self.keepalive or stopping):
                return self.since + (min(keepalive_seconds, STOP_SECONDS) if stopping else keepalive_seconds)
            return self.since + (BODY_SECONDS if self.needed else HEAD_SECONDS)
        if self.state == _DISCARDING:
            return self.since + DISCARD_SECONDS
        return self.heard + UNREAD_SECONDS if self.sock.unsent else float("inf")


class BufferedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """`ThreadWorker` whose event loop reads whole requests and sends the responses."""

    def init_process(self) -> None:
        self.connections: set[Connection] = set()
        super().init_process()

    # --- Receiving ----------------------------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        try:
            raw, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self.make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        connection = Connection(self, raw, client, listener.getsockname())
        self.connections.add(connection)
        if self.nr_conns >= self.worker_connections:
            self.make_room()
        self.watch(connection)

    def receive(self, connection: Connection) -> None:
        try:
            data = connection.raw.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close(connection)
        elif connection.state == _WAITING:
            if not connection.incoming:
                connection.since = time.monotonic()
            connection.incoming += data
            self.start_request(connection)

    def start_request(self, connection: Connection) -> None:
        """Gives the request to a thread once it is complete, or refuses it by its head alone."""
        incoming = connection.incoming
        if not connection.needed and not self.read_head(connection):
            return
        if len(incoming) < connection.needed:
            return
        request = bytes(memoryview(incoming)[: connection.needed])
        del incoming[: connection.needed]
        connection.searched = connection.needed = 0
        # A parser of its own for each request, over exactly its bytes: it cannot read into the next one.
        connection.parser = http.get_parser(self.cfg, [request], connection.client)
        connection.enter(_HANDLING)
        self.watch(connection)
        self.enqueue_req(connection)

    def read_head(self, connection: Connection) -> bool:
        """Whether the head is complete and the request may come; sets how many bytes it has."""
        incoming = connection.incoming
        end = incoming.find(b"\r\n\r\n", max(0, connection.searched - 3), MAX_HEAD)
        if end < 0:
            connection.searched = len(incoming)
            if len(incoming) >= MAX_HEAD:
                line_ends = incoming.find(b"\r\n") >= 0
                self.refuse(connection, "431 Request Header Fields Too Large" if line_ends else "414 URI Too Long")
            return False
        head = bytes(memoryview(incoming)[: end + 4])
        try:
            request = next(http.get_parser(self.cfg, [head], connection.client))
            reader = request.body.reader
        except (ParseException, OSError, StopIteration):
            connection.needed = len(head)  # a thread gets the same error, and answers and logs it as gunicorn does
            return True
        length = reader.length if isinstance(reader, LengthReader) else 0
        if isinstance(reader, ChunkedReader):
            self.refuse(connection, "411 Length Required")
            return False
        if length > MAX_BODY:
            self.refuse(connection, "413 Content Too Large")
            return False
        connection.needed = len(head) + length
        if request._expected_100_continue and len(incoming) < connection.needed:
            connection.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def refuse(self, connection: Connection, status: str) -> None:
        text = f"{status.partition(' ')[2]}\n".encode()
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
        connection.incoming.clear()
        try:
            connection.sock.sendall(head.encode() + text)
        except OSError:
            self.close(connection)
        else:
            self.discard(connection)

    # --- Sending ------------------------------------------------------------------------------------------------------

    def finish_request(self, connection: Connection, future: Future[bool]) -> None:
        """Called in the event loop when a thread is done with a request."""
        if connection.state == _CLOSED:
            return
        connection.keepalive = not future.cancelled() and future.exception() is None and bool(future.result())
        if connection.sock.broken:
            self.close(connection)
        elif connection.sock.unsent:
            connection.enter(_SENDING)
            self.watch(connection)
        else:
            self.next_request(connection)

    def send(self, connection: Connection) -> None:
        try:
            if connection.sock.flush():
                connection.heard = time.monotonic()
        except OSError:
            self.close(connection)
            return
        if connection.sock.unsent:
            return
        if connection.state == _SENDING:
            self.next_request(connection)
        elif connection.state == _DISCARDING:
            self.discard(connection)
        else:
            self.watch(connection)

    def next_request(self, connection: Connection) -> None:
        if not connection.keepalive:
            self.discard(connection)
            return
        connection.enter(_WAITING)
        self.watch(connection)
        if connection.incoming:  # sent together with the last request: there may be no further read event
            self.start_request(connection)

    # --- Closing ------------------------------------------------------------------------------------------------------

    def discard(self, connection: Connection) -> None:
        """Closes our side; what the client still sends is read and dropped, because a reset would discard the response."""
        connection.enter(_DISCARDING)
        if not connection.sock.unsent:
            try:
                connection.raw.shutdown(socket.SHUT_WR)
            except OSError:
                self.close(connection)
                return
        self.watch(connection)

    def close(self, connection: Connection) -> None:
        if connection.state == _CLOSED:
            return
        self.nr_conns -= 1
        self.connections.discard(connection)
        connection.state = _CLOSED
        connection.sock.discard_unsent()
        connection.incoming.clear()
        self.watch(connection)
        connection.raw.close()

    def make_room(self) -> None:
        """Closes the connection that has waited longest; one whose response is being made only if there is no other."""
        oldest = min(self.connections, key=lambda one: (one.state == _HANDLING, one.since), default=None)
        if oldest is not None:
            self.close(oldest)

    def murder_pending(self) -> None:
        """Called by gunicorn after each round of events."""
        now = time.monotonic()
        for connection in [one for one in self.connections if one.deadline(self.cfg.keepalive, not self.alive) < now]:
            self.close(connection)
        while sum(len(one.incoming) + len(one.sock.unsent) for one in self.connections) > MAX_MEMORY:
            self.close(max(self.connections, key=lambda one: len(one.incoming) + len(one.sock.unsent)))

    # --- The event loop -----------------------------------------------------------------------------------------------

    def watch(self, connection: Connection) -> None:
        """Registers the connection for what its state waits for."""
        events = 0
        if connection.state in (_WAITING, _DISCARDING):
            events |= selectors.EVENT_READ
        if connection.sock.unsent:
            events |= selectors.EVENT_WRITE
        if events == connection.events:
            return
        if events & ~connection.events & selectors.EVENT_WRITE:
            connection.heard = time.monotonic()  # from now on there is something to read
        if not connection.events:
            self.poller.register(connection.raw, events, partial(self.dispatch, connection))
        elif not events:
            self.poller.unregister(connection.raw)
        else:
            self.poller.modify(connection.raw, events, partial(self.dispatch, connection))
        connection.events = events

    def dispatch(self, connection: Connection, raw: Any) -> None:
        # The sockets of one round of events are handled one by one; an earlier one may have closed this one to make room.
        if connection.state != _CLOSED and connection.sock.unsent:
            self.send(connection)
        if connection.state in (_WAITING, _DISCARDING) and connection.events & selectors.EVENT_READ:
            self.receive(connection)
