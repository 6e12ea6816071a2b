"""Names of fields for the admin; help texts became comments, since no form shows them. No change in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vacancies", "0007_request_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="location",
            name="path",
            field=models.CharField(blank=True, db_index=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="occupation",
            name="path",
            field=models.CharField(db_index=True, max_length=250),
        ),
        migrations.AlterField(
            model_name="postalcode",
            name="latitude",
            field=models.FloatField(),
        ),
        migrations.AlterField(
            model_name="postalcode",
            name="longitude",
            field=models.FloatField(),
        ),
        migrations.AlterField(
            model_name="tombstone",
            name="closed_on",
            field=models.DateField(verbose_name="lukket"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="application_due",
            field=models.DateField(blank=True, null=True, verbose_name="frist"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="application_due_text",
            field=models.TextField(blank=True, verbose_name="frist, som oppgitt"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="application_url",
            field=models.TextField(blank=True, verbose_name="søknadslenke"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="body_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="changed",
            field=models.DateTimeField(db_index=True, verbose_name="endret hos oss"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="checked",
            field=models.DateTimeField(db_index=True, verbose_name="sist kontrollert"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="closed_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="lukket"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="closed_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("feed", "Strømmen sa at annonsen er inaktiv"),
                    ("withdrawn", "Annonsen finnes ikke lenger i strømmen"),
                    ("expired", "Siste dag er passert"),
                    ("unreadable", "Detaljene lar seg ikke lese"),
                ],
                max_length=10,
                verbose_name="hvorfor lukket",
            ),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="description",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="employer_name",
            field=models.TextField(blank=True, verbose_name="arbeidsgiver"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="employer_orgnr",
            field=models.CharField(blank=True, db_index=True, max_length=20, verbose_name="organisasjonsnummer"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="engagement",
            field=models.CharField(blank=True, max_length=100, verbose_name="ansettelsesform"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="expires",
            field=models.DateTimeField(verbose_name="siste dag"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="extent",
            field=models.CharField(blank=True, max_length=100, verbose_name="omfang"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="first_seen",
            field=models.DateTimeField(db_index=True, verbose_name="først sett"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="indexed_version",
            field=models.PositiveBigIntegerField(default=0, verbose_name="versjon i indeksen"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="job_title",
            field=models.TextField(blank=True, verbose_name="stillingstittel"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="language",
            field=models.CharField(blank=True, max_length=8, verbose_name="språk"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="line_time",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sist omtalt i strømmen"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="published",
            field=models.DateTimeField(blank=True, null=True, verbose_name="publisert"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="sector",
            field=models.CharField(blank=True, max_length=100, verbose_name="sektor"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="source",
            field=models.CharField(blank=True, max_length=100, verbose_name="kilde"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="source_url",
            field=models.TextField(blank=True, verbose_name="kildens lenke"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="title",
            field=models.TextField(blank=True, verbose_name="tittel"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="updated",
            field=models.DateTimeField(blank=True, null=True, verbose_name="endret hos kilden"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="uuid",
            field=models.UUIDField(primary_key=True, serialize=False, verbose_name="uuid"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="version",
            field=models.PositiveBigIntegerField(default=1, verbose_name="versjon"),
        ),
        migrations.AlterField(
            model_name="vacancy",
            name="visible_until",
            field=models.DateTimeField(db_index=True, verbose_name="vises til"),
        ),
    ]
