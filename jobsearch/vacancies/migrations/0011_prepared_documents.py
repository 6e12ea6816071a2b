"""Adds the search documents that are kept for rebuilds, and lets the index of rows that are not indexed cover its queries."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vacancies", "0010_deadline_in_active_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreparedDocument",
            fields=[
                (
                    "vacancy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="prepared_document",
                        serialize=False,
                        to="vacancies.vacancy",
                    ),
                ),
                ("version", models.PositiveBigIntegerField()),
                ("analysis", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
            ],
            options={"verbose_name": "søkedokument", "verbose_name_plural": "søkedokumenter"},
        ),
        migrations.RemoveIndex(model_name="vacancy", name="vacancy_behind_index"),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(
                fields=["status", "uuid", "version", "indexed_version"],
                name="vacancy_behind_index",
                condition=models.Q(version__gt=models.F("indexed_version")),
            ),
        ),
    ]
