"""Full-text search over the active ads. Other apps import only `jobsearch.search.api`.

Imports go one way, from the lowest to the highest (`tests/test_architecture.py` forbids cycles):

    conditions, errors, input_errors, models, parameters, timestamps
    analysis        words, synonyms, spelling, place names
    query           text -> parsed query -> condition
    facets          one class for each facet
    schema, search_query
    engines
    indexing, service
    assist          suggestions, highlighting
    api
"""
