"""Full-text search over the active ads. Other apps import only `jobsearch.search.api`."""
