"""Mails of this app: content, signed links, delivery, recipients and limits."""
