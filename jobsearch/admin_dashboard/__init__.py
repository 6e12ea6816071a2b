"""Admin dashboard: overview, alarms, jobs of administrators, lists of Django admin, commands.

Public modules, which other apps may import (`tests/test_architecture.py`): `full_sync`, `terminal_progress` and
`error_messages`, for the commands `start` and `demo`.
"""
