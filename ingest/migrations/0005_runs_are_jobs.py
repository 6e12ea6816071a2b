"""Copies the runs into `core.Job`, with their keys. `ingest.Run` stays as a proxy, for the admin's URLs and permissions."""

import datetime as dt

from django.core.management.color import no_style
from django.db import migrations

from ingest.migrations._split_errors import split_error


def copy_runs(apps, schema_editor):
    alias = schema_editor.connection.alias
    job_model = apps.get_model("core", "Job")
    jobs = (_as_job(job_model, run) for run in apps.get_model("ingest", "Run").objects.using(alias).iterator(chunk_size=500))
    job_model.objects.using(alias).bulk_create(jobs, batch_size=500)
    for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [job_model]):
        schema_editor.execute(statement)


def _as_job(job_model, run):
    progress = dict(run.progress or {})
    seen = progress.pop("seen", None)
    result = dict(run.report or {})
    result.pop("problem", None)  # the same as the run's error
    code, detail = split_error(run.error)
    return job_model(
        pk=run.pk,
        kind=run.kind,
        state=run.state,
        requested_by=run.requested_by,
        started=run.started,
        finished=run.finished,
        heartbeat=dt.datetime.fromisoformat(seen) if seen else None,
        progress=progress,
        result=result,
        error_code=code,
        error_detail=detail,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_jobs"),
        ("ingest", "0004_error_codes"),
    ]

    operations = [
        migrations.RunPython(copy_runs, migrations.RunPython.noop),
        migrations.DeleteModel("Run"),
        migrations.CreateModel(
            name="Run",
            fields=[],
            options={
                "verbose_name": "kjøring",
                "verbose_name_plural": "kjøringer",
                "ordering": ["-started"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("core.job",),
        ),
    ]
