"""Search engine on an OpenSearch server, 2.19 or 3.x. Only this package imports opensearchpy."""

from .engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
