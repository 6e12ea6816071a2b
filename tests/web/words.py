"""Texts of a page by language."""

from __future__ import annotations

import re
from functools import cache

from jobsearch.taxonomy import places, slugs
from tests.web import catalogue

WORD = re.compile(r"\b[^\W\d_]+\b")  # whole words: not the letters of a uuid
SPOKEN = ("title", "aria-label", "placeholder", "alt")
NAMES = {"vestland", "bergen", "sverige", "utland"}
"""Words to ignore: they are in an example address in a help text."""
_NO_WORDS = re.compile(
    r"%\(\w+\)[sd]|<[^>]+>|https?://\S+|"
    + "|".join(
        sorted(re.escape(place) for path in slugs.BY_SLUG.values() if re.search(r"\W", place := places.get_label(path.path)))
    )
)
"""Placeholders, markup, addresses, and place names of several words ("Møre og Romsdal" contains "og")."""


def list_texts(root, language: str = "") -> list[str]:
    """Texts of a page in its own language, without those of elements with another `lang`."""
    found = []
    spoken = {root.getparent(): next((one.get("lang") for one in root.iterancestors() if one.get("lang")), language)}
    for element in root.iter():  # each after the element that it is in
        above = element.getparent()
        around = spoken[above]
        marked = spoken[element] = element.get("lang") or around
        if not isinstance(element.tag, str) or element.tag in {"script", "style"}:
            continue
        texts = [element.text or ""] if marked == language else []
        if above is not None and element.tail and around == language:
            texts.append(element.tail)
        if marked == language:
            texts += [element.get(name, "") for name in SPOKEN]
            texts += [value for name, value in element.attrib.items() if name.startswith("data-") and " " in value]
            if element.tag == "meta" and element.get("name") == "description":
                texts.append(element.get("content", ""))
        found += [text for text in texts if text.strip()]
    return found


@cache
def list_bokmal_words(language: str) -> frozenset[str]:
    """Words of this project's texts in bokmål that do not occur in the other language."""
    theirs: set[str] = set()
    ours: set[str] = set()
    for file in catalogue.CATALOGUES:
        if file.parents[1].name != language:
            continue
        for msgid, entry in catalogue.read(file).items():
            if msgid in catalogue.ours():
                ours |= list_words(msgid.msgid) | list_words(msgid.plural)
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                theirs |= list_words(text)
    return frozenset({word for word in ours - theirs if len(word) > 1} - NAMES)


@cache
def list_words(text: str) -> frozenset[str]:
    """The words of a text; most texts of a page are on every page."""
    return frozenset({word.lower() for word in WORD.findall(_NO_WORDS.sub(" ", text))})
