"""Search engines: OpenSearch and tantivy, behind one interface. Other apps read only the engine's state."""

from __future__ import annotations

from .base import Health
from .registry import engine_health

__all__ = ["Health", "engine_health"]
