"""The texts of the site as the code has them, to hold the catalogues of translations against.

`python -m tests.web.catalogue` adds what is new to every catalogue, takes out what is gone, compiles them, and names what
is still without a translation. Entries are sorted and carry no line numbers, so that branches merge without a fight.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SITE = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
"""What visitors read."""
ROOM = sorted((ROOT / "jobsearch/admin_dashboard/locale").glob("*/LC_MESSAGES/django.po"))
"""What administrators read and visitors do not: the control room, and the names of tables in Django admin."""
CATALOGUES = [*SITE, *ROOM]

_VISITED = ("web", "saved", "search")
_ADMINS_FILES = {"models.py", "apps.py"}
_NO_WORDS = {"uuid", "Helse og sosial/Sykepleier"}

_SINGULAR = {"gettext", "gettext_lazy", "gettext_noop", "_", "say"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<![\w.])(ngettext|npgettext|pgettext|gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)


class Text(NamedTuple):
    msgid: str
    plural: str = ""
    context: str = ""


_MENDED = {
    "nn": {
        Text(msgid)
        for msgid in (
            "Enter the same password as before, for verification.",
            "Select %s",
            "Select %s to change",
            "Select %s to view",
            "Select a valid choice. %(value)s is not one of the available choices.",
            "Select a valid choice. That choice is not one of the available choices.",
            "Select all %(total_count)s %(module_name)s",
            "Unknown content",
            "Your password was changed.",
        )
    }
}
"""What Django's own nynorsk says in bokmål."""


def texts(file: Path) -> set[Text]:
    """Every text that belongs into this catalogue."""
    if file in SITE:  # also the ones to mend: among apps, Django's come before ours
        return _site() | _MENDED.get(_language(file), set())
    return (set() if _language(file) == "nb" else _room()) | _borrowed(_language(file))


@cache
def _site() -> set[Text]:
    """Templates, code, and the feed's own values that facets and facts name."""
    found: set[Text] = set()
    for room in _VISITED:
        for file in _sources(ROOT / "jobsearch" / room):
            if file.name not in _ADMINS_FILES:
                found |= set(_in_code(file.read_text()))
    for file in (ROOT / "templates").rglob("*.html"):
        if "admin" not in file.parts:
            found |= _in_template(file)
    from jobsearch.taxonomy import labels

    return found | {Text(value) for value in labels.VALUES}


@cache
def _room() -> set[Text]:
    found: set[Text] = set()
    for folder in ("jobsearch", "ingest"):
        for file in _sources(ROOT / folder):
            found |= set(_in_code(file.read_text()))
    for file in (ROOT / "templates/admin").rglob("*.html"):
        found |= _in_template(file)
    return {text for text in found - _site() if text.msgid not in _NO_WORDS}


def ours() -> set[Text]:
    """Every text that is written in bokmål, by us; the others are libraries', in English."""
    return _site() | _room()


@cache
def _borrowed(language: str) -> set[Text]:
    """What Django admin and the schedule's tables leave in English, of the two forms of Norwegian that the room speaks."""
    if language == "en":
        return set()
    import django
    import django_celery_beat

    said: set[Text] = set()
    shown: set[Text] = set()
    for app in ("admin", "auth"):
        folder = Path(django.__file__).parent / "contrib" / app / "locale"
        said |= {_of(entry) for entry in polib.pofile(str(folder / language / "LC_MESSAGES/django.po")) if entry.translated()}
        shown |= set(read(folder / "en/LC_MESSAGES/django.po"))
    for file in _sources(Path(django_celery_beat.__file__).parent):
        shown |= set(_in_code(file.read_text()))
    written = {text.msgid for text in ours()}
    return {text for text in shown - said if text.msgid not in written}


def _sources(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*.py") if not {"migrations", "feed_server"} & set(file.parts))


def _language(file: Path) -> str:
    return file.parents[1].name


def _of(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def _in_template(file: Path) -> set[Text]:
    """The calls in what `templatize` makes of a template; around them it leaves rows of X that are no Python."""
    calls = _CALL.finditer(templatize(file.read_text(), origin=str(file)))
    return set(_in_code("\n".join(f"{call.group(1)}({call.group(2)})" for call in calls)))


def _in_code(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in _SINGULAR and len(words) == 1:
            yield Text(words[0])
        elif name in _PLURAL and len(words) == 2:
            yield Text(words[0], words[1])
        elif name in _CONTEXT and len(words) == 2:
            yield Text(words[1], context=words[0])


def read(file: Path) -> dict[Text, polib.POEntry]:
    return {_of(entry): entry for entry in polib.pofile(str(file))}


def update(file: Path) -> list[Text]:
    """Brings one catalogue in line with the code; returns what is still without a translation."""
    catalogue = polib.pofile(str(file), wrapwidth=120)
    wanted = texts(file)
    for entry in list(catalogue):
        if _of(entry) not in wanted:
            catalogue.remove(entry)
    for text in sorted(wanted - {_of(entry) for entry in catalogue}):
        entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context or None, msgid_plural=text.plural)
        entry.msgstr_plural = {0: "", 1: ""} if text.plural else {}
        catalogue.append(entry)
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save()
    catalogue.save_as_mofile(str(file.with_suffix(".mo")))
    return [_of(entry) for entry in catalogue if not entry.translated()]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    for file in CATALOGUES:
        for text in update(file):
            print(f"{file.relative_to(ROOT)}: {text.msgid!r} has no translation")  # noqa: T201 - a command
