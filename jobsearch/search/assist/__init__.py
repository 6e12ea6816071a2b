"""What a results page adds to its hits: suggestions, highlighting, snippets."""
