"""Bookmarks of users, reminders of their deadlines, hidden ads, and recent searches."""
