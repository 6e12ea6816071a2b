"""Vacancies: database models of job ads, what may be shown of them, and the code that writes them.

Depends on neither the feed nor a search engine. Public modules, which other apps may import (`tests/test_architecture.py`):

- `models`: the tables; `Vacancy.objects.active()` is what may be shown. `deletion_models`: tables of deletions.
- `visibility`: the definition of an active ad, and Oslo dates.
- `ad_data`: the values of an ad as a source sends them, input of `store`. `past_ads`: ads that ended before the first load.
- `store`: stores, closes, hides and deletes ads; `masking` deletes title and employer too.
- `cleaning`: values of a source to rows, cleaned once when they are stored. `html`, `links`, `deadlines`, `language` and
  `organisation_numbers` each handle one kind of value.
- `redaction`: removes contact information from texts; `redaction.tokens` and `redaction.words` have its words.
- `suppression`, `suppression.identifiers`, `suppression.loading`: people who have asked not to be published; `erasure` removes
  them from stored ads.
- `prepared_ads`, `ad_names`: what lists show of an ad, and the names of its places and occupations.
- `pending`, `prepared_documents`: changes that the search has not indexed yet, and documents kept for it.
- `precomputed`: an ad as it will be stored, computed before its transaction.
- `gazetteer`, `postal_codes`: coordinates of postal codes, read and loaded.
- `freshness`: how recent the database is. `tasks`: the scheduled deletion.
"""
