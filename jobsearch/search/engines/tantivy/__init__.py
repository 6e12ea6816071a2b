"""The engine inside the process: tantivy on a folder. Nothing else of the project imports tantivy."""

from .engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
