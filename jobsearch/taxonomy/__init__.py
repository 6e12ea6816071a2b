"""Fixed lists of Norway and NAV: places, occupations, their slugs, labels and coordinates."""
