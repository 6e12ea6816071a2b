"""Fixtures of all tests: ads created by the same code that stores those of the feed."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.utils import timezone, translation

from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData, VacancyData
from tests.combinations import every_combination, some_of  # noqa: F401 - fixtures
from tests.contract.summary import pytest_runtest_logreport, pytest_terminal_summary  # noqa: F401 - hooks
from tests.database_files import guard_database_files  # noqa: F401 - a fixture
from tests.emptying import empty_database_without_flush  # noqa: F401 - a fixture
from tests.migrated_database import (  # noqa: F401 - fixtures
    django_db_keepdb,
    django_db_modify_db_settings,
    migrated_file,
)
from tests.opensearch.fixtures import opensearch_nodes, opensearch_url  # noqa: F401 - fixtures
from tests.options import (  # noqa: F401 - hooks, for every folder
    next_uuid,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_ignore_collect,
    pytest_report_header,
    pytest_runtest_setup,
)
from tests.parallel import (  # noqa: F401 - hooks
    pytest_collection,
    pytest_collection_finish,
    pytest_xdist_auto_num_workers,
    pytest_xdist_make_scheduler,
)
from tests.quick_login import log_in_without_signals  # noqa: F401 - a fixture
from tests.servers.fixtures import (  # noqa: F401 - fixtures, for every folder
    fresh_database,
    live_site,
    own_postgresql,
    own_redis,
    postgresql_server,
    postgresql_template,
    redis_server,
    sqlite_template,
)
from tests.static_files import list_static_files_once  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """Each test begins in the default language: a test client's request leaves the language of its header active."""
    yield
    translation.deactivate()


def in_days(number: float) -> dt.datetime:
    """The same time of day in Oslo this number of days from now; before now if negative.

    24 hours before 23:30 on the day that the clocks go back is 00:30 of the same day.
    """
    return (timezone.localtime() + dt.timedelta(days=number)).astimezone(dt.UTC)


def vacancy_data(**fields) -> VacancyData:
    """Data of an ordinary active ad; fields of interest are given by name."""
    values = {
        "uuid": next_uuid(),
        "title": "Sykepleier",
        "description": "<p>Vi søker en sykepleier til natt. Ring Kari Nordmann på 22 33 44 55 eller kari@sykehus.example.</p>",
        "published": in_days(-1),
        "expires": in_days(14),
        "updated": in_days(-1),
        "employer_name": "Sykehuset",
        "source_url": "https://sykehus.example/stilling",
        "application_url": "https://sykehus.example/sok",
        "locations": (LocationData(country="NORGE", county="VESTLAND", municipality="BERGEN", city="BERGEN"),),
        "contacts": (ContactData(name="Kari Nordmann", email="kari@sykehus.example", phone="22 33 44 55"),),
        "occupations": (OccupationData("Helse og sosial", "Sykepleier"),),
        "extent": "Heltid",
        "engagement": "Fast",
        "sector": "Offentlig",
    }
    values.update(fields)
    values.setdefault("raw", {"title": values["title"], "description": values["description"]})
    return VacancyData(**values)


@pytest.fixture(autouse=True)
def clear_health_check_cache() -> None:
    """Clear the cached report of `/readyz`, which is kept for seconds, longer than a test takes."""
    if health := sys.modules.get("jobsearch.web.views.health"):
        health.clear_cache()


def store_vacancies(*fields: dict) -> list[uuid.UUID]:
    """Store ads by the code that stores the feed's, and return their uuids."""
    ads = [vacancy_data(**one) for one in fields]
    with transaction.atomic():
        store.store_vacancies(ads, line_times={ad.uuid: timezone.now() for ad in ads})
    return [ad.uuid for ad in ads]


@pytest.fixture
def make_vacancy(db) -> Callable[..., uuid.UUID]:
    """Store one ad, and return its uuid."""
    return lambda **fields: store_vacancies(fields)[0]
