"""Search engines: OpenSearch and tantivy, behind one interface."""
