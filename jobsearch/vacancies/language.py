"""The language an ad is written in, guessed by its commonest small words: for `lang` attributes and hyphenation."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
# Words that the others lack; bokmål and nynorsk share most, so each is told by the ones that differ.
_MARKS = {
    "nb": "ikke jeg vi du og er som med på av til en et ei fra hva hvor noe noen bare mer hos deg dere være blir vil har",
    "nn": "ikkje eg me vi du og er som med på av til ein eit ei frå kva kvar noko nokon berre meir hjå deg vere vert vil har",
    "en": "the and of to in for with you we are is our will be have your on as an or who work job from this that",
    "pl": "i w na z do się jest oraz dla od pracy praca nie być lub oferujemy",
    "lt": "ir į su už iš mes darbo darbas yra jūsų arba kad mūsų",
    "se": "ja lea leat ii mii dat dan go maid bargu virgi mat dahje galgá",
    "da": "ikke jeg vi du og er som med på af til en et fra hvad hvor noget nogen kun mere hos dig være bliver vil har",
    "sv": "inte jag vi du och är som med på av till en ett från vad var något någon bara mer hos dig vara blir vill har",
}
_LANGUAGES = {language: frozenset(words.split()) for language, words in _MARKS.items()}
ENOUGH = 5  # small words; fewer say nothing


def guess(text: str) -> str:
    """A BCP 47 code (`nb`, `nn`, `en`, `pl`, `lt`, `se`, `da`, `sv`), or "" where the text is too short to tell."""
    words = _WORD.findall(text[:3000].lower())
    counts = {language: sum(word in marks for word in words) for language, marks in _LANGUAGES.items()}
    best = max(counts, key=lambda language: counts[language])  # the first of equals: bokmål before its neighbours
    return best if counts[best] >= ENOUGH else ""
