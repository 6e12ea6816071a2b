"""The engine beside the process: OpenSearch 2.19 and 3.x. Nothing else of the project imports opensearchpy."""

from .engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
