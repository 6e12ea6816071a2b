"""Full-text search over the active ads.

Other apps import only these parts, and of a part with `__all__` only the names in it (`tests/test_architecture.py`):

    api             searching: SearchQuery, search, count, match_ads, …
    search_query    parameters of an address: SearchQuery, sizes, limits
    facets          the facets, their choices, names of employers
    query           types of a parsed text, and texts without some of its words
    assist          suggestions, highlighting
    indexing        index_changes, rebuild, compare, … for tasks, jobs and commands
    engines         state of the engine
    models          tables
    usage           daily counts of what is searched for
    cache_warming, thread_failures    threads of a web process

Imports go one way, from the lowest to the highest (the same test forbids cycles):

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
