"""Translation catalogues: extracts the texts of code and templates, and compares and updates the .po files.

`python -m tests.web.catalogue` adds what is new to every catalogue, takes out what is gone, compiles them, and names what
is still without a translation. Entries are sorted and carry no line numbers, so that branches merge without conflicts.
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
"""Texts for visitors."""
ADMIN = sorted((ROOT / "jobsearch/admin_dashboard/locale").glob("*/LC_MESSAGES/django.po"))
"""Texts for administrators only: the admin dashboard, and the names of tables in Django admin."""
CATALOGUES = [*SITE, *ADMIN]

_VISITED = ("web", "saved", "accounts", "search")
_ADMINS_FILES = ("models.py", "apps.py")
_ADMINS_FOLDER = "models"
_NO_WORDS = {"uuid", "Helse og sosial/Sykepleier"}

_SINGULAR = {"gettext", "gettext_lazy", "gettext_noop", "_"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<![\w.])(ngettext|npgettext|pgettext|gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)


class Text(NamedTuple):
    msgid: str
    plural: str = ""
    context: str = ""


_CORRECTED = {
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
            "Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
            "Your password was changed.",
        )
    }
}
"""Texts that are bokmål in Django's nynorsk catalogue."""


def texts(file: Path) -> set[Text]:
    """All texts that belong in this catalogue."""
    if file in SITE:  # also the corrected ones: Django's catalogue is otherwise used before ours
        return _site_texts() | _CORRECTED.get(_language(file), set())
    return (set() if _language(file) == "nb" else _admin_texts()) | _library_texts(_language(file))


@cache
def _site_texts() -> set[Text]:
    """Texts of templates and code, and values of the feed that facets and facts show."""
    found: set[Text] = set()
    for app in _VISITED:
        for file in _list_sources(ROOT / "jobsearch" / app):
            if not file.name.endswith(_ADMINS_FILES) and file.parent.name != _ADMINS_FOLDER:
                found |= _extract_from_file(file)
    for file in (ROOT / "templates").rglob("*.html"):
        if "admin" not in file.parts:
            found |= _extract_from_template(file)
    from jobsearch.taxonomy import labels

    return found | {Text(value) for value in labels.VALUES}


@cache
def _admin_texts() -> set[Text]:
    found: set[Text] = set()
    for folder in ("jobsearch", "ingest"):
        for file in _list_sources(ROOT / folder):
            found |= _extract_from_file(file)
    for file in (ROOT / "templates/admin").rglob("*.html"):
        found |= _extract_from_template(file)
    return {text for text in found - _site_texts() if text.msgid not in _NO_WORDS}


@cache
def ours() -> set[Text]:
    """All texts of this project, in bokmål; the others are those of libraries, in English."""
    return _site_texts() | _admin_texts()


@cache
def _library_texts(language: str) -> set[Text]:
    """Texts of Django admin and django-celery-beat without a translation to the language."""
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
    for file in _list_sources(Path(django_celery_beat.__file__).parent):
        shown |= _extract_from_file(file)
    written = {text.msgid for text in ours()}
    return {text for text in shown - said if text.msgid not in written}


def _list_sources(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*.py") if not {"migrations", "feed_server"} & set(file.parts))


def _language(file: Path) -> str:
    return file.parents[1].name


def _of(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def _extract_from_template(file: Path) -> set[Text]:
    """Texts of a template: the gettext calls in the output of Django's `templatize`, which fills the rest with X."""
    calls = _CALL.finditer(templatize(file.read_text(), origin=str(file)))
    return set(_extract_from_code("\n".join(f"{call.group(1)}({call.group(2)})" for call in calls)))


@cache
def _extract_from_file(file: Path) -> frozenset[Text]:
    """Texts of a Python file; a file that does not import a gettext function has none."""
    source = file.read_text()
    return frozenset(_extract_from_code(source)) if "gettext" in source else frozenset()


def _extract_from_code(source: str) -> Iterator[Text]:
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


@cache
def read(file: Path) -> dict[Text, polib.POEntry]:
    """The entries of a catalogue, which stays as it is during a test run."""
    return {_of(entry): entry for entry in polib.pofile(str(file))}


def update(file: Path) -> list[Text]:
    """Update one catalogue from the code; returns the texts without a translation."""
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
