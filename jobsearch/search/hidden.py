"""Hidden ads: ads and employers that a user has hidden from their own results."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from .conditions import All, Node, Terms
from .facets.employer_names import employer_key


@dataclass(frozen=True, slots=True)
class HiddenAds:
    """What a user has hidden: uuids of ads, and keys of employers as in the index (`employer_key`)."""

    uuids: frozenset[UUID] = frozenset()
    employers: frozenset[str] = frozenset()

    @property
    def exist(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.uuids or self.employers)

    def hides(self, uuid: UUID, orgnr: str, employer_name: str) -> bool:
        """Whether this ad is hidden, for a row in memory."""
        return uuid in self.uuids or (bool(self.employers) and employer_key(orgnr, employer_name) in self.employers)

    def exclude_from(self, always: Node) -> Node:
        """The condition without the hidden ads: a part of each request, so that lists and counts agree."""
        never: list[Node] = []
        if self.uuids:
            never.append(Terms("uuid", tuple(sorted(map(str, self.uuids)))))
        if self.employers:
            never.append(Terms("employer_key", tuple(sorted(self.employers))))
        return All((always,), never=tuple(never)) if never else always


NOTHING_HIDDEN = HiddenAds()
