"""HTTP client of NAV's feed: requests, tokens, parsing and errors. Without Django and without a database."""
