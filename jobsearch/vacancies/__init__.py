"""Vacancies: database models of job ads, what may be shown of them, and the code that writes them.

Depends on neither the feed nor a search engine. Public modules:

- `models`: the tables; `Vacancy.objects.active()` is what may be shown.
- `visibility`: the definition of an active ad, and Oslo dates.
- `ad_data`: the values of an ad as a source sends them, input of `store`.
- `store`: stores, closes, hides and deletes ads; `masking` deletes title and employer too.
- `cleaning`: values of a source to rows, cleaned once when they are stored. `html`, `links`, `deadlines`, `language`,
  `organisation_numbers` and `duplicates` each handle one kind of value.
- `redaction`: removes contact information from texts.
- `pending`: changes that the search has not indexed yet.
- `gazetteer`, `postal_codes`: coordinates of postal codes, read and loaded.
- `freshness`: how recent the database is.
"""
