"""Add the unique constraint, in a separate migration: PostgreSQL cannot create an index in a transaction that changed the rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saved", "0002_unique_searches"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.UniqueConstraint(fields=("owner", "digest"), name="saved_search_once_a_person"),
        ),
    ]
