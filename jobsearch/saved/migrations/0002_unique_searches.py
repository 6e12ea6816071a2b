"""Add a digest for a unique constraint on owner and search, and merge the duplicates that simultaneous clicks could make."""

from __future__ import annotations

import hashlib

from django.db import migrations, models


def merge_duplicates(apps, schema_editor):
    """Keeps the oldest row with its name and the latest last look of the duplicates: no ad already seen becomes new again."""
    searches = apps.get_model("saved", "SavedSearch").objects
    kept: dict[tuple[int, str], object] = {}
    gone = []
    for row in searches.order_by("pk").iterator():
        row.digest = hashlib.sha256(row.params.encode()).hexdigest()
        first = kept.setdefault((row.owner_id, row.digest), row)
        if first is not row:
            first.last_looked = max(first.last_looked, row.last_looked)
            gone.append(row.pk)
    for start in range(0, len(gone), 500):
        searches.filter(pk__in=gone[start : start + 500]).delete()
    searches.bulk_update(kept.values(), ["digest", "last_looked"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [
        ("saved", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedsearch",
            name="digest",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(merge_duplicates, migrations.RunPython.noop, elidable=True),
    ]
