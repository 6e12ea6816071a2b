"""Admin dashboard in each language of the site. Complete catalogues are tested in tests/web/test_languages.py."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.web.page import Page


@pytest.mark.parametrize(
    ("asked", "said", "not_said"),
    [
        ("nb", ("Les strømmen nå", "Annonser", "Faste oppgaver", "Søkeindeksen"), ("Read the feed", "Periodic Tasks")),
        ("nn", ("Les straumen no", "Annonsar", "Faste oppgåver", "Søkjeindeksen"), ("Les strømmen", "Periodic Tasks")),
        ("en", ("Read the feed now", "Ads", "Scheduled tasks", "The search index"), ("Les strømmen", "Stillinger")),
    ],
)
def test_the_dashboard_is_in_the_browsers_language(client, db, asked, said, not_said):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    page = Page(client.get("/admin/", headers={"accept-language": asked}))
    assert page.one("//html").get("lang") == asked
    text = page.text("//body")
    assert [words for words in said if words not in text] == []
    assert [words for words in not_said if words in text] == []


@pytest.mark.parametrize(("asked", "clock"), [("nb", "20:15"), ("nn", "20:15"), ("en", "20:15")])
def test_times_use_a_24_hour_clock(client, db, asked, clock):
    import datetime as dt
    from zoneinfo import ZoneInfo

    from ingest.models import Run

    moment = dt.datetime(2026, 11, 24, 20, 15, tzinfo=ZoneInfo("Europe/Oslo"))
    run = Run.objects.create(kind="sync", state=Run.State.DONE, started=moment, finished=moment)
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    text = Page(client.get(f"/admin/ingest/run/{run.pk}/change/", headers={"accept-language": asked})).text("//main")
    assert clock in text and "p.m." not in text
