"""Indexes for the queries of a request: none of them reads the table, which holds the texts of all ads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vacancies", "0006_closed_as_unreadable"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="vacancy", name="vacancy_behind_index"),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(
                fields=["status", "uuid"],
                name="vacancy_behind_index",
                condition=models.Q(version__gt=models.F("indexed_version")),
            ),
        ),
        migrations.RemoveIndex(model_name="vacancy", name="vacancy_of_employer"),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(fields=["employer_orgnr", "status", "visible_until", "uuid"], name="vacancy_of_employer"),
        ),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(fields=["line_time"], name="vacancy_line_time"),
        ),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(
                fields=["status", "uuid", "visible_until", "changed", "employer_orgnr"], name="vacancy_active_in_order"
            ),
        ),
    ]
