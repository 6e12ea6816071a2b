"""Worker process that competes for jobs; run by test_jobs. Prints the keys of the jobs that it claimed."""

import sys
import time
from pathlib import Path

import django

django.setup()

from jobsearch.core import jobs  # noqa: E402
from jobsearch.core.models import Job  # noqa: E402

folder, name = Path(sys.argv[1]), sys.argv[2]
queued = list(Job.objects.order_by("pk").values_list("pk", flat=True))
(folder / f"{name}.ready").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
claimed = [str(job.pk) for pk in queued if (job := jobs.claim(pk))]
sys.stdout.write(" ".join(claimed) + "\n")
