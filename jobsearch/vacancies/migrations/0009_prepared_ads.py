"""Adds the prepared rows of ads in lists, empty for each active ad: the task `prepare_stored_ads` fills them, in small transactions."""

import django.db.models.deletion
from django.db import migrations, models

MARK = """
INSERT INTO vacancies_preparedad (vacancy_id, version, title_language, duplicate_key, locations, occupations,
                                    job_names, redactions, text)
SELECT uuid, 0, '', '', '[]', '[]', '[]', '{}', '' FROM vacancies_vacancy WHERE status = 'ACTIVE'
"""  # version 0 is that of no computation, so each of these rows is made again


class Migration(migrations.Migration):
    dependencies = [("vacancies", "0008_verbose_names")]

    operations = [
        migrations.CreateModel(
            name="PreparedAd",
            fields=[
                (
                    "vacancy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="prepared",
                        serialize=False,
                        to="vacancies.vacancy",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(db_index=True)),
                ("title_language", models.CharField(blank=True, max_length=8)),
                ("duplicate_key", models.TextField(blank=True)),
                ("locations", models.JSONField(default=list)),
                ("occupations", models.JSONField(default=list)),
                ("job_names", models.JSONField(default=list)),
                ("redactions", models.JSONField(default=dict)),
                ("text", models.TextField(blank=True)),
            ],
            options={"verbose_name": "stilling i lister", "verbose_name_plural": "stillinger i lister"},
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True),
    ]
