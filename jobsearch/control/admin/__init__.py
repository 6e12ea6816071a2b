"""What an administrator sees of the tables: the feed's, and the record's. Importing this registers both."""

from . import feed, vacancies

__all__ = ["feed", "vacancies"]
