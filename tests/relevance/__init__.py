"""Relevance evaluation: judged queries over a fixed corpus, and metrics (nDCG, recall, precision) for each engine."""
