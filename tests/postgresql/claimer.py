"""Processes that compete for jobs; run by test_jobs. Each returns the keys of the jobs that it claimed."""

import sys

import django

django.setup()

from jobsearch.core import jobs  # noqa: E402
from jobsearch.core.models import Job  # noqa: E402
from tests.postgresql.competing import compete  # noqa: E402

names, count = sys.argv[2:], int(sys.argv[1])
Job.objects.bulk_create(Job(kind="index") for _ in range(count))
queued = list(Job.objects.order_by("pk").values_list("pk", flat=True))
compete(names, lambda _name: [str(job.pk) for pk in queued if (job := jobs.claim(pk))])
