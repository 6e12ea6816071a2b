"""Accounts: roles and their permissions."""
