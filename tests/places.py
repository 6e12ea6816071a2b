"""Workplaces of ads in tests."""

from __future__ import annotations

from jobsearch.vacancies.ad_data import LocationData

BERGEN = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
