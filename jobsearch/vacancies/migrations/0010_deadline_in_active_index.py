"""The covering index of active ads has their deadlines too: site maps leave out pages without an ad that can be applied for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vacancies", "0009_prepared_ads"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="vacancy", name="vacancy_active_in_order"),
        migrations.AddIndex(
            model_name="vacancy",
            index=models.Index(
                fields=["status", "uuid", "visible_until", "changed", "employer_orgnr", "application_due"],
                name="vacancy_active_in_order",
            ),
        ),
    ]
