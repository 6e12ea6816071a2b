"""Admin classes of the tables of the feed, the vacancies, the search, and failed logins. Importing this registers them."""

from . import feed, index, logins, vacancies

__all__ = ["feed", "index", "logins", "vacancies"]
