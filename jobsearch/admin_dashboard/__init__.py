"""Admin dashboard: overview, alarms, jobs of administrators, lists of Django admin, commands.

Public modules, which other apps may import (`tests/test_architecture.py`): `jobs.full_sync`, `jobs.error_messages` and
`management.terminal_progress`, for the commands `start` and `demo`.
"""
