"""The fake feed server in one object: store, HTTP server, tokens and faults."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from .faults import Faults
from .server import LoggedRequest, Server
from .store import Ads, Store
from .time_formats import Clock, utc_now
from .tokens import Tokens


class FakeFeed:
    """Fake feed server on a loopback address, running during the `with` block.

        with FakeFeed() as feed:
            ad = feed.publish()
            get(f"{feed.url}/api/v1/feed", headers={"Authorization": f"Bearer {feed.token}"})

    The operations of `Store` are available here by the same names. `clock` gives the time of lines and of token expiry.
    """

    def __init__(
        self, path: Path | str | None = None, port: int = 0, clock: Clock = utc_now, *, host: str = "127.0.0.1",
        store: Store | None = None, ads: Ads | None = None, log_size: int = 20_000,
    ) -> None:  # fmt: skip
        self.store = store or Store(path, clock=clock, ads=ads)
        self.tokens = Tokens(self.store.clock)
        self.faults = Faults(self.store)
        try:
            self.server = Server(self.store, self.tokens, self.faults, host=host, port=port, log_size=log_size)
        except BaseException:
            self.store.close()
            raise
        self.url = self.server.url
        self.publish, self.change, self.reactivate = self.store.publish, self.store.change, self.store.reactivate
        self.expire, self.stop, self.dir_cleanup = self.store.expire, self.store.stop, self.store.dir_cleanup
        self.become_finn, self.stop_unnoticed = self.store.become_finn, self.store.stop_unnoticed
        self.edit_silently, self.close_silently = self.store.edit_silently, self.store.close_silently
        self.active_without_content = self.store.active_without_content
        self.detail_fails_for_good = self.store.detail_fails_for_good
        self.append_line, self.late_commit = self.store.append_line, self.store.late_commit
        self.batch, self.rebuild = self.store.batch, self.store.rebuild
        self.read_active_ads, self.last_line_status = self.store.read_active_ads, self.store.last_line_status

    @property
    def token(self) -> str:
        """The current public token."""
        token = self.tokens.public()
        if token is None:
            raise RuntimeError("the public token is withdrawn; call tokens.withdraw(False) or use tokens.private()")
        return token

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests received since the start or the last `clear_requests`, oldest first."""
        return list(self.server.log)

    def clear_requests(self) -> None:
        """Clears the log of requests."""
        self.server.log.clear()

    def open(self) -> FakeFeed:
        """Starts to serve."""
        self.server.start()
        return self

    def close(self) -> None:
        """Stops serving and closes the store."""
        self.server.stop()
        self.store.close()

    def __enter__(self) -> FakeFeed:
        return self.open()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
