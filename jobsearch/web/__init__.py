"""Public website: results page, ad pages, employer and landing pages, health checks. Reads the database and the search API."""
