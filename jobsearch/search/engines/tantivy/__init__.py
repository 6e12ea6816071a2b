"""Embedded search engine: a tantivy index in a folder. Only this package imports tantivy."""

from .engine import TantivyEngine

__all__ = ["TantivyEngine"]
