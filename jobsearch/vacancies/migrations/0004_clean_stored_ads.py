"""Cleans what was stored before `vacancies.cleaning` existed; ads that change get a new version, so the search follows.

Works in chunks, each a transaction of its own, by uuid: memory stays flat, and a run that was interrupted is simply run again.
"""

from django.db import migrations, transaction
from django.utils import timezone

from jobsearch.vacancies import cleaning
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

CHUNK = 200
COLUMNS = (
    "title job_title employer_name employer_orgnr employer_homepage employer_description description source source_url "
    "application_url application_due_text application_due published sector extent engagement start_text"
).split()
OF_ITS_TEXT = ["language", "body_hash"]  # a closed ad has none, and keeps what was found while it was open
PARTS = {
    "location": ("position", "raw_country", "raw_county", "raw_municipality", "city", "postal_code", "address", "path"),
    "contact": ("position", "name", "email", "phone", "role", "title"),
    "occupation": ("raw_level1", "raw_level2", "path"),
    "category": ("type", "raw_code", "raw_name", "code", "name"),
}


def clean_stored(apps, schema_editor):
    last = None
    while last := _clean_chunk(apps, schema_editor.connection.alias, last):
        pass


def _clean_chunk(apps, database, last):
    """Cleans the next ads after this uuid; returns the last one's, or None where there are no more."""
    model = apps.get_model("vacancies", "Vacancy")
    now = timezone.now()
    with transaction.atomic(using=database):
        rows = model.objects.using(database).select_for_update().defer("raw").order_by("uuid")
        rows = list((rows.filter(uuid__gt=last) if last else rows)[:CHUNK])
        parts = {name: _parts_of(apps, database, name, rows) for name in PARTS}
        changed = []
        for row in rows:
            held = {name: found.get(row.uuid, []) for name, found in parts.items()}
            cleaned = cleaning.clean_vacancy(_data_of(row, held), now, row.first_seen)
            columns = COLUMNS + OF_ITS_TEXT * (row.status == "ACTIVE")
            differ = [name for name in columns if getattr(row, name) != getattr(cleaned.vacancy, name)]
            for name in differ:
                setattr(row, name, getattr(cleaned.vacancy, name))
            wanted = zip(PARTS, (cleaned.locations, cleaned.contacts, cleaned.occupations, cleaned.categories), strict=True)
            for name, ones in wanted:
                if _values(ones, name) != _values(held[name], name):
                    differ.append(name)
                    _replace(apps, database, name, row, ones)
            if differ:
                row.version, row.changed = row.version + 1, now
                changed.append(row)
        model.objects.using(database).bulk_update(changed, [*COLUMNS, *OF_ITS_TEXT, "version", "changed"], batch_size=50)
    return rows[-1].uuid if rows else None


def _parts_of(apps, database, name, rows):
    order = "position" if "position" in PARTS[name] else "id"
    found = apps.get_model("vacancies", name).objects.using(database).filter(vacancy_id__in=[row.uuid for row in rows])
    by_ad = {}
    for part in found.order_by(order, "id"):
        by_ad.setdefault(part.vacancy_id, []).append(part)
    return by_ad


def _replace(apps, database, name, row, ones):
    model = apps.get_model("vacancies", name)
    model.objects.using(database).filter(vacancy_id=row.uuid).delete()
    model.objects.using(database).bulk_create(
        [model(vacancy_id=row.uuid, **dict(zip(PARTS[name], values, strict=True))) for values in _values(ones, name)]
    )


def _values(parts, name):
    return [tuple(getattr(part, field) for field in PARTS[name]) for part in parts]


def _data_of(row, parts):
    """The row as a source would say it: the names as the feed has them are kept beside what was made of them."""
    return VacancyData(
        uuid=row.uuid,
        expires=row.expires,
        title=row.title,
        description=row.description,
        published=row.published,
        employer_name=row.employer_name,
        employer_orgnr=row.employer_orgnr,
        employer_homepage=row.employer_homepage,
        employer_description=row.employer_description,
        job_title=row.job_title,
        source=row.source,
        source_url=row.source_url,
        application_url=row.application_url,
        application_due=row.application_due_text,
        engagement=row.engagement,
        extent=row.extent,
        sector=row.sector,
        start=row.start_text,
        locations=tuple(
            LocationData(one.raw_country, one.raw_county, one.raw_municipality, one.city, one.postal_code, one.address)
            for one in parts["location"]
        ),
        contacts=tuple(ContactData(one.name, one.email, one.phone, one.role, one.title) for one in parts["contact"]),
        occupations=tuple(OccupationData(one.raw_level1, one.raw_level2) for one in parts["occupation"]),
        categories=tuple(CategoryData(one.type, one.raw_code, one.raw_name) for one in parts["category"]),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("vacancies", "0003_employers")]

    operations = [migrations.RunPython(clean_stored, migrations.RunPython.noop, elidable=True)]
