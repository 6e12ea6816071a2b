"""What an administrator sees of the tables: the feed's, the record's, the search's, and failed logins.

Importing this registers them.
"""

from . import feed, index, logins, vacancies

__all__ = ["feed", "index", "logins", "vacancies"]
