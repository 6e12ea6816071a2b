"""Facts about the site and about an ad, read from the database and from the services."""
