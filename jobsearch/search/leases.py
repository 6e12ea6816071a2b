"""One at a time, over all processes and machines: a right that runs out, taken by a conditional UPDATE."""

from __future__ import annotations

import datetime as dt
import time
from types import TracebackType

from django.db.models import Q
from django.utils import timezone

from jobsearch.core import lease_owners

from .models import IndexLease


class Busy(Exception):
    """Someone else holds it."""


class LeaseLost(Exception):
    """It ran out and someone else has it: what this process was about to note would be wrong."""


class Lease:
    """`with Lease("writes", seconds=120): …` raises Busy where another holds it for longer than `wait` seconds."""

    def __init__(self, name: str, seconds: int, wait: float = 0) -> None:
        self.name, self.seconds, self.wait = name, seconds, wait
        self.token = lease_owners.this_process()

    def __enter__(self) -> Lease:
        deadline = time.monotonic() + self.wait
        IndexLease.objects.get_or_create(name=self.name, defaults={"until": timezone.now()})
        while not self._take(self._free()):
            if time.monotonic() >= deadline:
                raise Busy(self.name)
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        IndexLease.objects.filter(name=self.name, token=self.token).update(token="")

    def renew(self) -> None:
        """Takes it for its whole time again. Inside a transaction, what is written there is then fenced by it."""
        if not self._take(Q(token=self.token)):
            raise LeaseLost(self.name)

    def _free(self) -> Q:
        """What the row must look like to be taken: free, run out, or held by a process that was killed."""
        holder = IndexLease.objects.values_list("token", flat=True).get(name=self.name)
        free = Q(token="") | Q(until__lte=timezone.now())
        return free | Q(token=holder) if lease_owners.is_dead(holder) else free

    def _take(self, condition: Q) -> bool:
        until = timezone.now() + dt.timedelta(seconds=self.seconds)
        return bool(IndexLease.objects.filter(condition).filter(name=self.name).update(token=self.token, until=until))
