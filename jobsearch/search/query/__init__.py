"""Query understanding: the typed text is parsed, entities are recognised, and conditions are compiled.

The imported names are the public API, for pages that describe how a text was understood.
"""

from __future__ import annotations

from .compiled_query import CompiledQuery
from .entities import RecognisedEntity
from .normalisation import remove_each_part, remove_words

__all__ = ["CompiledQuery", "RecognisedEntity", "remove_each_part", "remove_words"]
