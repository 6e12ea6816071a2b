"""What an administrator sees of the tables: the feed's, the record's and the search's. Importing this registers them."""

from . import feed, index, vacancies

__all__ = ["feed", "index", "vacancies"]
