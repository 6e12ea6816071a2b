"""Facets: parameters, values, labels, filters and counts."""
