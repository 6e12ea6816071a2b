"""Query understanding: the typed text is parsed, entities are recognised, and conditions are compiled."""
