"""Tables of the shared infrastructure: leases."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class LeaseRecord(models.Model):
    """Row of a lease (`jobsearch.core.leases.Lease`). `owner` is empty while the lease is free."""

    name = models.CharField(max_length=20, primary_key=True)
    owner = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
