"""Counts of employers: ads published and active per day, and the totals by which employers are ranked.

An employer is an organisation with a number of the public register. Its name is the one of its latest ad, without names of
persons: a sole proprietorship is often named after its owner, and then only the number is kept.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, Sum

from jobsearch.vacancies.redaction import redact_title, words
from jobsearch.vacancies.redaction.tokens import WORD, fold_word
from jobsearch.vacancies.suppression import Suppressor

from .counted_ads import CountedAd
from .models import CountedDay, Employer, EmployerDay

YEAR, QUARTER = dt.timedelta(weeks=52), dt.timedelta(weeks=13)
_TOTALS = ("new_year", "new_quarter", "new_quarter_before", "growth", "active")


def add_new(ads: Iterable[CountedAd]) -> None:
    """Adds published ads to their employers' days, and stores the employers' names. In a transaction."""
    counted: Counter[tuple[dt.date, int]] = Counter()
    named: dict[int, CountedAd] = {}
    for ad in ads:
        if ad.orgnr:
            counted[ad.opened, ad.orgnr] += 1
            if ad.orgnr not in named or (ad.first_seen, ad.opened) >= (named[ad.orgnr].first_seen, named[ad.orgnr].opened):
                named[ad.orgnr] = ad
    _store_names(named)
    for row in EmployerDay.objects.filter(day__in={day for day, _orgnr in counted}):
        if (row.day, row.orgnr) in counted:
            counted[row.day, row.orgnr] += row.new
    rows = [EmployerDay(day=day, orgnr=orgnr, new=number) for (day, orgnr), number in counted.items()]
    _write_days(rows, "new")


def set_active(day: dt.date, counted: Mapping[int, int]) -> None:
    """Stores the number of active ads of each employer at the end of a day. In a transaction."""
    _write_days([EmployerDay(day=day, orgnr=orgnr, active=number) for orgnr, number in counted.items() if orgnr], "active")


def _write_days(rows: list[EmployerDay], column: str) -> None:
    EmployerDay.objects.bulk_create(
        rows, batch_size=2_000, update_conflicts=True, unique_fields=["orgnr", "day"], update_fields=[column]
    )


def _store_names(named: Mapping[int, CountedAd]) -> None:
    known = {row.orgnr: row for row in Employer.objects.filter(orgnr__in=named)}
    rows = [
        Employer(orgnr=orgnr, name=clean_name(ad.employer_name), named_at=ad.first_seen)
        for orgnr, ad in named.items()
        if orgnr not in known or known[orgnr].named_at <= ad.first_seen
    ]
    Employer.objects.bulk_create(
        rows, batch_size=2_000, update_conflicts=True, unique_fields=["orgnr"], update_fields=["name", "named_at"]
    )


def clean_name(name: str) -> str:
    """The name of an organisation; "" for one with contact information, or with a given name and no word of a company.

    "Kari Nordmann" and "Tannlege Kari Nordmann" are people, "Kari Nordmann AS" and "Kari kafé" are not.
    """
    keys = [fold_word(word) for word in WORD.findall(name)]
    is_person = not any(map(words.is_institution, keys)) and not words.load_given_names().isdisjoint(keys)
    return "" if is_person or redact_title(name) != name else name


def erase_names(suppressor: Suppressor) -> int:
    """Removes suppressed persons from the employers' names, which outlive their ads; returns how many changed."""
    changed = []
    for row in Employer.objects.exclude(name="").only("orgnr", "name").iterator():
        name = suppressor.clean_line(row.name)
        if name != row.name:
            row.name = " ".join(name.split())
            changed.append(row)
    return Employer.objects.bulk_update(changed, ["name"], batch_size=500)


def update_totals(today: dt.date) -> None:
    """Computes the totals of all employers again from their days; writes those that have changed."""
    windows = {
        "new_year": Q(day__gt=today - YEAR),
        "new_quarter": Q(day__gt=today - QUARTER),
        "new_quarter_before": Q(day__gt=today - 2 * QUARTER, day__lte=today - QUARTER),
    }
    recent = EmployerDay.objects.filter(new__gt=0, day__gt=today - YEAR, day__lte=today)
    columns = {name: Sum("new", filter=window, default=0) for name, window in windows.items()}
    found: dict[int, Any] = {row["orgnr"]: row for row in recent.values("orgnr").annotate(**columns)}
    last = CountedDay.objects.order_by("-day").values_list("day", flat=True).first()
    active = dict(EmployerDay.objects.filter(day=last).values_list("orgnr", "active")) if last else {}
    changed = []
    for employer in Employer.objects.all().iterator():
        sums = found.get(employer.orgnr, {})
        totals = {name: int(sums.get(name, 0)) for name in windows}
        totals["growth"] = totals["new_quarter"] - totals["new_quarter_before"]
        totals["active"] = active.get(employer.orgnr, 0)
        if any(getattr(employer, name) != value for name, value in totals.items()):
            for name, value in totals.items():
                setattr(employer, name, value)
            changed.append(employer)
    # Not bulk_update: its CASE of 500 branches for each column took two fifths of the first count of the market.
    Employer.objects.bulk_create(changed, batch_size=2_000, update_conflicts=True, unique_fields=["orgnr"], update_fields=_TOTALS)
