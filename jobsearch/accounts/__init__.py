"""Accounts of users: login, account page, roles, personal data.

Public modules, which other apps may import (`tests/test_architecture.py`): `roles`, `models`, `personal_data`, `sessions`,
`second_step`, `limits`, `adapter` and `login_codes`, for the admin's pages of users and the demo's users.
"""
