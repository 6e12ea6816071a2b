"""Dates and numbers where Django's own form of a language is not the one that readers in Norway expect."""
