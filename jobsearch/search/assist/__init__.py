"""Suggestions while typing, highlighting and snippets of hits. The imported names are the public API."""

from __future__ import annotations

from .highlighting import HighlightedAd, Highlighter
from .snippets import Segment
from .suggestions import Suggestion, suggest

__all__ = ["HighlightedAd", "Highlighter", "Segment", "Suggestion", "suggest"]
