"""The durable record of an ad, and the one rule of what may be shown of it. Knows no feed and no engine.

`models` hold the record, `data` the values that it is written from, `record` writes, closes and forgets,
`visibility` decides what is active, `changes` tells a follower (the search) what it has not seen yet.
"""
