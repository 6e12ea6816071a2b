"""Counting: each ad once however often and whenever it is run, in days, weeks, totals and employers; nothing personal is kept."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction

from jobsearch.statistics import counting, dimensions, employers
from jobsearch.statistics.counting import count_market
from jobsearch.statistics.models import CountedDay, CountingState, DailyCount, Employer, EmployerDay, WeeklyCount
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import store_vacancies

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 6, 10, 12, tzinfo=OSLO)  # a Wednesday
DAY = dt.timedelta(days=1)
NURSE, BERGEN = "Helse og sosial/Sykepleier", "VESTLAND/BERGEN"
VOSS = LocationData("NORGE", "VESTLAND", "VOSS")


def make(seen: dt.datetime, **fields):
    """Stores an ad as if it were first seen then."""
    fields = {"published": seen, "expires": seen + 30 * DAY, "employer_orgnr": "974 760 673", **fields}
    (uuid,) = store_vacancies(fields)
    Vacancy.objects.filter(uuid=uuid).update(first_seen=seen, status="ACTIVE", closed_at=None, closed_reason="")
    return uuid


def close(uuid, moment: dt.datetime, reason=Vacancy.Closed.FEED) -> None:
    with transaction.atomic():
        store.close_vacancies([uuid], reason, now=moment)


def total(column: str, model=DailyCount) -> dict[dt.date, int]:
    found: Counter[dt.date] = Counter()
    for day, number in model.objects.values_list("day" if model is not WeeklyCount else "week", column):
        found[day] += number
    return {day: number for day, number in found.items() if number}


def week(monday: dt.date, occupation: str = "", place: str = "", sector: str = "") -> WeeklyCount:
    chosen = {"occupation": occupation, "place": place, "sector": sector}
    numbers = {name: dimensions.get_number(name, value) if value else dimensions.ALL for name, value in chosen.items()}
    return WeeklyCount.objects.get(week=monday, **numbers)


def get_numbers(*values: str) -> tuple[int, ...]:
    """The numbers of an occupation, a place and a sector."""
    return tuple(map(dimensions.get_number, dimensions.DIMENSIONS, values))


MONDAY = dt.date(2026, 6, 8)
WEDNESDAY = dt.date(2026, 6, 10)


def test_an_ad_is_counted_in_its_day_its_week_and_each_total():
    make(NOON)
    count_market(NOON + dt.timedelta(minutes=5))
    row = DailyCount.objects.get()
    assert (row.day, row.new, row.active, row.closed) == (WEDNESDAY, 1, 0, 0)
    assert (row.occupation, row.municipality, row.sector) == get_numbers(NURSE, BERGEN, "Offentlig")
    assert WeeklyCount.objects.count() == 3 * 3 * 2
    assert set(WeeklyCount.objects.values_list("week", "new")) == {(MONDAY, 1)}
    assert (
        week(MONDAY).new == week(MONDAY, "Helse og sosial", "VESTLAND").new == week(MONDAY, NURSE, BERGEN, "Offentlig").new == 1
    )


def test_a_second_run_counts_nothing_again():
    make(NOON)
    closed = make(NOON)
    close(closed, NOON + DAY)
    for hours in (1, 2, 26, 27, 49, 50):
        count_market(NOON + dt.timedelta(hours=hours))
    assert total("new") == {WEDNESDAY: 2}
    assert total("closed") == {WEDNESDAY + DAY: 1}
    assert total("active") == {WEDNESDAY: 2, WEDNESDAY + DAY: 1}
    assert list(CountedDay.objects.values_list("day", flat=True)) == [WEDNESDAY, WEDNESDAY + DAY]


def test_an_ad_in_two_municipalities_is_one_ad_of_the_county():
    make(NOON, locations=(LocationData("NORGE", "VESTLAND", "BERGEN"), VOSS))
    count_market(NOON + DAY)
    assert total("new") == {WEDNESDAY: 2}, "the rows of two municipalities"
    assert week(MONDAY, place=BERGEN).new == week(MONDAY, place="VESTLAND/VOSS").new == 1
    assert week(MONDAY, place="VESTLAND").new == week(MONDAY).new == 1


def test_days_open_of_closed_ads():
    for days in (10, 20, 20):
        close(make(NOON), NOON + days * DAY)
    count_market(NOON + 21 * DAY)
    assert week(dt.date(2026, 6, 15)).days_open == {"10": 1}
    assert week(dt.date(2026, 6, 29), NURSE).days_open == {"20": 2}


def test_an_ad_that_expired_while_nothing_ran_is_closed_on_its_own_day():
    uuid = make(NOON, expires=NOON + 3 * DAY)
    count_market(NOON + dt.timedelta(hours=1))
    close(uuid, NOON + 20 * DAY, Vacancy.Closed.EXPIRED)
    count_market(NOON + 20 * DAY + dt.timedelta(minutes=5))
    assert total("closed") == {dt.date(2026, 6, 14): 1}
    assert total("active") == dict.fromkeys((WEDNESDAY + n * DAY for n in range(4)), 1)


def test_days_without_a_run_are_counted_by_the_next():
    first = make(NOON)
    count_market(NOON + dt.timedelta(hours=1))
    make(NOON + DAY)
    close(first, NOON + 2 * DAY)
    make(NOON + 3 * DAY)
    report = count_market(NOON + 5 * DAY)
    assert (report.new, report.closed, report.days) == (2, 1, 5)
    day = WEDNESDAY
    assert total("active") == {day: 1, day + DAY: 2, day + 2 * DAY: 1, day + 3 * DAY: 2, day + 4 * DAY: 2}
    assert not CountedDay.objects.filter(is_partial=True)


def test_days_whose_ads_may_be_deleted_are_partial(settings):
    settings.RETENTION_DAYS = 3
    make(NOON, expires=NOON + 90 * DAY)
    count_market(NOON + dt.timedelta(hours=1))
    count_market(NOON + 10 * DAY)
    partial = list(CountedDay.objects.filter(is_partial=True).values_list("day", flat=True))
    assert partial == [WEDNESDAY + n * DAY for n in range(7)]


def test_ads_first_seen_late_count_on_the_day_of_their_publication():
    """The first load, or the end of a long outage: the half year that the feed still has."""
    count_market(NOON)
    for days in (100, 50, 50):
        make(NOON, published=NOON - days * DAY, expires=NOON + DAY)
    count_market(NOON + dt.timedelta(hours=1))
    make(NOON + DAY, published=NOON - 50 * DAY)
    make(NOON + DAY, published=NOON + 9 * DAY)  # an impossible date
    count_market(NOON + 2 * DAY)
    assert total("new") == {WEDNESDAY - 100 * DAY: 1, WEDNESDAY - 50 * DAY: 3, WEDNESDAY + DAY: 1}


def test_counts_survive_the_deletion_of_the_ads():
    uuid = make(NOON)
    close(uuid, NOON + DAY)
    count_market(NOON + 2 * DAY)
    before = [list(model.objects.order_by("pk").values()) for model in (DailyCount, WeeklyCount, EmployerDay)]
    store.replace_with_tombstones(NOON + 5 * DAY)
    assert not Vacancy.objects.exists()
    count_market(NOON + 2 * DAY + dt.timedelta(hours=1))
    assert [list(model.objects.order_by("pk").values()) for model in (DailyCount, WeeklyCount, EmployerDay)] == before


def test_a_run_in_batches_counts_the_same(monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 2)
    ads = [make(NOON + n // 3 * dt.timedelta(minutes=1)) for n in range(9)]  # three at each moment
    for n, uuid in enumerate(ads[:5]):
        close(uuid, NOON + n // 2 * dt.timedelta(hours=1))
    report = count_market(NOON + DAY)
    assert (report.new, report.closed) == (9, 5)
    assert total("new") == {WEDNESDAY: 9}
    assert total("closed") == {WEDNESDAY: 5}


def test_an_interrupted_run_is_continued(monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 2)
    for n in range(6):
        make(NOON + n * dt.timedelta(minutes=1))
    add, calls = employers.add_new, []

    def interrupted(ads):
        calls.append(len(list(ads)))
        if len(calls) == 2:
            raise KeyboardInterrupt
        add(ads)

    monkeypatch.setattr(employers, "add_new", interrupted)
    with pytest.raises(KeyboardInterrupt):
        count_market(NOON + dt.timedelta(hours=1))
    assert total("new") == total("new", EmployerDay) == {WEDNESDAY: 2}
    count_market(NOON + dt.timedelta(hours=1))
    assert total("new") == total("new", EmployerDay) == {WEDNESDAY: 6}
    assert week(MONDAY).new == 6


def test_of_two_runs_at_the_same_time_one_counts(monkeypatch):
    make(NOON)
    count_market(NOON + dt.timedelta(hours=1))
    make(NOON + dt.timedelta(hours=2))
    read = counting.read_ads

    def overtaken(uuids):
        found = list(read(uuids))
        CountingState.objects.update(counted_until=NOON + dt.timedelta(hours=3))
        return iter(found)

    monkeypatch.setattr(counting, "read_ads", overtaken)
    with pytest.raises(counting.CountedElsewhere):
        count_market(NOON + dt.timedelta(hours=3))
    assert total("new") == {WEDNESDAY: 1}


def test_changes_of_the_last_minutes_wait():
    """A transaction that began earlier may commit ads that were first seen before those already counted."""
    make(NOON)
    assert count_market(NOON + dt.timedelta(seconds=30)).new == 0
    assert count_market(NOON + dt.timedelta(minutes=3)).new == 1


def test_hidden_and_unreadable_ads_are_not_counted():
    store.set_hidden(make(NOON), True)
    close(make(NOON), NOON + DAY, Vacancy.Closed.UNREADABLE)
    count_market(NOON + 2 * DAY)
    assert total("new") == {WEDNESDAY: 1}
    assert total("closed") == {}


@pytest.mark.parametrize(
    ("field", "value", "counted"),
    [
        ("occupations", (OccupationData("IT", "Kunstig tull"),), ("IT", BERGEN, "Offentlig")),
        ("occupations", (OccupationData("Ring 22 33 44 55", "Kari"),), ("Ikke oppgitt", BERGEN, "Offentlig")),
        (
            "occupations",
            (OccupationData("Uoppgitt/ ikke identifiserbare", "Ikke identifiserbare"),),
            ("Ikke oppgitt", BERGEN, "Offentlig"),
        ),
        ("occupations", (), ("Ikke oppgitt", BERGEN, "Offentlig")),
        ("locations", (LocationData("SVERIGE", "", "STOCKHOLM"),), (NURSE, "UTLAND", "Offentlig")),
        ("locations", (LocationData("NORGE", "OSLO", ""),), (NURSE, "OSLO/OSLO", "Offentlig")),
        ("locations", (LocationData("NORGE", "VESTLAND", "Kari Nordmann"),), (NURSE, "VESTLAND", "Offentlig")),
        ("locations", (), (NURSE, "Ikke oppgitt", "Offentlig")),
        ("sector", "Ring Kari", (NURSE, BERGEN, "Ikke oppgitt")),
    ],
)
def test_only_values_of_the_catalogue_are_counted(field, value, counted):
    make(NOON, **{field: value})
    count_market(NOON + dt.timedelta(hours=1))
    row = DailyCount.objects.get()
    assert (row.occupation, row.municipality, row.sector) == get_numbers(*counted)


def test_employers_by_day_with_their_latest_name():
    make(NOON, employer_name="Bergen kommune")
    count_market(NOON + dt.timedelta(hours=1))
    make(NOON + DAY, employer_name="Bergen kommune, barnehage")
    make(NOON, employer_orgnr="", employer_name="Uten nummer")
    make(NOON, employer_orgnr="ikke et nummer")
    count_market(NOON + 2 * DAY)
    assert total("new", EmployerDay) == {WEDNESDAY: 1, WEDNESDAY + DAY: 1}
    assert total("active", EmployerDay) == {WEDNESDAY: 1, WEDNESDAY + DAY: 2}
    employer = Employer.objects.get()
    assert (employer.orgnr, employer.name) == (974760673, "Bergen kommune, barnehage")
    assert (employer.new_year, employer.new_quarter, employer.growth, employer.active) == (2, 2, 2, 2)


def test_totals_of_an_employer_by_quarter():
    for days, number in ((1, 2), (100, 3), (200, 4), (400, 5)):
        for _ in range(number):
            make(NOON, published=NOON - days * DAY, expires=NOON + dt.timedelta(hours=1))
    count_market(NOON + dt.timedelta(hours=1))
    employer = Employer.objects.get()
    assert (employer.new_year, employer.new_quarter, employer.new_quarter_before, employer.growth) == (9, 2, 3, -1)
    employers.update_totals((NOON + 400 * DAY).date())
    employer.refresh_from_db()
    assert (employer.new_year, employer.growth) == (0, 0)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Bergen kommune", True),
        ("Kari Nordmann AS", True),
        ("Kari kafé", True),
        ("Equinor", True),
        ("Kari Nordmann", False),
        ("Tannlege Ola Nordmann", False),
        ("Equinor, ring 22 33 44 55", False),
        ("Equinor post@equinor.example", False),
    ],
)
def test_names_of_people_are_not_kept(name, kept):
    assert employers.clean_name(name) == (name if kept else "")


def test_no_table_has_a_column_for_an_ad_or_a_person():
    allowed = {"id", "day", "week", "occupation", "municipality", "place", "sector", "new", "active", "closed", "days_open"}
    for model in (DailyCount, WeeklyCount):
        assert {field.name for field in model._meta.fields} <= allowed
    make(NOON, contacts=(ContactData("Kari Nordmann", "kari@a.example", "22 33 44 55"),), title="Ring Kari")
    count_market(NOON + DAY)
    stored = [list(m.objects.values()) for m in (DailyCount, WeeklyCount, Employer, EmployerDay, CountedDay, CountingState)]
    assert "kari" not in str(stored).lower()


def test_active_follows_from_new_and_closed():
    """Every cell, over weeks of ads that open and close: the ads active are those of the day before, plus new, less closed."""
    make(NOON)
    count_market(NOON + dt.timedelta(hours=1))
    ads = []
    for n in range(1, 20):
        moment = NOON + n * DAY
        occupation = (OccupationData("IT", "Utvikling"),) if n % 3 else (OccupationData("Helse og sosial", "Lege"),)
        ads.append(make(moment, occupations=occupation, expires=moment + n % 5 * DAY, sector="Privat" if n % 2 else "Offentlig"))
        if n > 3 and n % 4 == 0:
            close(ads[n - 2], moment)
        for uuid in ads:
            row = Vacancy.objects.get(uuid=uuid)
            if row.status == "ACTIVE" and row.visible_until <= moment:
                close(uuid, moment, Vacancy.Closed.EXPIRED)
        count_market(moment + dt.timedelta(hours=13))
    cells = set(DailyCount.objects.values_list("occupation", "municipality", "sector"))
    assert len(cells) == 5
    for occupation, municipality, sector in cells:
        rows = {
            row.day: row for row in DailyCount.objects.filter(occupation=occupation, municipality=municipality, sector=sector)
        }
        before = 0
        for day in CountedDay.objects.order_by("day").values_list("day", flat=True):
            row = rows.get(day, DailyCount())
            assert row.active == before + row.new - row.closed, day
            before = row.active


def test_numbers_of_the_catalogue_never_change():
    """They are stored: another number would make the history of a value unreadable."""
    assert dimensions.get_number("occupation", NURSE) == 1603323131
