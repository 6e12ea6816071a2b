"""The control room speaks English too: every text that it shows has a translation, and the compiled catalogue is not old."""

from __future__ import annotations

import polib
from django.contrib.auth.models import User
from django.utils.translation.template import templatize

from tests.web.catalogue import ROOT, _calls, _in_code

CATALOGUE = ROOT / "jobsearch/control/locale/en/LC_MESSAGES/django.po"
SITE = ROOT / "locale/en/LC_MESSAGES/django.po"
NO_WORDS = {"uuid", "Helse og sosial/Sykepleier"}


def shown() -> set[str]:
    """The texts of the room, and of the tables that it shows."""
    found = set()
    for room in ("jobsearch/control", "ingest", "jobsearch/vacancies"):
        for file in (ROOT / room).rglob("*.py"):
            if not {"migrations", "standin"} & set(file.parts):
                found |= set(_in_code(file.read_text().replace("say(", "gettext(")))
    for file in (ROOT / "templates/admin").rglob("*.html"):
        found |= set(_in_code(_calls(templatize(file.read_text(), origin=str(file)))))
    return {text.msgid for text in found} - NO_WORDS


def test_every_text_has_an_english_one():
    translated = {entry.msgid for file in (CATALOGUE, SITE) for entry in polib.pofile(str(file)) if entry.translated()}
    assert shown() - translated == set()


def test_nothing_is_translated_that_is_no_longer_said():
    assert {entry.msgid for entry in polib.pofile(str(CATALOGUE))} - shown() == set()


def test_the_compiled_catalogue_says_what_the_readable_one_says():
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    readable = polib.pofile(str(CATALOGUE))
    assert {entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in compiled} == {
        entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in readable
    }


def test_an_english_browser_gets_an_english_room(client, db):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    text = client.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert "Read the feed now" in text
    assert "Les strømmen" not in text
