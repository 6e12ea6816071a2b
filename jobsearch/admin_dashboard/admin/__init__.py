"""Admin classes of the feed, the vacancies, the search, alert mails and failed logins. Importing this registers them."""

from . import alerts, feed, index, logins, vacancies

__all__ = ["alerts", "feed", "index", "logins", "vacancies"]
