"""Distributed lock with expiry (lease), acquired, renewed and released by conditional UPDATEs of one row.

At most one process on all machines holds a lease. A process that dies blocks the others until its lease expires, or not at
all where they run on the same machine and can see that it is dead.
"""

from __future__ import annotations

import datetime as dt
import time
from types import TracebackType
from typing import Self

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import lease_owners
from .models import LeaseRecord

_POLL_SECONDS = 0.1
_RENEW_SHARE = 0.25
"""Share of a lease's duration after which `renew_if_due` renews it."""


class LeaseError(Exception):
    """Base class of the errors of a lease. `name` is the lease's name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class LeaseHeld(LeaseError):
    """Another process holds the lease: `owner` as text for a person, `expires` the time to which it was last renewed."""

    def __init__(self, name: str, owner: str, expires: dt.datetime) -> None:
        until = expires.isoformat(timespec="seconds")
        super().__init__(name, f"The lease {name!r} is held by {owner} until {until}.")
        self.owner, self.expires = owner, expires


class LeaseLost(LeaseError):
    """The lease expired and another process has acquired it. Nothing may be written in its name any more."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"The lease {name!r} was acquired by another process.")


class Lease:
    """Lease held for a block: `with Lease("writes", seconds=120) as lease: …`.

    Raises `LeaseHeld` on entry where another process holds the lease for longer than `wait` seconds.
    """

    def __init__(self, name: str, seconds: float, wait: float = 0) -> None:
        self.name, self.seconds, self.wait = name, seconds, wait
        self.owner = lease_owners.create_owner()
        self._renewed = 0.0
        self._is_released = False

    def __enter__(self) -> Self:
        if self._update(_build_free_condition()):
            return self
        deadline = time.monotonic() + self.wait
        record, _created = LeaseRecord.objects.get_or_create(name=self.name)
        while not self._acquire(record):
            if time.monotonic() >= deadline:
                record.refresh_from_db()
                raise LeaseHeld(self.name, lease_owners.describe_owner(record.owner) or "a quicker process", record.expires)
            time.sleep(_POLL_SECONDS)
            record.refresh_from_db()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._is_released:
            self._free()

    def release(self) -> None:
        """Releases the lease before the end of its block. Raises `LeaseLost`.

        In a transaction it fences as `renew` does, and saves the write of the block's end: with SQLite each write waits for those
        of other processes.
        """
        if not self._free():
            raise LeaseLost(self.name)
        transaction.on_commit(self._note_release)

    def renew(self) -> None:
        """Renews the lease for its whole duration. Raises `LeaseLost`.

        In a transaction, the lock on the row fences all that the transaction writes: no other process acquires the lease
        before the transaction ends.
        """
        if not self._update(Q(owner=self.owner)):
            raise LeaseLost(self.name)

    def renew_if_due(self) -> None:
        """Renews after a quarter of the duration. For loops that wait. Raises `LeaseLost`."""
        if time.monotonic() - self._renewed > self.seconds * _RENEW_SHARE:
            self.renew()

    def _free(self) -> bool:
        return bool(LeaseRecord.objects.filter(name=self.name, owner=self.owner).update(owner=""))

    def _note_release(self) -> None:
        self._is_released = True

    def _acquire(self, record: LeaseRecord) -> bool:
        free = _build_free_condition()
        return self._update(free | Q(owner=record.owner) if lease_owners.is_dead(record.owner) else free)

    def _update(self, condition: Q) -> bool:
        expires = timezone.now() + dt.timedelta(seconds=self.seconds)
        updated = LeaseRecord.objects.filter(condition, name=self.name).update(owner=self.owner, expires=expires)
        if updated:
            self._renewed = time.monotonic()
        return bool(updated)


def _build_free_condition() -> Q:
    return Q(owner="") | Q(expires__lte=timezone.now())


def find_holder(name: str) -> LeaseRecord | None:
    """The record of a lease that is held now; None where the lease is free or has expired."""
    return LeaseRecord.objects.filter(name=name, expires__gt=timezone.now()).exclude(owner="").first()
