"""Reference data of Norway and NAV: places, occupations, their paths, slugs, labels and coordinates. No database models."""
