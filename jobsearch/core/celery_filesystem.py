"""Celery's transport on the file system, with fixes that let a worker survive a full disk and a folder that was deleted.

Kombu creates a message's file and then writes it. On a full disk an empty file stays, and a fast worker can read a file before it
is written. Both ended the worker, and with it a site that runs by one command.
"""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem as kombu_filesystem
from kombu.utils.json import dumps

log = logging.getLogger(__name__)


class Channel(kombu_filesystem.Channel):
    """Kombu's channel, with messages that appear whole, and without errors about those that cannot be read."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # the stubs disagree
        folder, name = Path(self.data_folder_out), f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}"
        part = folder / f"{name}.part"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(dumps(payload))
            part.rename(folder / f"{name}.{queue}.msg")
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ChannelError(f"The message cannot be written to {folder}: {error.strerror}.") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except FileNotFoundError:
            raise Empty from None
        except ValueError:  # kombu has deleted the file
            log.warning("A message of the queue %s could not be read, and was dropped.", queue)
            raise Empty from None

    def _size(self, queue: str) -> int:
        try:
            return int(super()._size(queue))
        except FileNotFoundError:
            return 0

    def get_table(self, exchange: str) -> Any:
        """The queues of an exchange, from its file. One that was deleted or half written is made again from memory.

        Without it, kombu drops each message to this exchange until the process is started again.
        """
        try:
            table = super().get_table(exchange)
        except ValueError:
            table = []
        # A copy: other threads of the process declare their queues in the same table.
        bindings = [one for one in tuple(self.state.bindings or ()) if one.exchange == exchange]
        if table or not bindings:
            return table
        for binding in bindings:
            self._queue_bind(exchange, binding.routing_key, None, binding.queue)
        return super().get_table(exchange)

    def _queue_bind(self, exchange: str, *arguments: Any) -> None:
        self.control_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            super()._queue_bind(exchange, *arguments)
        except ValueError:  # half a file, written when the disk was full: it would stop each start
            self._exchange_file(exchange).unlink(missing_ok=True)  # type: ignore[attr-defined]  # not in kombu's stub
            super()._queue_bind(exchange, *arguments)


class Transport(kombu_filesystem.Transport):
    """Kombu's transport on the file system with the channel above."""

    Channel = Channel
