"""Indexing: documents, the life cycle of an index, rollback, consistency check."""
