"""An ad's short texts for what outlives its page: files, shared links, what a search engine has read.

What is a contact's name, number or address is taken out of them as it is for the index, whatever field it was written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobsearch.vacancies import places, privacy
from jobsearch.vacancies.models import Contact, Location, Vacancy


@dataclass(frozen=True, slots=True)
class Lasting:
    """The texts of an ad without its `contacts`; the names of its employer and places stay."""

    vacancy: Vacancy
    contacts: Sequence[Contact]

    @property
    def title(self) -> str:
        return self._without_contacts(self.vacancy.title)

    @property
    def employer(self) -> str:
        return self._without_contacts(self.vacancy.employer_name)

    def address(self, location: Location) -> str:
        """Street and number."""
        return self._without_contacts(location.address)

    def _without_contacts(self, text: str) -> str:
        names = (places.label(location.path) for location in self.vacancy.locations.all())
        return privacy.redact(text, self.contacts, " ".join([self.vacancy.employer_name, *names])).strip()
