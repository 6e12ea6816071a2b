"""Public website: results page, ad pages, employer and landing pages, health checks. Reads the database and the search.

Public modules, which other apps may import (`tests/test_architecture.py`):

- `forms`, `login_throttle`, `views.password`, `views.errors`: for the login of `accounts`.
- `presenters.alert_mail`, `presenters.reminder_mail`: the content of mails, for `manage.py send_alerts`.
- `views.health`: for `/metrics`.
"""
