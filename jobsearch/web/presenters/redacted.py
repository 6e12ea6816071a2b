"""Redacted texts of an ad, without contact information, for copies that outlive its page: CSV files, shared links, crawlers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from jobsearch.taxonomy import places
from jobsearch.vacancies.models import Contact, Location, Vacancy
from jobsearch.vacancies.prepared_ads import Workplace, list_workplaces
from jobsearch.vacancies.redaction import Redactor


@dataclass(frozen=True)
class RedactedAd:
    """Texts of an ad without the names, numbers and addresses of `contacts`; employer and place names are kept."""

    vacancy: Vacancy
    contacts: Sequence[Contact]

    @cached_property
    def redactor(self) -> Redactor:
        names = (places.get_label(location.path) for location in list_workplaces(self.vacancy))
        return Redactor(self.contacts, self.vacancy.employer_name, *names)

    @cached_property
    def title(self) -> str:
        return self.redactor.redact_title(self.vacancy.title)

    @cached_property
    def employer(self) -> str:
        return self.redactor.redact_title(self.vacancy.employer_name)

    def redact_address(self, location: Location | Workplace) -> str:
        """Street address, redacted as a text: the field can hold a sentence ("v/ Kari, Storgata 2")."""
        return self.redactor.redact_text(location.address).strip()

    def redact_city(self, location: Location | Workplace) -> str:
        return self.redactor.redact_title(location.city)
