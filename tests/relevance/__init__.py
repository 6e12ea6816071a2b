"""Does the search find what people look for? Judged queries over a fixed corpus, and the figures for each engine."""
