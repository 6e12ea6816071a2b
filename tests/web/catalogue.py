"""The texts of the site as the code has them, to hold the catalogues in `locale/` against.

`python -m tests.web.catalogue` adds what is new to every catalogue, takes out what is gone, and compiles them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
ROOMS = ("web", "saved", "search")
"""Whose texts visitors read. The control room speaks to the administrator, in bokmål."""

_SINGULAR = {"gettext", "gettext_lazy", "gettext_noop", "_"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<![\w.])(ngettext|npgettext|pgettext|gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)


class Text(NamedTuple):
    msgid: str
    plural: str = ""
    context: str = ""


def texts() -> set[Text]:
    """Every text that a page can show: templates, code, and the feed's own values that facets and facts name."""
    found: set[Text] = set()
    for room in ROOMS:
        for file in (ROOT / "jobsearch" / room).rglob("*.py"):
            if file.name not in {"models.py", "apps.py"} and "migrations" not in file.parts:  # admin's words
                found |= set(_in_code(file.read_text()))
    for file in (ROOT / "templates").rglob("*.html"):
        if "admin" not in file.parts:
            found |= set(_in_code(_calls(templatize(file.read_text(), origin=str(file)))))
    from jobsearch.search import known

    listed = (*known.SECTORS, *known.EXTENTS, *known.ENGAGEMENTS, *known.LANGUAGES.values())
    return found | {Text(value) for value in (*listed, known.NOT_STATED)}


def _calls(templatized: str) -> str:
    """The calls in what `templatize` makes of a template; around them it leaves rows of X that are no Python."""
    return "\n".join(f"{call.group(1)}({call.group(2)})" for call in _CALL.finditer(templatized))


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


def update(file: Path) -> list[Text]:
    """Brings one catalogue in line with the code; returns what is still without a translation."""
    catalogue = polib.pofile(str(file), wrapwidth=120)
    wanted = texts()
    for entry in list(catalogue):
        if Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "") not in wanted:
            catalogue.remove(entry)
    known = {Text(entry.msgid, entry.msgid_plural, entry.msgctxt or "") for entry in catalogue}
    for text in sorted(wanted - known):
        entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context or None, msgid_plural=text.plural)
        entry.msgstr_plural = {0: "", 1: ""} if text.plural else {}
        catalogue.append(entry)
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save()
    catalogue.save_as_mofile(str(file.with_suffix(".mo")))
    return [Text(entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.translated()]


if __name__ == "__main__":
    for file in CATALOGUES:
        for text in update(file):
            print(f"{file}: {text.msgid!r} has no translation")  # noqa: T201 - a command
