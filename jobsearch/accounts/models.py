"""Models of the accounts. None yet; Django sends `post_migrate` only for apps with this module."""
