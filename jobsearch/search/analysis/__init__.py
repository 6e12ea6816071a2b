"""Norwegian text analysis: stemming, synonyms, spelling correction, place names."""
