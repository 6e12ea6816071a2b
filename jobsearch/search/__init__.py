"""Full-text search over the active ads. Other apps import `jobsearch.search.api` and nothing else of it."""
