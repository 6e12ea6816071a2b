"""Accounts of users: login, account page, roles, personal data."""
