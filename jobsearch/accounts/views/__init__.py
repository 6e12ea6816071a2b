"""Views of login and account."""
