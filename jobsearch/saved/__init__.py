"""What people keep: saved searches, alerts by mail, bookmarks, hidden ads.

A saved search and a subscription are stored as canonical parameters, and run by the same code as the results page.

Public modules, which other apps may import (`tests/test_architecture.py`):

- `models`; `frequencies` and `bookmark_states`, the choices of two columns.
- `searches.last_looks`, `searches.list_views`: for the pages of `web`.
- `alerts.subscriptions`, `alerts.pauses`, `alerts.sending`: subscriptions, and the run that sends alerts.
- `bookmarks.bookmarks`, `bookmarks.hidden`, `bookmarks.reminders`: what a user keeps and hides, and reminders of deadlines.
- `mail.mails`, `mail.links`, `mail.recipients`, `mail.addresses`, `mail.limits`: mails and their links.
- `descriptions`, `forms`: a search as text; form fields.
- `erasure`: a suppressed person's name among the employers of stored searches.
"""
