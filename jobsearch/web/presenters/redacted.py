"""An ad's texts without contact information, for what outlives its page: files, shared links, what a search engine has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from jobsearch.taxonomy import places
from jobsearch.vacancies.models import Contact, Location, Vacancy
from jobsearch.vacancies.redaction import Redactor


@dataclass(frozen=True)
class Lasting:
    """The texts of an ad without its `contacts`; the names of its employer and places stay."""

    vacancy: Vacancy
    contacts: Sequence[Contact]

    @cached_property
    def redactor(self) -> Redactor:
        names = (places.get_label(location.path) for location in self.vacancy.locations.all())
        return Redactor(self.contacts, self.vacancy.employer_name, *names)

    @cached_property
    def title(self) -> str:
        return self.redactor.redact_title(self.vacancy.title)

    @cached_property
    def employer(self) -> str:
        return self.redactor.redact_title(self.vacancy.employer_name)

    def address(self, location: Location) -> str:
        """Street and number: a field that people write sentences in ("v/ Kari, Storgata 2")."""
        return self.redactor.redact_text(location.address).strip()

    def city(self, location: Location) -> str:
        return self.redactor.redact_title(location.city)
