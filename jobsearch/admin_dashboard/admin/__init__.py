"""Admin classes of all lists. Importing this registers them."""

from . import alerts, deletions, feed, index, logins, schedules, users, vacancies

__all__ = ["alerts", "deletions", "feed", "index", "logins", "schedules", "users", "vacancies"]
