"""Pause of following the feed: for a limited time the schedule does not read it.

Limited, because an ad that ends meanwhile stays visible with its contacts, which NAV's terms of use allow for minutes and not
for days. Ads still end on their last day. What a person starts (sync, replay, a single ad) runs all the same.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from jobsearch.core import jobs
from jobsearch.core.models import Job

from .models import FeedJob, FeedState

MAX_PAUSE = dt.timedelta(hours=24)


def pause(hours: int, username: str) -> dt.datetime:
    """Pauses reading for some hours, `MAX_PAUSE` at most, and asks a running sync to stop; returns when the pause ends.

    Raises `WrongOrigin`.
    """
    until = timezone.now() + min(dt.timedelta(hours=max(1, hours)), MAX_PAUSE)
    FeedState.get_for_feed(settings.NAV_FEED_URL)
    FeedState.objects.filter(id=1).update(paused_until=until, paused_by=username)
    for job in Job.objects.filter(kind=FeedJob.SYNC, state=Job.State.RUNNING):
        jobs.request_stop(job.pk, username)
    return until


def resume() -> bool:
    """Ends the pause; returns whether there was one."""
    paused = FeedState.objects.filter(id=1, paused_until__gt=timezone.now())
    return bool(paused.update(paused_until=None, paused_by=""))


def is_paused(now: dt.datetime | None = None) -> bool:
    """Whether reading is paused now."""
    return FeedState.objects.filter(id=1, paused_until__gt=now or timezone.now()).exists()
