"""Stores errors as a code and a detail instead of one text, "code: detail"."""

from django.db import migrations, models

from ingest.migrations._split_errors import split_error


def split_stored_errors(apps, schema_editor):
    for name in ("DetailTask", "FeedState"):
        rows = apps.get_model("ingest", name).objects.exclude(error_detail="")
        for row in rows.only("pk", "error_code", "error_detail").iterator(chunk_size=500):
            row.error_code, row.error_detail = split_error(row.error_detail)
            row.save(update_fields=["error_code", "error_detail"])


class Migration(migrations.Migration):
    dependencies = [
        ("ingest", "0003_leases_in_core"),
    ]

    operations = [
        migrations.RenameField("detailtask", "reason", "error_detail"),
        migrations.AddField("detailtask", "error_code", models.CharField("grunn", max_length=60, blank=True, default=""), False),
        migrations.RenameField("feedstate", "problem", "error_detail"),
        migrations.RenameField("feedstate", "problem_since", "error_since"),
        migrations.AddField("feedstate", "error_code", models.CharField(max_length=60, blank=True, default=""), False),
        migrations.RemoveField("feedstate", "token_problem"),
        migrations.RunPython(split_stored_errors, migrations.RunPython.noop, elidable=True),
    ]
