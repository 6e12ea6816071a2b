"""Statistics of the market: how many ads are published, active and closed, without personal data.

Counted from the ads of the database while they are there, and kept after they are deleted. Public modules:

- `models`: the tables.
- `dimensions`: the values by which ads are counted.
- `counting`: counts new and closed ads since the last run, and the active ads of each day that has ended.
- `employers`: the same for employers.
- `market`: reads the counts for a page or a file.
"""
