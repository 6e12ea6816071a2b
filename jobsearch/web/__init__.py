"""The pages people use: the search, an ad, the few pages about the site. Reads the record and asks the search."""
