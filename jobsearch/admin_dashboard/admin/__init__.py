"""Admin classes of all lists. Importing this registers them."""

from . import alerts, deletions, feed, index, logins, people, schedules, vacancies

__all__ = ["alerts", "deletions", "feed", "index", "logins", "people", "schedules", "vacancies"]
